#include "parse/log_blocks.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

enum slot_state { SLOT_FREE, SLOT_FILLED, SLOT_TAKEN, SLOT_DONE };

struct slot {
    struct log_block block;
    enum slot_state state;
};

struct log_blocks {
    struct feed *feed;
    struct log_lens lens;

    struct slot *ring;
    size_t nring;
    uint64_t filled, taken, given; /* blocks so far */
    bool holds;                    /* the block before `given` is still with the caller */
    char *carry;                   /* what was read of the next block; LOG_BLOCK bytes */
    size_t ncarry;
    bool skipping; /* the rest of a cut line is still to be dropped */
    bool ended;

    bool wide;        /* the processor has AVX2 */
    unsigned threads; /* wanted */
    pthread_t helpers[LOG_THREADS_MAX];
    unsigned nhelpers;
    pthread_mutex_t lock; /* of filled, taken, states, stop */
    pthread_cond_t work, done;
    bool synced; /* lock, work and done exist */
    bool stop;
};

/* ---- looking through a block ---- */

size_t
log_line_end(const char *p, size_t at, size_t n)
{
    const char *nl = at < n ? memchr(p + at, '\n', n - at) : NULL;

    return nl ? (size_t)(nl - p) + 1 : n;
}

void
log_block_hit(struct log_block *b, size_t at)
{
    if (b->nhits == b->hits_cap) {
        size_t cap = b->hits_cap ? b->hits_cap * 2 : 256;
        struct log_hit *hits = realloc(b->hits, cap * sizeof(*hits));

        if (!hits) {
            b->no_memory = true;
            return;
        }
        b->hits = hits;
        b->hits_cap = cap;
    }
    b->hits[b->nhits++] = (struct log_hit){(uint32_t)at, (uint32_t)b->lines};
}

/* The entry of the record's zone; the oldest one gives way when there are too many. */
static struct log_zone *
zone_of(struct log_block *b, struct tl_str zone, struct tl_str stamp)
{
    struct log_zone *z;

    for (size_t i = b->nzones; i-- > 0;)
        if (b->zones[i].most.n == stamp.n && tl_str_eq(b->zones[i].zone, zone))
            return &b->zones[i];
    z = &b->zones[b->nzones < LOG_ZONES_MAX ? b->nzones : LOG_ZONES_MAX - 1];
    b->nzones += b->nzones < LOG_ZONES_MAX;
    *z = (struct log_zone){.zone = zone};
    return z;
}

