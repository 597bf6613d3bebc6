#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/digest.h"
#include "ingest/folder.h"
#include "ingest/ingest.h"
#include "ingest/label.h"
#include "ingest/layer.h"

enum { MAX_NAME = 256 * 1024, MAX_FILTERS = 3, LOG_PACKS = 4 };

struct tl_walk {
    struct tl_ingest_limits limits; /* defaults filled in */
    unsigned archive_depth;
    struct tl_buf input; /* the argument as given */
    struct tl_buf name;  /* of the current input, as in output */
    struct tl_buf label; /* the same in sentences: with the argument's path */
    size_t base_n;       /* bytes of name that stand for the argument itself */

    struct folder *folder; /* NULL: a file or standard input */
    bool file_given;       /* that one has been handed out */
    bool finished;         /* a limit ended the walk */
    struct file file;
    struct layer *top; /* NULL: between files */
    unsigned archives; /* layers that are archives */
    uint64_t members;

    struct digest *digest;
    uint64_t bytes;
    uint64_t hash_most; /* bytes of the current input, if it is to be hashed */
    bool ended, digested;
    char sha256[DIGEST_HEX + 1];
    char *scratch; /* CHUNK_BYTES for draining; NULL until needed */
};

static struct tl_str
label_now(void *ctx)
{
    return shown(tl_buf_str(&((struct tl_walk *)ctx)->label));
}

static void
name_cut(struct tl_walk *w, size_t n)
{
    w->name.n = n;
    if (w->name.p)
        w->name.p[n] = '\0';
}

/* The name has changed: so has what stands in sentences. */
static enum tl_status
renamed(struct tl_walk *w, struct tl_error *err)
{
    tl_buf_reset(&w->label);
    label_add(&w->label, tl_buf_str(&w->input));
    if (w->folder && w->label.n > 0 && w->label.p[w->label.n - 1] != '/')
        tl_buf_add(&w->label, TL_STR("/"));
    tl_buf_add(&w->label, tl_str_skip(tl_buf_str(&w->name), w->base_n));
    if (!w->name.failed && !w->label.failed)
        return TL_OK;
    w->finished = true;
    return tl_fail(err, TL_ENOMEM, 0, "out of memory while walking the input");
}

static enum tl_status
open_path(struct tl_walk *w, struct tl_error *err)
{
    const char *path = w->input.p;
    struct tl_str shown_path = shown(tl_buf_str(&w->input));
    struct stat st;

    if (stat(path, &st))
        return tl_fail(err, TL_EINPUT, 0, "%.*s: cannot be read: %s", TL_FMT(shown_path),
                       strerror(errno));
    if (S_ISDIR(st.st_mode))
        return folder_open(tl_buf_str(&w->input), w->limits.depth, w->limits.members, &w->folder,
                           err);
    w->file.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (w->file.fd < 0)
        return tl_fail(err, TL_EINPUT, 0, "%.*s: cannot be read: %s", TL_FMT(shown_path),
                       strerror(errno));
    w->file.owned = true;
    return TL_OK;
}

static enum tl_status
walk_start(struct tl_walk *w, struct tl_str input, int stdin_fd, struct tl_error *err)
{
    bool is_stdin = tl_str_eq(input, TL_STR("-"));
    struct tl_str base = is_stdin ? TL_STR("stdin") : input, left;
    enum tl_status st = TL_OK;

    if (!w->digest)
        return tl_fail(err, TL_ENOMEM, 0, "out of memory while opening the input");
    if (input.n == 0)
        return tl_fail(err, TL_EINPUT, 0, "an input has an empty name");
    tl_buf_add(&w->input, base);
    if (w->input.failed)
        return tl_fail(err, w->input.failed, 0, "the path of an input is too long");
    if (is_stdin)
        w->file.fd = stdin_fd;
    else
        st = open_path(w, err);
    if (st || w->folder)
        return st;
    while (memchr(base.p, '/', base.n))
        tl_str_cut(base, '/', &left, &base);
    label_add(&w->name, base);
    w->base_n = w->name.n;
    return TL_OK;
}

enum tl_status
tl_walk_open(struct tl_str input, int stdin_fd, const struct tl_ingest_limits *l,
             struct tl_walk **out, struct tl_error *err)
{
    struct tl_ingest_limits lim = l ? *l : (struct tl_ingest_limits){0};
    struct tl_walk *w = calloc(1, sizeof(*w));
    enum tl_status st;

