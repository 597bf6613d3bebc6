/* requests.c - a change that no call asked for: automatic, as far as the evidence goes. */
#include "timeline/findings.h"
#include "timeline/resource.h"

enum { DAYS = 7 };
static const int64_t WEEK_US = DAYS * TL_DAY;

/* "sat:08:20-sat:08:50", as microseconds of a week that begins on Monday, in UTC. */
struct window {
    int64_t from, to;
};

static bool
read_moment(struct tl_str *s, int64_t *at)
{
    static const char days[] = "montuewedthufrisatsun";
    int64_t hour, minute, day = 0;

    while (day < DAYS && !tl_str_case_starts(*s, (struct tl_str){days + 3 * day, 3}))
        day++;
    if (day == DAYS || s->n < 9 || s->p[3] != ':' || s->p[6] != ':')
        return false;
    *s = tl_str_skip(*s, 4);
    if (!tl_str_digits(s, 2, &hour))
        return false;
    *s = tl_str_skip(*s, 1);
    if (!tl_str_digits(s, 2, &minute))
        return false;
    *at = day * TL_DAY + hour * TL_HOUR + minute * TL_MINUTE;
    return true;
}

static bool
read_window(struct tl_str s, struct window *w)
{
    if (!read_moment(&s, &w->from) || s.n == 0 || s.p[0] != '-')
        return false;
    s = tl_str_skip(s, 1);
    if (!read_moment(&s, &w->to))
        return false;
    w->to += w->to < w->from ? WEEK_US : 0;
    return true;
}

/* 1970-01-01 was a Thursday. */
static int64_t
in_week(tl_time at)
{
    int64_t us = (at + 3 * TL_DAY) % WEEK_US;

    return us < 0 ? us + WEEK_US : us;
}

/* Whether an instant may lie in the window: it bounds the beginning of the work, not its end. */
static bool
begins_in(const struct window *w, const struct tl_instant *when)
{
    int64_t at = in_week(when->earliest), width = when->latest - when->earliest;

    for (int turn = 0; turn < 2; turn++, at += WEEK_US)
        if (at <= w->to && at + width >= w->from)
            return true;
    return false;
}

/* The window of what is changed: the tree's, or that of the instance where it begins. */
static struct tl_str
window_of(const struct tl_builder *b, const struct plan *p)
{
    struct tl_str own = b->res[b->episodes[p->episodes[0]].tree].window;

    return own.n > 1 ? own : b->res[b->rowx[p->began].res].window;
}

enum tl_status
run_request(struct tl_builder *b, struct plan *p)
{
    struct tl_str text = window_of(b, p);
    bool trail = have_trail(b), global = p->joined || p->global != NONE, within = false;
    struct tl_str name = res_called(b, b->episodes[p->episodes[0]].tree);
    struct tl_str args[2] = {name, {"", 0}};
    struct window w;

    if (p->layer != LAYER_UPGRADE || p->seen_only || p->request != NONE ||
        b->episodes[p->episodes[0]].start == NONE)
        return TL_OK;
    if (read_window(text, &w)) {
        within = begins_in(&w, &row_event(b, p->began)->when);
        args[1] = within ? TL_STR("") : TL_STR(", nor did it begin in its maintenance window");
    }
    if (within && !global) { /* a global database has no automatic minor upgrades */
        const struct tl_str parts[] = {
            trail
                ? TL_STR(
                      "no call in the CloudTrail records that were given asked for the change of ")
                : TL_STR("the change of "),
            name,
            trail ? TL_STR(", and it began in its maintenance window (")
                  : TL_STR(" began in its maintenance window ("),
            text,
            trail
                ? TL_STR(" UTC): automatic")
                : TL_STR(
                      " UTC): automatic, or a change that waited for it (CloudTrail would tell)")};

        args[0] = words_join(b, parts, 5);
        return finding_add(b, p, F_UPGRADE_AUTOMATIC, &p->began, 1, args);
    }
    return trail ? finding_add(b, p, F_UPGRADE_UNREQUESTED, &p->began, 1, args) : TL_OK;
}