static inline uint64_t
load8(const char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

/* Whether two stamps of 16 to 24 bytes are the same, as those of neighbours mostly are. */
static inline bool
is_same(const char *a, const char *b, size_t n)
{
    return ((load8(a + n - 8) ^ load8(b + n - 8)) | (load8(a + 8) ^ load8(b + 8)) |
            (load8(a) ^ load8(b))) == 0;
}

/* The same for texts of at most 8 bytes. */
static inline bool
is_same_zone(struct tl_str a, struct tl_str b)
{
    uint64_t differ;

    if (a.n != b.n || a.n > 8)
        return false;
    if (a.n == 0)
        return true;
    differ = load8(a.p) ^ load8(b.p);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return differ << (64 - 8 * a.n) == 0;
#else
    return differ >> (64 - 8 * a.n) == 0;
#endif
}

void
log_block_time(struct log_block *b, const struct log_look *look, size_t at)
{
    struct tl_str stamp = {look->stamp, look->stamp_n}, zone = {look->zone, look->zone_n};
    struct log_zone *z = b->nzones > 0 ? &b->zones[b->nzones - 1] : NULL;

    if (z && z->most.n == stamp.n && stamp.n >= 16 && stamp.n <= 24 &&
        is_same(z->most.p, stamp.p, stamp.n) && is_same_zone(z->zone, zone))
        return;
    z = zone_of(b, zone, stamp);

    if (z->most.n == 0 || memcmp(stamp.p, z->most.p, stamp.n) > 0) {
        z->most = stamp;
        z->most_at = (uint32_t)at;
        z->most_line = (uint32_t)b->lines;
    }
    if (z->least.n == 0 || memcmp(stamp.p, z->least.p, stamp.n) < 0) {
        z->least = stamp;
        z->least_at = (uint32_t)at;
        z->least_line = (uint32_t)b->lines;
    }
}

static void
look_at_line(const struct log_lens *lens, struct log_block *b, size_t at, const char *end)
{
    const char *p = b->buf + at;
    struct log_look look;

    while (p < end && *p == '\0') /* a hole in the file */
        p++;
    switch (lens->dialect->look(lens->state, p, end, &look)) {
    case LOG_RECORD:
        log_block_record(b, at);
        if (look.stamp)
            log_block_time(b, &look, at);
        if (log_keys_may(lens->keys, look.message, end))
            log_block_hit(b, at);
        break;
    case LOG_BROKEN:
        if (b->broken < LOG_BROKEN_MAX)
            b->broken_line[b->broken] = (uint32_t)b->lines;
        b->broken++;
        break;
    case LOG_MORE:
    case LOG_ASIDE:
        break;
    }
}

static inline void
take_line(const struct log_lens *lens, struct log_block *b, size_t at, size_t end)
{
    const char *stop = b->buf + end;

    stop -= end > at && stop[-1] == '\r';
    look_at_line(lens, b, at, stop);
    b->lines++;
}

void
log_block_line(const struct log_lens *lens, struct log_block *b, size_t at, size_t end)
{
    take_line(lens, b, at, end);
}

#ifdef __x86_64__
/* Line ends 64 bytes at a time: a call for each line would cost as much as the rest. */
__attribute__((target("avx2"))) static size_t
take_lines_avx2(const struct log_lens *lens, struct log_block *b)
{
    const __m256i nl = _mm256_set1_epi8('\n');
    size_t at = 0;

    for (size_t pos = 0; pos < b->n; pos += 64) {
        const __m256i *p = (const __m256i *)(const void *)(b->buf + pos);
        uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(p), nl));
        uint32_t high =
            (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(p + 1), nl));

        for (uint64_t ends = (uint64_t)high << 32 | low; ends; ends &= ends - 1) {
            size_t end = pos + (size_t)__builtin_ctzll(ends);

            if (end >= b->n)
                break;
            take_line(lens, b, at, end);
            at = end + 1;
        }
    }
    return at;
}
#endif

static size_t
take_lines(const struct log_lens *lens, struct log_block *b)
{
    size_t at = 0;
    const char *nl;

    while (at < b->n && (nl = memchr(b->buf + at, '\n', b->n - at)) != NULL) {
        take_line(lens, b, at, (size_t)(nl - b->buf));
        at = (size_t)(nl - b->buf) + 1;
    }
    return at;
}

static void
look_through(const struct log_blocks *lb, struct log_block *b)
{
    const struct log_lens *lens = &lb->lens;
    size_t at;

    b->lines = b->records = b->broken = 0;
    b->nhits = b->nzones = 0;
    if (lens->dialect->scan && lens->dialect->scan(lens, b))
        return;
#ifdef __x86_64__
    at = lb->wide ? take_lines_avx2(lens, b) : take_lines(lens, b);
#else
    at = take_lines(lens, b);
#endif
    if (at < b->n) /* the last line of the input, or one that was cut */
        take_line(lens, b, at, b->n);
}

/* ---- filling a block ---- */

bool
log_begins_record(const struct log_dialect *d, const void *state, const char *p, const char *end)
{
    struct log_look look;
    enum log_line what;

    end -= end > p && end[-1] == '\n';
    end -= end > p && end[-1] == '\r';
    while (p < end && *p == '\0')
        p++;
    what = d->look(state, p, end, &look);
    return what == LOG_RECORD || what == LOG_BROKEN;
}

/* Drops what is left of a cut line: *n bytes at p become fewer, maybe none. */
static void
skip_line(struct log_blocks *lb, char *p, size_t *n)
{
    size_t next = log_line_end(p, 0, *n);

    lb->skipping = *n == 0 || p[next - 1] != '\n';
    memmove(p, p + next, *n - next);
    *n -= next;
}

