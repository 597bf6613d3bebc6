/* probe_sniff.c - is this a probe loop's output? Judged by the lines of the head. */
#include "parse/probe.h"

struct attempt_before {  /* the attempt that the last time began */
    struct tl_str text;  /* a value that it printed */
    struct tl_str error; /* an error of no known kind, of the last attempt that had one */
    bool silent, strange;
};

/* Alike but for the figures in them: "1 0.012s". Long texts have to be the same. */
static bool
is_like(struct tl_str a, struct tl_str b)
{
    size_t i = 0, k = 0;

    if (tl_str_eq(a, b))
        return true;
    while (a.n <= 24 && i < a.n && k < b.n) {
        bool digit = a.p[i] >= '0' && a.p[i] <= '9';

        if (!digit && a.p[i] != b.p[k])
            return false;
        if (digit && (b.p[k] < '0' || b.p[k] > '9'))
            return false;
        i++;
        k++;
        while (digit && i < a.n && a.p[i] >= '0' && a.p[i] <= '9')
            i++;
        while (digit && k < b.n && b.p[k] >= '0' && b.p[k] <= '9')
            k++;
    }
    return i == a.n && k == b.n;
}

/* What a question with two answers prints. */
static bool
is_answer(struct tl_str s)
{
    static const struct tl_str words[] = {{"t", 1},    {"f", 1},     {"0", 1},  {"1", 1},
                                          {"true", 4}, {"false", 5}, {"on", 2}, {"off", 3},
                                          {"yes", 3},  {"no", 2}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (tl_str_case_eq(s, words[i]))
            return true;
    return false;
}

/* A value alone proves little: another attempt has to print it too. */
static void
look_at_value(struct probe_survey *s, struct tl_str text, struct attempt_before *last)
{
    bool same = last->text.n > 0 &&
                (is_like(text, last->text) || (is_answer(text) && is_answer(last->text)));

    if (same && last->strange) {
        s->strange--; /* the first of them is no stranger than those that repeat it */
        s->repeated++;
    }
    s->repeated += same;
    s->strange += !same;
    last->strange = !same;
    last->text = text;
}

/* What the text behind a stamp counts as. */
static void
look_at_text(struct probe_survey *s, struct tl_str text, struct attempt_before *last)
{
    struct probe_said said = probe_read_text(text);
    struct tl_str word = text;

    for (word.n = 0; word.n < text.n && text.p[word.n] != ' ' && text.p[word.n] != '\t';)
        word.n++;
    if (probe_is_server_log(text))
        s->server_log++;
    else if (status_is_word(word))
        s->statuses++;
    else if (said.sort == SAYS_NOTHING)
        s->silent++;
    else if (said.sort == SAYS_VALUE)
        look_at_value(s, text, last);
    else
        s->strong++;
    if (said.sort == SAYS_ERROR) {
        s->newest += !is_like(text, last->error);
        last->error = text;
    }
    last->silent = said.sort == SAYS_NOTHING;
    s->loud += said.sort == SAYS_VERSION || said.sort == SAYS_OK || said.sort == SAYS_VALUE;
}

/* More than a few words in a row, none of them of an error: somebody wrote it. */
static bool
is_prose(struct tl_str line)
{
    size_t words = 0;

    for (size_t i = 1; i < line.n; i++)
        words += line.p[i - 1] == ' ' && line.p[i] != ' ';
    return words >= 6 && line.p[0] != '|';
}

static void
look_below(struct probe_survey *s, struct tl_str text, struct attempt_before *last)
{
    struct probe_said said = probe_read_text(text);

    if (probe_is_failure(said)) {
        s->errors++;
        last->silent = false;
    } else if (probe_is_continuation(text)) {
        last->silent = false;
    } else if (is_prose(text) && said.sort == SAYS_VALUE) {
        s->stray++;
    } else if (last->silent) {
        s->loud++;
        s->silent--;
        if (said.sort == SAYS_VALUE)
            look_at_value(s, text, last);
        else
            s->strong++;
        last->silent = false;
    } else if (said.sort == SAYS_VERSION) {
        s->strong++; /* below the header of its column */
    }
}

bool
probe_is_rows(const struct probe_survey *s)
{
    return s->rows >= 2 && s->rows + s->rows / 4 + 1 >= s->lines && s->stamped <= s->rows / 4;
}

void
probe_look(struct tl_str head, struct tl_zones *zones, struct probe_survey *out)
{
    struct attempt_before last = {{"", 0}, {"", 0}, false, false};
    struct tl_str rest = head, line;
    struct probe_line l;
    bool cut = head.n > 0 && head.p[head.n - 1] != '\n';

    *out = (struct probe_survey){0};
    while (tl_str_line(&rest, &line)) {
        if (rest.n == 0 && cut && out->stamped > 1)
            break; /* the head ends inside it */
        probe_read_line(line, zones, PROBE_LABELS | PROBE_ROWS, &l);
        out->lines += l.kind > LINE_SOURCE;
        out->labelled += l.labelled;
        out->rows += l.kind == LINE_ROW;
        out->steps += l.kind == LINE_OPEN || l.kind == LINE_QUERY;
        if (l.kind == LINE_STAMP && l.stamp.res_us >= TL_MINUTE)
            out->strange++; /* nobody asks again by the minute: somebody's notes */
        else if (l.kind == LINE_STAMP)
            look_at_text(out, l.text, &last);
        if (l.kind == LINE_STAMP || l.kind == LINE_OPEN || l.kind == LINE_QUERY) {
            out->stamped++;
            last.silent &= l.kind == LINE_STAMP;
        } else if (l.kind == LINE_TEXT || (l.kind == LINE_ROW && out->stamped > 0)) {
            look_below(out, l.text, &last);
        }
    }
}
