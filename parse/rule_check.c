/* rule_check.c - `rules check`: do the rules do on their samples what they say? */
#include "parse/catalogue.h"

#include "core/names.h"

struct check {
    struct tl_catalogue *c;
    struct tl_buf *report;
    size_t bad;
};

/* Opens a line of the report: "FILE:LINE: [class] ". */
static void
open_line(struct check *k, const struct rule *r, unsigned line)
{
    k->bad++;
    show_text(k->report, r->file);
    tl_buf_addf(k->report, ":%u: [", line);
    show_text(k->report, r->cls);
    tl_buf_add(k->report, TL_STR("] "));
}

static bool
overlap(const struct rule *a, const struct rule *b)
{
    for (size_t i = 0; i < a->nsources; i++)
        if (rule_fits(b, a->sources[i]))
            return true;
    return a->nsources == 0 || b->nsources == 0;
}

static void
check_own(struct check *k, const struct rule *r, const struct sample *s, enum rule_answer answer)
{
    if (answer == RULE_GAVE_UP) {
        open_line(k, r, r->match_line);
        tl_buf_addf(k->report,
                    "gives up on its sample on line %u: make the pattern tighter, it tries too"
                    " many ways\n",
                    s->line);
    } else if (s->want && answer == RULE_NO) {
        open_line(k, r, s->line);
        tl_buf_addf(k->report,
                    "does not match this sample+ of its own: correct it or the 'match' on line"
                    " %u\n",
                    r->match_line);
    } else if (!s->want && answer == RULE_YES) {
        open_line(k, r, s->line);
        tl_buf_addf(k->report, "matches this sample-: make the 'match' on line %u tighter\n",
                    r->match_line);
    }
}

/* `thief` matches a sample of `r`. The line blamed is in the file that was added last. */
static void
report_overlap(struct check *k, const struct rule *thief, const struct rule *r,
               const struct sample *s)
{
    if (thief->file_no > r->file_no) {
        open_line(k, thief, thief->match_line);
        tl_buf_add(k->report, TL_STR("also matches a sample+ of ["));
        show_text(k->report, r->cls);
        tl_buf_add(k->report, TL_STR("], "));
        show_text(k->report, r->file);
        tl_buf_addf(k->report, ":%u: make the pattern tighter\n", s->line);
    } else {
        open_line(k, r, s->line);
        tl_buf_add(k->report, TL_STR("this sample+ is also matched by ["));
        show_text(k->report, thief->cls);
        tl_buf_add(k->report, TL_STR("], "));
        show_text(k->report, thief->where);
        tl_buf_add(k->report, TL_STR(": make one of the patterns tighter\n"));
    }
}

static void
check_sample(struct check *k, struct rule *r, const struct sample *s)
{
    struct tl_catalogue *c = k->c;
    struct tl_str text = catalogue_normalise(c, s->text);

    check_own(k, r, s, rule_match(c, r, text, c->found[1]));
    for (size_t i = 0; s->want && i < c->n; i++) {
        struct rule *other = c->rules[i];

        if (other == r || tl_str_eq(other->cls, r->cls) || !overlap(other, r))
            continue;
        if (rule_match(c, other, text, c->found[1]) == RULE_YES)
            report_overlap(k, other, r, s);
    }
}

static void
check_rule(struct check *k, struct rule *r)
{
    bool positive = false;

    for (const struct sample *s = r->samples; s; s = s->next) {
        positive |= s->want;
        check_sample(k, r, s);
    }
    if (!positive) {
        open_line(k, r, r->line);
        tl_buf_add(k->report, TL_STR("has no sample+: write a real message behind 'sample+ ='\n"));
    }
}

enum tl_status
tl_catalogue_check(struct tl_catalogue *c, struct tl_buf *report, struct tl_error *err)
{
    struct check k = {.c = c, .report = report};

    for (unsigned file = 0; file < c->nfiles; file++)
        for (size_t i = 0; i < c->n; i++)
            if (c->rules[i]->file_no == file)
                check_rule(&k, c->rules[i]);
    if (report->failed)
        return tl_fail(err, report->failed, 0, "the list of what is wrong does not fit in memory");
    if (k.bad > 0)
        return tl_fail(err, TL_ERULE, 0, "%zu of the rules' samples %s not as they should be",
                       k.bad, k.bad == 1 ? "is" : "are");
    return TL_OK;
}