    *out = NULL;
    if (!w)
        return tl_fail(err, TL_ENOMEM, 0, "out of memory while opening the input");
    w->archive_depth = lim.depth ? lim.depth : 3;
    w->limits.depth = lim.depth ? lim.depth : 32;
    w->limits.member_bytes = lim.member_bytes ? lim.member_bytes : (uint64_t)1 << 40;
    w->limits.members = lim.members ? lim.members : 1000000;
    w->limits.ratio = lim.ratio ? lim.ratio : 2000;
    tl_buf_init(&w->input, MAX_NAME);
    tl_buf_init(&w->name, MAX_NAME);
    tl_buf_init(&w->label, MAX_NAME);
    w->file = (struct file){.fd = -1, .ratio = w->limits.ratio, .label = label_now, .ctx = w};
    w->digest = digest_new();
    w->ended = w->digested = true;
    st = walk_start(w, input, stdin_fd, err);
    if (st)
        tl_walk_close(w);
    else
        *out = w;
    return st;
}

static void
pop(struct tl_walk *w)
{
    if (w->top->ops->member)
        w->archives--;
    w->top = layer_pop(w->top);
}

/* Away from the current input: up to the archive that it is a member of, or out of its file. */
static void
leave(struct tl_walk *w)
{
    while (w->top && !w->top->ops->member)
        pop(w);
    w->ended = w->digested = true;
    w->bytes = 0;
    w->sha256[0] = '\0';
}

static enum tl_status
count_member(struct tl_walk *w, struct tl_error *err)
{
    if (w->members++ < w->limits.members)
        return TL_OK;
    w->finished = true;
    return tl_fail(err, TL_ELIMIT, 0, "%.*s: more than %llu files; the rest was not read",
                   TL_FMT(label_now(w)), (unsigned long long)w->limits.members);
}

/* The next file of the folder, or the only file there is. */
static enum tl_status
next_file(struct tl_walk *w, bool *got, struct tl_error *err)
{
    struct tl_str below = TL_STR("");
    enum tl_status st = TL_OK;
    struct stat stat;

    *got = !w->folder && !w->file_given;
    w->file_given = true;
    if (w->folder)
        st = folder_next(w->folder, &below, &w->file.fd, got, err);
    if (st || !*got)
        return st;
    w->file.owned = w->folder || w->file.owned;
    w->file.in_bytes = 0;
    w->file.seekable = w->file.owned && !fstat(w->file.fd, &stat) && S_ISREG(stat.st_mode);
    w->file.size = w->file.seekable ? (uint64_t)stat.st_size : UINT64_MAX;
    w->top = layer_file(&w->file);
    if (!w->top) {
        w->finished = true;
        return tl_fail(err, TL_ENOMEM, 0, "out of memory while opening a file");
    }
    name_cut(w, w->base_n);
    label_add(&w->name, below);
    st = renamed(w, err);
    return st ? st : count_member(w, err);
}

/* The next file of the archive at the top; *got = false: it has none left, or one that is passed
 * over. */
static enum tl_status
next_member(struct tl_walk *w, bool *got, struct tl_error *err)
{
    struct tl_str name = {NULL, 0};
    enum tl_status st;
    bool more;

    *got = false;
    name_cut(w, w->top->name_n);
    st = renamed(w, err);
    if (!st)
        st = layer_member(w->top, &name, &more, err);
    if (!st && !more) {
        pop(w);
        leave(w);
        return TL_OK;
    }
    if (!st)
        st = count_member(w, err);
    if (st || !name.p || label_is_hidden(name))
        return st;
    *got = true;
    tl_buf_add(&w->name, TL_STR("/"));
    label_add_member(&w->name, name);
    return renamed(w, err);
}

/* Looks at the first bytes and unpacks what they are, layer upon layer. *archive: an archive came
 * to lie on top, whose members are the inputs. */
static enum tl_status
unpack(struct tl_walk *w, bool *archive, struct tl_error *err)
{
    *archive = false;
    for (unsigned filters = 0; filters < MAX_FILTERS; filters++) {
        enum packing p = packing_of(layer_peek(w->top));
        struct layer *l;

        *archive = p == PACK_TAR || p == PACK_ZIP;
        if (p == PACK_NONE || (*archive && w->archives >= w->archive_depth))
            break;
        l = p == PACK_GZIP ? layer_gzip(w->top)
            : *archive     ? layer_archive(w->top, p)
                           : layer_filter(w->top, p);
        if (!l) {
            w->finished = true;
            return tl_fail(err, TL_ENOMEM, 0, "out of memory while unpacking");
        }
        w->top = l;
        if (!*archive)
            continue;
        l->name_n = w->name.n;
        w->archives++;
        return TL_OK;
    }
    *archive = false;
    return TL_OK;
}

static bool
is_plain_file(const struct tl_walk *w)
{
    return w->top && !w->top->below && w->file.seekable;
}