/*
 * How much of the n bytes at p is a block: all before the last record, which may go on; up to the
 * last line end where no record begins for long, or but one. 0: there is no line end.
 */
static size_t
whole_records(const struct log_blocks *lb, const char *p, size_t n)
{
    size_t end = n, from;

    while (end > 0 && p[end - 1] != '\n')
        end--;
    for (from = end; from > 0 && end - from < LOG_RECORD_MAX;) {
        size_t to = from--;

        while (from > 0 && p[from - 1] != '\n')
            from--;
        if (log_begins_record(lb->lens.dialect, lb->lens.state, p + from, p + to))
            return from > 0 || n < LOG_BLOCK ? from : end;
    }
    return end;
}

/* Reads until the block is full or the stream has no more for now. */
static void
read_more(struct log_blocks *lb, struct log_block *b)
{
    bool steady = lb->feed->stream.steady;

    while (!lb->ended && b->n < LOG_BLOCK) {
        size_t room = LOG_BLOCK - b->n, got = feed_read(lb->feed, b->buf + b->n, room);

        lb->ended = got == 0;
        b->n += got;
        if (lb->skipping)
            skip_line(lb, b->buf, &b->n);
        else if (!steady && got < room)
            return;
    }
}

/* False: there is nothing more. */
static bool
fill(struct log_blocks *lb, struct log_block *b)
{
    size_t whole = 0;

    memcpy(b->buf, lb->carry, lb->ncarry);
    b->n = lb->ncarry;
    lb->ncarry = 0;
    b->cut = false;
    while (whole == 0 && !lb->ended && b->n < LOG_BLOCK) {
        read_more(lb, b);
        whole = whole_records(lb, b->buf, b->n);
    }
    if (whole == 0) { /* the last record, or a line that is too long */
        whole = lb->ended ? b->n : whole_records(lb, b->buf, b->n);
        b->cut = whole == 0 && b->n > 0;
        lb->skipping = b->cut;
        whole = whole ? whole : b->n;
    } else if (lb->ended) {
        whole = b->n;
    }
    lb->ncarry = b->n - whole;
    memcpy(lb->carry, b->buf + whole, lb->ncarry);
    b->n = whole;
    b->final = lb->ended && lb->ncarry == 0;
    memset(b->buf + b->n, 0, LOG_PAD);
    return b->n > 0;
}

/* ---- helpers ---- */

static void
lock(struct log_blocks *lb)
{
    if (lb->synced)
        (void)pthread_mutex_lock(&lb->lock);
}

static void
unlock(struct log_blocks *lb)
{
    if (lb->synced)
        (void)pthread_mutex_unlock(&lb->lock);
}

/* Looks through the next block that nobody has taken; the lock is held before and after. */
static void
take_one(struct log_blocks *lb)
{
    struct slot *s = &lb->ring[lb->taken++ % lb->nring];

    s->state = SLOT_TAKEN;
    unlock(lb);
    look_through(lb, &s->block);
    lock(lb);
    s->state = SLOT_DONE;
    if (lb->synced)
        (void)pthread_cond_signal(&lb->done);
}

static void *
help(void *arg)
{
    struct log_blocks *lb = arg;

    lock(lb);
    while (!lb->stop) {
        if (lb->taken < lb->filled)
            take_one(lb);
        else
            (void)pthread_cond_wait(&lb->work, &lb->lock);
    }
    unlock(lb);
    return NULL;
}

/* A log of more than one block is worth threads. Without them everything is done here. */
static void
start_helpers(struct log_blocks *lb)
{
    if (lb->synced || lb->threads < 2 || !lb->feed->stream.steady)
        return;
    if (pthread_mutex_init(&lb->lock, NULL))
        return;
    if (pthread_cond_init(&lb->work, NULL)) {
        (void)pthread_mutex_destroy(&lb->lock);
        return;
    }
    if (pthread_cond_init(&lb->done, NULL)) {
        (void)pthread_cond_destroy(&lb->work);
        (void)pthread_mutex_destroy(&lb->lock);
        return;
    }
    lb->synced = true;
    while (lb->nhelpers + 1 < lb->threads &&
           !pthread_create(&lb->helpers[lb->nhelpers], NULL, help, lb))
        lb->nhelpers++;
}

