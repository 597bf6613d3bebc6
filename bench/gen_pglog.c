/*
 * gen_pglog.c - a PostgreSQL log of any size with known messages planted in it.
 *
 *   gen_pglog stderr|csv|json BASE DROP KNOWN SIZE ORACLE [EVERY] > LOG
 *
 * BASE is what a real server wrote (pg_base.sh). Its records that hold a line of DROP (line
 * numbers, one a line) are left out; the rest is repeated with shifted times until SIZE bytes are
 * written. In about every 4,000th line (or EVERY) stands a message of KNOWN (see known.tsv), and in
 * as many others one that only looks so. ORACLE gets line, class and time of those that must be
 * found. The same arguments give the same bytes.
 */
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    STAMP = 19, /* bytes of "2026-04-11 06:03:49" */
    OUT_MAX = 2 << 20,
    SLOTS = 4,
    RECORD_MAX = 256 << 10,
    COLUMNS = 8
};

enum format { STDERR, CSV, JSON };
enum column { CLASS, LEVEL, STATE, BACKEND, MESSAGE, DETAIL, HINT, STATEMENT };

struct text {
    const char *p;
    size_t n;
};
struct known {
    const char *col[COLUMNS]; /* unescaped but for its {places} */
};
struct stamp { /* where a time stands in the base */
    size_t at;
    int64_t sec;
    bool begins; /* the record's own time */
};
struct record {
    size_t at, n;
    uint32_t lines, stamps; /* how many */
};
struct gen {
    enum format format;
    char *base; /* kept records only, one behind the other */
    size_t base_n;
    struct record *records;
    size_t nrecords;
    struct stamp *stamps;
    size_t nstamps;
    struct known *known[2]; /* to be found; near misses */
    size_t nknown[2];
    uint64_t next[2]; /* the line before which the next is planted */
    uint64_t seed, line, written, size;
    uint64_t every;    /* lines from one planted message to the next, on average */
    int64_t now;       /* of the last record, shifted */
    char ms[5];        /* ".669", or empty */
    char *slots, *out; /* in turn: a pipe may still hold the pages of the last MiB */
    size_t slot, out_n;
    FILE *oracle;
};

static void
die(const char *what)
{
    fprintf(stderr, "gen_pglog: %s\n", what);
    exit(1);
}

static void *
grow(void *p, size_t n, size_t size)
{
    if ((n & (n - 1)) || n < 64)
        return p ? p : calloc(64, size);
    p = realloc(p, 2 * n * size);
    if (!p)
        die("out of memory");
    return p;
}

static uint64_t
rnd(struct gen *g, uint64_t below)
{
    g->seed ^= g->seed << 13;
    g->seed ^= g->seed >> 7;
    g->seed ^= g->seed << 17;
    return (g->seed >> 11) % below;
}

static struct text
map(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    void *p;

    if (fd < 0 || fstat(fd, &st))
        die(path);
    if (!st.st_size)
        return (struct text){"", 0};
    p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        die(path);
    close(fd);
    return (struct text){p, (size_t)st.st_size};
}

/* ---- times ---- */