/* A log that its writer emptied (copytruncate) while it was read. */
static enum tl_status
check_size(struct tl_walk *w, struct tl_error *err)
{
    if (!is_plain_file(w) || w->file.in_bytes >= w->file.size)
        return TL_OK;
    return tl_fail(err, TL_EINPUT, 0,
                   "%.*s: it became shorter while it was read: %llu of its %llu bytes were there",
                   TL_FMT(label_now(w)), (unsigned long long)w->file.in_bytes,
                   (unsigned long long)w->file.size);
}

/* Reads the current input: hashes and counts what is handed out. */
static enum tl_status
walk_read(void *ctx, char *buf, size_t cap, size_t *n, struct tl_error *err)
{
    struct tl_walk *w = ctx;
    uint64_t room = w->limits.member_bytes - w->bytes;
    enum tl_status st;
    char more;

    *n = 0;
    if (w->ended)
        return TL_OK;
    if (room > 0)
        st = layer_read(w->top, buf, cap < room ? cap : (size_t)room, n, err);
    else
        st = layer_read(w->top, &more, 1, n, err);
    w->ended = st || *n == 0;
    if (!st && *n == 0)
        st = check_size(w, err);
    if (st || room > 0) {
        w->bytes += *n;
        if (w->bytes <= w->hash_most)
            digest_add(w->digest, (struct tl_str){buf, *n});
        return st;
    }
    if (*n == 0)
        return TL_OK;
    *n = 0;
    w->ended = true;
    return tl_fail(err, TL_ELIMIT, 0, "%.*s: larger than %llu bytes; the rest was not read",
                   TL_FMT(label_now(w)), (unsigned long long)w->limits.member_bytes);
}

enum tl_status
tl_walk_next(struct tl_walk *w, struct tl_str *name, bool *from_folder, struct tl_stream *stream,
             bool *got, struct tl_error *err)
{
    bool archive = true;

    *got = false;
    *from_folder = false;
    leave(w);
    while (archive && !w->finished) {
        bool within = w->top != NULL, have = false;
        enum tl_status st = within ? next_member(w, &have, err) : next_file(w, &have, err);

        if (!st && have)
            st = unpack(w, &archive, err);
        if (st)
            return st;
        if (!have && !within)
            return TL_OK;
        *from_folder = w->folder || w->archives > 0;
        if (!have || (!archive && *from_folder && is_own_output(layer_peek(w->top)))) {
            archive = true; /* go on behind it */
            leave(w);
        }
    }
    if (w->finished)
        return TL_OK;
    digest_begin(w->digest);
    w->hash_most = UINT64_MAX;
    w->ended = w->digested = false;
    *name = tl_buf_str(&w->name);
    *stream = (struct tl_stream){walk_read, w, w->file.seekable};
    *got = true;
    return TL_OK;
}

void
tl_walk_hash_up_to(struct tl_walk *w, uint64_t most)
{
    uint64_t packs_to = w->top && w->top->below ? LOG_PACKS : 1;

    w->hash_most = most;
    if (w->file.seekable && w->archives == 0 && w->file.size > most / packs_to)
        w->hash_most = 0; /* it will be larger: not a byte needs to be hashed */
}

void
tl_walk_position(const struct tl_walk *w, uint64_t *done, uint64_t *size)
{
    *done = w->file.in_bytes;
    *size = w->file.size;
}

void
tl_walk_stop(struct tl_walk *w)
{
    w->ended = true;
}

enum tl_status
tl_walk_digest(struct tl_walk *w, uint64_t *bytes, struct tl_str *sha256, struct tl_error *err)
{
    enum tl_status st = TL_OK, end = TL_OK;
    size_t n;

    if (!w->scratch && !w->ended)
        w->scratch = malloc(CHUNK_BYTES);
    if (!w->scratch && !w->ended)
        return tl_fail(err, TL_ENOMEM, 0, "out of memory while reading an input");
    while (!w->ended)
        st = walk_read(w, w->scratch, CHUNK_BYTES, &n, err);
    if (w->bytes > w->hash_most)
        w->sha256[0] = '\0';
    else if (!w->digested)
        end = digest_end(w->digest, w->sha256, st ? NULL : err);
    w->digested = true;
    *bytes = w->bytes;
    *sha256 = tl_str_from(w->sha256);
    return st ? st : end;
}

void
tl_walk_close(struct tl_walk *w)
{
    if (!w)
        return;
    while (w->top)
        pop(w);
    if (w->file.owned)
        close(w->file.fd);
    folder_close(w->folder);
    digest_free(w->digest);
    tl_buf_free(&w->input);
    tl_buf_free(&w->name);
    tl_buf_free(&w->label);
    free(w->scratch);
    free(w);
}
