#include "cli/progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/machine.h"

enum {
    FIRST_US = 1000000,
    EVERY_US = 200000,
    DEFAULT_WIDTH = 80,
    MAX_LINE = 400,
    NAME_SHARE = 3,
    GB_S = 1000000
};

static struct { /* the terminal's one line */
    bool wanted, there;
    int64_t began_us, shown_us;
} line;

void
progress_begin(bool quiet)
{
    line.wanted = !quiet && isatty(STDERR_FILENO);
    line.there = false;
    line.began_us = line.shown_us = machine_now_us();
}

/* "1.3": tenths of a unit. */
static void
add_tenths(struct tl_buf *b, uint64_t n, uint64_t unit)
{
    uint64_t tenths = n / (unit / 10);

    tl_buf_addf(b, "%llu.%llu", (unsigned long long)(tenths / 10),
                (unsigned long long)(tenths % 10));
}

static const struct unit {
    uint64_t bytes;
    const char *name;
} units[] = {{(uint64_t)1 << 40, "TiB"},
             {(uint64_t)1 << 30, "GiB"},
             {(uint64_t)1 << 20, "MiB"},
             {1024, "KiB"}};

static const struct unit *
unit_of(uint64_t n)
{
    const struct unit *u = units;

    while (u->bytes > 1024 && n < u->bytes)
        u++;
    return u;
}

static void
add_amount(struct tl_buf *b, const struct progress_state *p)
{
    bool sized = p->size != UINT64_MAX && p->size > 0;
    uint64_t done = sized ? p->done : p->read;
    const struct unit *u = unit_of(sized ? p->size : done);

    add_tenths(b, done, u->bytes);
    if (sized) {
        tl_buf_add(b, TL_STR(" of "));
        add_tenths(b, p->size, u->bytes);
    }
    tl_buf_addf(b, " %s", u->name);
}

/* Rate of what is read, and how long the rest of this file takes at the rate so far. */
static void
add_rate(struct tl_buf *b, const struct progress_state *p, int64_t spent_us)
{
    uint64_t spent_ms = spent_us > 1000 ? (uint64_t)spent_us / 1000 : 1, rate = p->read / spent_ms;

    if (rate >= GB_S) { /* bytes a millisecond are kB a second */
        tl_buf_add(b, TL_STR("  "));
        add_tenths(b, rate, GB_S);
        tl_buf_add(b, TL_STR(" GB/s"));
    } else {
        tl_buf_addf(b, "  %llu MB/s", (unsigned long long)(rate / 1000));
    }
    if (p->size != UINT64_MAX && p->done > 0 && p->done < p->size) {
        uint64_t left_s = spent_ms / 1000 * (p->size - p->done) / p->done;

        tl_buf_addf(b, "  %llu:%02llu left", (unsigned long long)(left_s / 60),
                    (unsigned long long)(left_s % 60));
    }
}

void
progress_text(const struct progress_state *p, int64_t spent_us, unsigned width, struct tl_buf *out)
{
    struct tl_str name = p->name;
    size_t room = width / NAME_SHARE;

    if (name.n > room) /* its end says more */
        name = tl_str_skip(name, name.n - room);
    while (name.n > 0 && ((unsigned char)name.p[0] & 0xc0) == 0x80)
        name = tl_str_skip(name, 1);
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];

        tl_buf_add(out, (unsigned char)c < ' ' || c == 0x7f ? TL_STR("?") : (struct tl_str){&c, 1});
    }
    tl_buf_add(out, TL_STR("  "));
    add_amount(out, p);
    add_rate(out, p, spent_us);
    tl_buf_addf(out, "  %llu events", (unsigned long long)p->events);
    if (out->n >= width && width > 0)
        out->n = width - 1;
}

static unsigned
columns(void)
{
    struct winsize w = {0};

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) || w.ws_col == 0)
        return DEFAULT_WIDTH;
    return w.ws_col > MAX_LINE ? MAX_LINE : w.ws_col;
}

/* A terminal that does not take it is nothing to stop for. */
static void
write_line(struct tl_str s)
{
    ssize_t n = write(STDERR_FILENO, s.p, s.n);

    (void)n;
}

void
progress_show(const struct progress_state *p)
{
    struct tl_buf text, b;
    int64_t now;

    if (!line.wanted)
        return;
    now = machine_now_us();
    if (now - line.began_us < FIRST_US || now - line.shown_us < EVERY_US)
        return;
    line.shown_us = now;
    tl_buf_init(&text, 4096);
    tl_buf_init(&b, 4096);
    progress_text(p, now - line.began_us, columns(), &text);
    tl_buf_add(&b, TL_STR("\r"));
    tl_buf_add_clean(&b, tl_buf_str(&text));
    tl_buf_add(&b, TL_STR("\x1b[K"));
    if (!b.failed) {
        write_line(tl_buf_str(&b));
        line.there = true;
    }
    tl_buf_free(&text);
    tl_buf_free(&b);
}

void
progress_clear(void)
{
    if (!line.there)
        return;
    line.there = false;
    write_line(TL_STR("\r\x1b[K"));
}
