/* ISA-L. It decompresses and checks the trailer; the header is read here, since ISA-L forgets the
 * header's flags where the input is cut within it. It is always given ROOM bytes for its output,
 * more than it keeps back itself: so a damage never hides bytes that were made before it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include "ingest/gunzip.h"

enum { ROOM = 128 * 1024, AT_ONCE = 1 << 30 };
_Static_assert(ROOM >= sizeof(((struct inflate_state *)NULL)->tmp_out_buffer),
               "ISA-L's own buffer");

enum part { FIXED, EXTRA_SIZE, EXTRA, NAME, COMMENT, HEADER_CRC, BODY };
enum { FHCRC = 2, FEXTRA = 4, FNAME = 8, FCOMMENT = 16, RESERVED = 0xe0 };

struct gunzip {
    struct inflate_state s;
    enum part part;
    unsigned have;     /* of FIXED, EXTRA_SIZE or HEADER_CRC: bytes so far */
    unsigned flags;    /* of the header */
    unsigned number;   /* the 16 bits of EXTRA_SIZE or HEADER_CRC; of EXTRA: bytes to come */
    uint32_t crc;      /* of the header up to here */
    bool full;         /* the last step filled its output */
    enum gunzipped at; /* what happened behind the bytes that wait */
    size_t from, to;   /* they wait in out */
    unsigned char out[ROOM];
};

struct gunzip *
gunzip_new(void)
{
    struct gunzip *g = calloc(1, sizeof(*g));

    if (!g)
        return NULL;
    isal_inflate_init(&g->s);
    g->s.crc_flag = ISAL_GZIP_NO_HDR_VER;
    return g;
}

void
gunzip_free(struct gunzip *g)
{
    free(g);
}

bool
gunzip_hungry(const struct gunzip *g)
{
    return g->from == g->to && g->at == GUNZIP_OK && !g->full;
}

/* The parts that the flags do not name are passed over. */
static void
next_part(struct gunzip *g)
{
    static const unsigned char needs[BODY] = {[EXTRA_SIZE] = FEXTRA,
                                              [EXTRA] = FEXTRA,
                                              [NAME] = FNAME,
                                              [COMMENT] = FCOMMENT,
                                              [HEADER_CRC] = FHCRC};

    do
        g->part++;
    while (g->part < BODY && !(g->flags & needs[g->part]));
    g->have = 0;
    if (g->part == EXTRA_SIZE || g->part == HEADER_CRC)
        g->number = 0;
}

/* One of the ten bytes that every header has. */
static enum gunzipped
fixed_byte(struct gunzip *g, unsigned char c)
{
    enum { DEFLATE = 8, FIXED_BYTES = 10 };

    switch (g->have++) {
    case 0:
        g->number = c;
        break;
    case 1:
        return g->number == 0x1f && c == 0x8b ? GUNZIP_OK : GUNZIP_DAMAGED;
    case 2:
        g->number = c;
        break;
    case 3:
        g->flags = c;
        return g->number == DEFLATE && !(c & RESERVED) ? GUNZIP_OK : GUNZIP_DAMAGED;
    default:
        break;
    }
    if (g->have == FIXED_BYTES)
        next_part(g);
    return GUNZIP_OK;
}

/* How many of the n > 0 bytes at p belong to the current part, which ends with them or not. */
static size_t
header_part(struct gunzip *g, const unsigned char *p, size_t n)
{
    const unsigned char *nul;

    switch (g->part) {
    case EXTRA:
        n = n < g->number ? n : g->number;
        g->number -= (unsigned)n;
        if (g->number == 0)
            next_part(g);
        return n;
    case NAME:
    case COMMENT:
        nul = memchr(p, 0, n);
        if (nul) {
            n = (size_t)(nul - p) + 1;
            next_part(g);
        }
        return n;
    default: /* two bytes, the low one first */
        g->number |= (unsigned)*p << 8 * g->have++;
        if (g->have == 2 && g->part == EXTRA_SIZE) {
            next_part(g);
            if (g->number == 0)
                next_part(g);
        }
        return 1;
    }
}

static enum gunzipped
header(struct gunzip *g, struct gunzip_io *io)
{
    while (io->in_n > 0 && g->part != BODY) {
        const unsigned char *p = io->in;
        enum part part = g->part;
        size_t n = 1;

        if (part == FIXED) {
            if (fixed_byte(g, *p) != GUNZIP_OK)
                return GUNZIP_DAMAGED;
        } else {
            n = header_part(g, p, io->in_n);
        }
        io->in += n;
        io->in_n -= n;
        if (part != HEADER_CRC) {
            g->crc = crc32_gzip_refl(g->crc, p, n);
        } else if (g->have == 2) {
            if (g->number != (g->crc & 0xffff))
                return GUNZIP_DAMAGED;
            next_part(g);
        }
    }
    return GUNZIP_OK;
}

/* One call of ISA-L: into io's own room if that is enough, else into out. */
static enum gunzipped
body(struct gunzip *g, struct gunzip_io *io)
{
    uint32_t in_n = (uint32_t)(io->in_n < AT_ONCE ? io->in_n : AT_ONCE), room = ROOM;
    bool direct = io->out_n >= ROOM;
    size_t made;
    int r;

    if (direct)
        room = (uint32_t)(io->out_n < AT_ONCE ? io->out_n : AT_ONCE);
    g->s.next_in = (uint8_t *)io->in; /* it only reads there */
    g->s.avail_in = in_n;
    g->s.next_out = direct ? io->out : g->out;
    g->s.avail_out = room;
    r = isal_inflate(&g->s);
    made = room - g->s.avail_out;
    g->full = g->s.avail_out == 0;
    io->in += in_n - g->s.avail_in;
    io->in_n -= in_n - g->s.avail_in;
    io->out += direct ? made : 0;
    io->out_n -= direct ? made : 0;
    g->from = 0;
    g->to = direct ? 0 : made;
    if (r < 0)
        return GUNZIP_DAMAGED;
    if (g->s.block_state == ISAL_BLOCK_FINISH)
        return GUNZIP_END;
    /* It never stands still on good data. */
    return in_n > 0 && g->s.avail_in == in_n && made == 0 ? GUNZIP_DAMAGED : GUNZIP_OK;
}

static void
hand_out(struct gunzip *g, struct gunzip_io *io)
{
    size_t n = g->to - g->from < io->out_n ? g->to - g->from : io->out_n;

    memcpy(io->out, g->out + g->from, n);
    g->from += n;
    io->out += n;
    io->out_n -= n;
}

enum gunzipped
gunzip_step(struct gunzip *g, struct gunzip_io *io)
{
    if (g->from == g->to && g->at == GUNZIP_OK)
        g->at = g->part == BODY ? body(g, io) : header(g, io);
    hand_out(g, io);
    if (g->from < g->to || g->at != GUNZIP_END)
        return g->from < g->to ? GUNZIP_OK : g->at;
    isal_inflate_reset(&g->s);
    g->part = FIXED;
    g->have = g->flags = 0;
    g->crc = 0;
    g->full = false;
    g->at = GUNZIP_OK;
    return GUNZIP_END;
}