static int64_t
two(const char *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

static bool
is_stamp(const char *p, size_t n)
{
    static const char shape[] = "dddd-dd-dd dd:dd:dd";
    size_t i;

    for (i = 0; i < STAMP && n >= STAMP; i++)
        if (shape[i] == 'd' ? p[i] < '0' || p[i] > '9' : p[i] != shape[i])
            return false;
    return n >= STAMP;
}

static int64_t
seconds(const char *p)
{
    int64_t y = two(p) * 100 + two(p + 2), m = two(p + 5), d = two(p + 8), era, yoe, doy;

    y -= m <= 2;
    era = y / 400;
    yoe = y - era * 400;
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return (era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468) * 86400 +
           two(p + 11) * 3600 + two(p + 14) * 60 + two(p + 17);
}

static void
put_two(char *p, int64_t v)
{
    p[0] = (char)('0' + v / 10);
    p[1] = (char)('0' + v % 10);
}

static void
print_stamp(int64_t sec, char out[STAMP])
{
    int64_t z = sec / 86400 + 719468, era = z / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t m = mp < 10 ? mp + 3 : mp - 9, y = yoe + era * 400 + (m <= 2), t = sec % 86400;

    memcpy(out, "0000-00-00 00:00:00", STAMP);
    put_two(out, y / 100);
    put_two(out + 2, y % 100);
    put_two(out + 5, m);
    put_two(out + 8, doy - (153 * mp + 2) / 5 + 1);
    put_two(out + 11, t / 3600);
    put_two(out + 14, t / 60 % 60);
    put_two(out + 17, t % 60);
}

/* ---- the base ---- */

/* Whether a line of a stderr log begins a record: stamped, and no DETAIL or the like behind
 * ":[pid]:". */
static bool
begins(const char *p, size_t n)
{
    static const char *const aside[] = {
        "DETAIL:", "HINT:", "QUERY:", "CONTEXT:", "STATEMENT:", "LOCATION:"};
    const char *end = p + n, *q, *d;
    size_t i;

    if (!is_stamp(p, n))
        return false;
    for (q = p + STAMP; (q = memchr(q, '[', (size_t)(end - q))); q = d) {
        for (d = q + 1; d < end && *d >= '0' && *d <= '9'; d++)
            ;
        if (d > q + 1 && end - d > 14 && d[0] == ']' && d[1] == ':')
            break;
    }
    for (i = 0; q && i < sizeof(aside) / sizeof(*aside); i++)
        if (!memcmp(d + 2, aside[i], strlen(aside[i])))
            return false;
    return q;
}

/* Bytes of the record at p, and its lines; 0: it is cut. */
static size_t
record_size(const struct gen *g, const char *p, size_t n, uint32_t *lines)
{
    bool quoted = false;
    size_t i;

    for (i = 0, *lines = 0; i < n; i++) {
        if (g->format == CSV && p[i] == '"')
            quoted = !quoted;
        if (p[i] != '\n')
            continue;
        ++*lines;
        if (g->format == JSON || (g->format == CSV && !quoted))
            return i + 1;
        if (g->format == STDERR && i + 1 < n && begins(p + i + 1, n - i - 1))
            return i + 1;
    }
    return 0;
}

static void
add_stamp(struct gen *g, size_t at, bool first)
{
    if (at + STAMP > g->base_n || !is_stamp(g->base + at, STAMP))
        die("a record of the base without its time");
    g->stamps = grow(g->stamps, g->nstamps, sizeof(*g->stamps));
    g->stamps[g->nstamps++] = (struct stamp){at, seconds(g->base + at), first};
    g->records[g->nrecords - 1].stamps++;
}

static void
find_stamps(struct gen *g, const struct record *r)
{
    static const char key[] = "\"session_start\":\"";
    const char *p = g->base + r->at, *end = p + r->n, *q;
    int commas = 0;

    if (g->format == JSON) {
        add_stamp(g, r->at + strlen("{\"timestamp\":\""), true);
        for (q = p; q + sizeof(key) < end && memcmp(q, key, sizeof(key) - 1); q++)
            ;
        if (q + sizeof(key) < end)
            add_stamp(g, (size_t)(q - g->base) + sizeof(key) - 1, false);
        return;
    }
    add_stamp(g, r->at, true);
    if (g->format == CSV) { /* no comma in a name or a command tag before it */
        for (q = p; q < end && commas < 8; q++)
            commas += *q == ',';
        add_stamp(g, (size_t)(q - g->base), false);
        return;
    }
    for (q = memchr(p, '\n', r->n); q && q + 1 < end;
         q = memchr(q + 1, '\n', (size_t)(end - q - 1)))
        if (is_stamp(q + 1, (size_t)(end - q - 1)))
            add_stamp(g, (size_t)(q + 1 - g->base), false);
}

static void
read_base(struct gen *g, struct text base, FILE *drop)
{
    uint64_t line = 1, bad = 0;
    uint32_t lines;
    size_t at, n;

    if (!(g->base = malloc(base.n + 1)))
        die("out of memory");
    for (at = 0; at < base.n && (n = record_size(g, base.p + at, base.n - at, &lines));
         at += n, line += lines) {
        while (bad < line && fscanf(drop, "%" SCNu64, &bad) == 1)
            ;
        if ((bad >= line && bad < line + lines) || n > RECORD_MAX / 2)
            continue;
        g->records = grow(g->records, g->nrecords, sizeof(*g->records));
        g->records[g->nrecords++] = (struct record){g->base_n, n, lines, 0};
        memcpy(g->base + g->base_n, base.p + at, n);
        g->base_n += n;
        find_stamps(g, &g->records[g->nrecords - 1]);
    }
    if (g->nrecords < 100)
        die("the base is too small");
}

/* ---- the known messages ---- */

static void
read_known(struct gen *g, const char *path)
{
    FILE *f = fopen(path, "r");
    char line[8192];

    if (!f)
        die(path);
    while (fgets(line, sizeof(line), f)) {
        struct known k;
        char *p = strdup(line), *w, *r;
        int i, miss;

        if (!p || *p == '#' || *p == '\n')
            continue;
        p[strcspn(p, "\n")] = '\0';
        for (i = 0; i < COLUMNS; i++) {
            k.col[i] = p ? p : "";
            if (p && (p = strchr(p, '\t')))
                *p++ = '\0';
        }
        for (i = MESSAGE; i < COLUMNS; i++) {
            for (w = r = (char *)(uintptr_t)k.col[i]; *r; r++)
                if (*r == '\\' && r[1])
                    *w++ = *++r == 'n' ? '\n' : *r == 't' ? '\t' : *r;
                else
                    *w++ = *r;
            if (*k.col[i])
                *w = '\0';
        }
        miss = !strcmp(k.col[CLASS], "-");
        g->known[miss] = grow(g->known[miss], g->nknown[miss], sizeof(k));
        g->known[miss][g->nknown[miss]++] = k;
    }
    fclose(f);
}

/* ---- writing ---- */

static void
flush(struct gen *g)
{
    size_t at = 0;
    struct iovec v;
    ssize_t n;

    while (at < g->out_n) {
        v = (struct iovec){g->out + at, g->out_n - at};
        n = vmsplice(STDOUT_FILENO, &v, 1, 0); /* into a pipe without a copy */
        if (n < 0 && errno == EBADF)
            n = write(STDOUT_FILENO, v.iov_base, v.iov_len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            exit(errno == EPIPE ? 0 : 1);
        at += (size_t)n;
    }
    g->out_n = 0;
    g->slot = (g->slot + 1) % SLOTS;
    g->out = g->slots + g->slot * OUT_MAX;
}

static void
put(struct gen *g, const char *p, size_t n)
{
    memcpy(g->out + g->out_n, p, n);
    g->out_n += n;
    g->written += n;
}

static void
puts_to(struct gen *g, const char *s)
{
    put(g, s, strlen(s));
}

/* Text as the format writes it: newlines and quotes escaped, counted. */
static void
put_text(struct gen *g, const char *s)
{
    for (; *s; s++) {
        if (*s == '\n' && g->format == JSON)
            puts_to(g, "\\n");
        else if (*s == '\n') {
            g->line++;
            puts_to(g, g->format == STDERR ? "\n\t" : "\n");
        } else if (*s == '\t' && g->format == JSON)
            puts_to(g, "\\t");
        else if (*s == '"' && g->format != STDERR)
            puts_to(g, g->format == CSV ? "\"\"" : "\\\"");
        else if (*s == '\\' && g->format == JSON)
            puts_to(g, "\\\\");
        else
            put(g, s, 1);
    }
}

/* Fills the {pid}, {lsn} and {time} of a message. */
static const char *
fill(struct gen *g, const char *s, const char *now, char *out, size_t max)
{
    char word[40];
    size_t n = 0, w;

    for (; *s && n + sizeof(word) < max; s++) {
        if (!strncmp(s, "{pid}", 5))
            w = (size_t)snprintf(word, sizeof(word), "%" PRIu64, 100 + rnd(g, 60000)), s += 4;
        else if (!strncmp(s, "{lsn}", 5))
            w = (size_t)snprintf(word, sizeof(word), "%" PRIX64 "/%" PRIX64, rnd(g, 300),
                                 rnd(g, 1u << 31)),
            s += 4;
        else if (!strncmp(s, "{time}", 6))
            w = (size_t)snprintf(word, sizeof(word), "%.19s UTC", now), s += 5;
        else
            word[0] = *s, w = 1;
        memcpy(out + n, word, w);
        n += w;
    }
    out[n] = '\0';
    return out;
}

static void
put_stderr(struct gen *g, const struct known *k, const char *now, const char *text[COLUMNS])
{
    static const char *const tag[COLUMNS] = {
        [DETAIL] = "DETAIL", [HINT] = "HINT", [STATEMENT] = "STATEMENT"};
    bool client = !strcmp(k->col[BACKEND], "client backend");
    char head[128];
    int i;

    snprintf(head, sizeof(head), "%s UTC:%s@%s:[%" PRIu64 "]:", now,
             client ? "10.0.3.17(50514):shop_rw" : ":", client ? "shop" : "", 100 + rnd(g, 60000));
    for (i = MESSAGE; i < COLUMNS; i++) {
        if (!*text[i])
            continue;
        puts_to(g, head);
        puts_to(g, i == MESSAGE ? k->col[LEVEL] : tag[i]);
        puts_to(g, ":  ");
        put_text(g, text[i]);
        puts_to(g, "\n");
        g->line++;
    }
}

static void
put_csv(struct gen *g, const struct known *k, const char *now, const char *text[COLUMNS])
{
    bool client = !strcmp(k->col[BACKEND], "client backend");
    uint64_t pid = 100 + rnd(g, 60000);
    char head[256];
    int i;

    snprintf(head, sizeof(head),
             "%s%s UTC,%s,%" PRIu64 ",%s,69da0000.%" PRIx64 ",3,%s,%s UTC,,0,%s,%s,", now, g->ms,
             client ? "\"shop_rw\",\"shop\"" : ",", pid, client ? "\"10.0.3.17:50514\"" : "", pid,
             client ? "\"SELECT\"" : "", now, k->col[LEVEL], k->col[STATE]);
    puts_to(g, head);
    for (i = MESSAGE; i <= STATEMENT; i++) {
        if (*text[i]) {
            puts_to(g, "\"");
            put_text(g, text[i]);
            puts_to(g, "\"");
        }
        puts_to(g, i == HINT ? ",,,," : ",");
    }
    puts_to(g, client ? ",,\"shop-api\",\"" : ",,\"\",\"");
    puts_to(g, k->col[BACKEND]);
    puts_to(g, "\",,0\n");
    g->line++;
}

static void
put_json(struct gen *g, const struct known *k, const char *now, const char *text[COLUMNS])
{
    static const char *const key[COLUMNS] = {
        [MESSAGE] = "message", [DETAIL] = "detail", [HINT] = "hint", [STATEMENT] = "statement"};
    bool client = !strcmp(k->col[BACKEND], "client backend");
    uint64_t pid = 100 + rnd(g, 60000);
    char head[512];
    int i;

    snprintf(
        head, sizeof(head),
        "{\"timestamp\":\"%s%s UTC\",%s\"pid\":%" PRIu64 ",%s\"session_id\":\"69da0000.%" PRIx64
        "\",\"line_num\":3,%s\"session_start\":\"%s UTC\",\"txid\":0,\"error_severity\":\"%s\",",
        now, g->ms, client ? "\"user\":\"shop_rw\",\"dbname\":\"shop\"," : "", pid,
        client ? "\"remote_host\":\"10.0.3.17\",\"remote_port\":50514," : "", pid,
        client ? "\"ps\":\"SELECT\"," : "", now, k->col[LEVEL]);
    puts_to(g, head);
    if (strcmp(k->col[STATE], "00000")) {
        puts_to(g, "\"state_code\":\"");
        puts_to(g, k->col[STATE]);
        puts_to(g, "\",");
    }
    for (i = MESSAGE; i < COLUMNS; i++) {
        if (!*text[i])
            continue;
        puts_to(g, "\"");
        puts_to(g, key[i]);
        puts_to(g, "\":\"");
        put_text(g, text[i]);
        puts_to(g, "\",");
    }
    puts_to(g, client ? "\"application_name\":\"shop-api\",\"backend_type\":\""
                      : "\"backend_type\":\"");
    puts_to(g, k->col[BACKEND]);
    puts_to(g, "\",\"query_id\":0}\n");
    g->line++;
}

static void
plant(struct gen *g, int miss)
{
    static void (*const write_as[])(struct gen *, const struct known *, const char *,
                                    const char *[]) = {
        [STDERR] = put_stderr, [CSV] = put_csv, [JSON] = put_json};
    static char filled[COLUMNS][8192];
    const struct known *k = &g->known[miss][rnd(g, g->nknown[miss])];
    const char *text[COLUMNS];
    char now[STAMP + 1] = {0};
    int i;

    print_stamp(g->now, now);
    for (i = MESSAGE; i < COLUMNS; i++)
        text[i] = fill(g, k->col[i], now, filled[i], sizeof(filled[i]));
    if (!miss)
        fprintf(g->oracle, "%" PRIu64 "\t%s\t%.10sT%s%sZ\n", g->line, k->col[CLASS], now, now + 11,
                *g->ms ? g->ms : ".000");
    write_as[g->format](g, k, now, text);
    g->next[miss] = g->line + 1 + rnd(g, 2 * g->every - 1);
}

static void
run(struct gen *g)
{
    int64_t shift = 0, span = g->stamps[0].sec, last = 0;
    char text[STAMP];
    size_t i, s, j;

    for (i = 0; i < g->nstamps; i++)
        last = g->stamps[i].sec > last ? g->stamps[i].sec : last;
    span = last - span + 1;
    for (last = -1;; shift += span) {
        for (i = s = 0; i < g->nrecords; i++) {
            const struct record *r = &g->records[i];
            char *at = g->out + g->out_n;

            put(g, g->base + r->at, r->n);
            for (j = 0; j < r->stamps; j++, s++) {
                if (g->stamps[s].sec + shift != last)
                    print_stamp(last = g->stamps[s].sec + shift, text);
                memcpy(at + (g->stamps[s].at - r->at), text, STAMP);
                if (!g->stamps[s].begins)
                    continue;
                g->now = last;
                if (g->format != STDERR)
                    memcpy(g->ms, at + (g->stamps[s].at - r->at) + STAMP, 4);
            }
            g->line += r->lines;
            if (g->line >= g->next[0])
                plant(g, 0);
            if (g->line >= g->next[1])
                plant(g, 1);
            if (g->out_n > OUT_MAX - RECORD_MAX)
                flush(g);
            if (g->written >= g->size)
                return;
        }
    }
}

static uint64_t
size_of(const char *s)
{
    char *end;
    uint64_t n = strtoull(s, &end, 10);

    for (; *end; end++)
        n <<= *end == 'G' ? 30 : *end == 'M' ? 20 : *end == 'K' ? 10 : 0;
    return n;
}

int
main(int argc, char **argv)
{
    static const char *const formats[] = {"stderr", "csv", "json"};
    static struct gen g = {.seed = 0x7464656c696e65, .line = 1};
    FILE *drop;
    int f = 0;

    if (argc < 7 || argc > 8)
        die("usage: gen_pglog stderr|csv|json BASE DROP KNOWN SIZE ORACLE [EVERY]");
    while (f < 3 && strcmp(argv[1], formats[f]))
        f++;
    if (f == 3)
        die("no such format");
    g.format = (enum format)f;
    g.size = size_of(argv[5]);
    g.every = argc > 7 ? size_of(argv[7]) : 4000;
    g.out = g.slots = malloc((size_t)SLOTS * OUT_MAX);
    (void)fcntl(STDOUT_FILENO, F_SETPIPE_SZ, 1 << 20); /* a file does not mind */
    drop = fopen(argv[3], "r");
    g.oracle = fopen(argv[6], "w");
    if (!drop || !g.oracle || !g.out)
        die("cannot open a file");
    read_base(&g, map(argv[2]), drop);
    read_known(&g, argv[4]);
    if (!g.nknown[0] || !g.nknown[1])
        die("no known messages");
    g.next[0] = rnd(&g, 2 * g.every);
    g.next[1] = rnd(&g, 2 * g.every);
    run(&g);
    flush(&g);
    return fclose(g.oracle) ? 1 : 0;
}