/* ---- the door ---- */

struct log_blocks *
log_blocks_new(struct feed *f, const struct log_dialect *d, const void *state,
               const struct log_keys *keys, unsigned threads)
{
    struct log_blocks *lb = calloc(1, sizeof(*lb));
    bool good = lb != NULL;

    if (!lb)
        return NULL;
    *lb = (struct log_blocks){.feed = f, .lens = {d, state, keys}};
#ifdef __x86_64__
    lb->wide = __builtin_cpu_supports("avx2");
#endif
    lb->threads = threads > LOG_THREADS_MAX ? LOG_THREADS_MAX : threads;
    lb->nring = lb->threads > 1 ? 2 * (size_t)lb->threads + 1 : 1;
    lb->ring = calloc(lb->nring, sizeof(*lb->ring));
    lb->carry = malloc(LOG_BLOCK);
    good = lb->ring && lb->carry;
    for (size_t i = 0; good && i < lb->nring; i++) {
        lb->ring[i].block.buf = malloc(LOG_BLOCK + LOG_PAD);
        good = lb->ring[i].block.buf != NULL;
    }
    if (good)
        return lb;
    log_blocks_free(lb);
    return NULL;
}

void
log_blocks_free(struct log_blocks *lb)
{
    if (!lb)
        return;
    if (lb->synced) {
        lock(lb);
        lb->stop = true;
        (void)pthread_cond_broadcast(&lb->work);
        unlock(lb);
        for (unsigned i = 0; i < lb->nhelpers; i++)
            (void)pthread_join(lb->helpers[i], NULL);
        (void)pthread_cond_destroy(&lb->done);
        (void)pthread_cond_destroy(&lb->work);
        (void)pthread_mutex_destroy(&lb->lock);
    }
    for (size_t i = 0; lb->ring && i < lb->nring; i++) {
        free(lb->ring[i].block.buf);
        free(lb->ring[i].block.hits);
    }
    free(lb->ring);
    free(lb->carry);
    free(lb);
}

/* The caller is done with the block that it was given. */
static void
take_back(struct log_blocks *lb)
{
    if (!lb->holds)
        return;
    lb->ring[lb->given++ % lb->nring].state = SLOT_FREE;
    lb->holds = false;
}

/* Reads another block; the lock is held before and after. */
static void
read_one(struct log_blocks *lb)
{
    struct slot *s = &lb->ring[lb->filled % lb->nring];
    bool more;

    unlock(lb);
    if (lb->filled == 1)
        start_helpers(lb);
    more = fill(lb, &s->block);
    lock(lb);
    if (!more)
        return;
    s->state = SLOT_FILLED;
    lb->filled++;
    if (lb->nhelpers > 0)
        (void)pthread_cond_signal(&lb->work);
}

/* Reading ahead is good when the stream never waits for somebody, and somebody helps. */
static bool
reads_ahead(const struct log_blocks *lb)
{
    return !lb->ended &&
           (lb->filled == lb->given || (lb->nhelpers > 0 && lb->filled - lb->given < lb->nring));
}

const struct log_block *
log_blocks_next(struct log_blocks *lb)
{
    struct slot *s;

    lock(lb);
    take_back(lb);
    for (;;) {
        s = &lb->ring[lb->given % lb->nring];
        if (lb->given < lb->filled && s->state == SLOT_DONE)
            break;
        if (reads_ahead(lb))
            read_one(lb);
        else if (lb->taken < lb->filled)
            take_one(lb);
        else if (lb->given < lb->filled)
            (void)pthread_cond_wait(&lb->done, &lb->lock);
        else
            break;
    }
    lb->holds = lb->given < lb->filled;
    unlock(lb);
    return lb->holds ? &s->block : NULL;
}
