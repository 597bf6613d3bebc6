/*
 * page_claims.c - what a document says about how long an outage was.
 *
 * Only a sentence that speaks of an outage as a fact makes a claim: what should, may or usually
 * happens is none, nor is the length of a sleep, an interval or a maintenance window.
 */
#include <string.h>

#include "parse/page.h"

#define W(lit)                                                                                     \
    {                                                                                              \
        (lit), sizeof(lit) - 1                                                                     \
    }
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct tl_str outage_words[] = {
    W("downtime"),
    W("down time"),
    W("down-time"),
    W("outage"),
    W("unavailab"),
    W("not available"),
    W("interrupt"),
    W("disruption"),
    W("unreachable"),
    W("inaccessible"),
    W("offline"),
    W("was down"),
    W("were down"),
    W("went down"),
    W("down for"),
    W("been down"),
    W("not be reached"),
    W("not reachable"),
    W("not connect"),
    W("couldn't connect"),
    W("cannot connect"),
    W("can't connect"),
    W("unable to connect"),
    W("failed to connect"),
    W("connection fail"),
    W("connections fail"),
    W("connection error"),
    W("refused"),
    W("lost connect"),
    W("connection loss"),
    W("connectivity loss"),
    W("not respond"),
    W("stopped responding"),
    W("stopped answering"),
    W("no response"),
    W("out of service"),
    W("service loss"),
    W("without service"),
    W("rejected connection"),
    W("blip"),
    W("ダウンタイム"),
    W("停止"),
    W("接続断"),
    W("接続不可"),
    W("接続できな"),
    W("接続が切"),
    W("接続エラー"),
    W("切断"),
    W("瞬断"),
    W("断時間"),
    W("不通"),
    W("つながらな"),
    W("繋がらな"),
    W("利用不可"),
    W("利用できな"),
    W("使えな"),
    W("応答しな"),
    W("応答がな"),
    W("接続に失敗"),
    W("障害時間"),
};
/* Before "downtime": it was none. */
static const struct tl_str negations[] = {W("zero"), W("no"),      W("without"), W("near-zero"),
                                          W("non"),  W("minimal"), W("ゼロ"),    W("無")};
/* The sentence is about what happens in general, or about what was planned. */
static const struct tl_str general[] = {
    W("typically"),     W("usually"),   W("normally"), W("in general"), W("generally"),
    W("expected to"),   W("we expect"), W("should "),  W(" may "),      W(" might "),
    W("can be "),       W("could be "), W("can take"), W("could take"), W("would "),
    W("target"),        W(" sla"),      W(" slo"),     W(" goal"),      W("according to"),
    W("documentation"), W("aws says"),  W("docs say"), W("planned"),    W("guarantee"),
    W("process took"),  W("must not"),  W("will be "), W("予定"),       W("想定"),
    W("可能性"),        W("場合があ"),  W("見込み"),   W("とされ"),     W("公式"),
    W("ドキュメント"),  W("目標"),
};
/* Right before a duration: it is how far apart things are, or how long something waits. */
static const struct tl_str not_before[] = {
    W("every"),
    W("each"),
    W("sleep"),
    W("sleep of"),
    W("interval of"),
    W("intervals of"),
    W("per"),
    W("timeout of"),
    W("timeout"),
    W("after"),
    W("wait"),
    W("waiting"),
    W("waited"),
    W("past"),
    W("last"),
    W("polled"),
    W("interval:"),
    W("timeout:"),
    /* what somebody else said, and was not */
    W("not"),
    W("not the"),
    W("not for"),
    W("rather than"),
    W("rather than the"),
    W("instead of"),
    W("instead of the"),
};
static const struct tl_str not_after[] = {
    W("ago"),        W("later"),     W("before"),   W("interval"),    W("intervals"), W("timeout"),
    W("sleep"),      W("window"),    W("apart"),    W("maintenance"), W("poll"),      W("after"),
    W("resolution"), W("precision"), W("間隔"),     W("おき"),        W("ごと"),      W("毎"),
    W("後"),         W("前"),        W("スリープ"), W("待"),
};

enum how { EXACTLY, ABOUT, AT_MOST, AT_LEAST };
static const struct {
    struct tl_str word;
    enum how how;
} before[] = {
    {W("no more than"), AT_MOST},
    {W("not more than"), AT_MOST},
    {W("no longer than"), AT_MOST},
    {W("less than"), AT_MOST},
    {W("fewer than"), AT_MOST},
    {W("shorter than"), AT_MOST},
    {W("at most"), AT_MOST},
    {W("up to"), AT_MOST},
    {W("under"), AT_MOST},
    {W("below"), AT_MOST},
    {W("within"), AT_MOST},
    {W("<"), AT_MOST},
    {W("<="), AT_MOST},
    {W("≤"), AT_MOST},
    {W("最大"), AT_MOST},
    {W("more than"), AT_LEAST},
    {W("longer than"), AT_LEAST},
    {W("at least"), AT_LEAST},
    {W("over"), AT_LEAST},
    {W("above"), AT_LEAST},
    {W("exceeding"), AT_LEAST},
    {W("exceeded"), AT_LEAST},
    {W(">"), AT_LEAST},
    {W("≥"), AT_LEAST},
    {W("about"), ABOUT},
    {W("approximately"), ABOUT},
    {W("approx."), ABOUT},
    {W("approx"), ABOUT},
    {W("around"), ABOUT},
    {W("roughly"), ABOUT},
    {W("circa"), ABOUT},
    {W("ca."), ABOUT},
    {W("nearly"), ABOUT},
    {W("almost"), ABOUT},
    {W("some"), ABOUT},
    {W("~"), ABOUT},
    {W("≈"), ABOUT},
    {W("〜"), ABOUT},
    {W("～"), ABOUT},
    {W("約"), ABOUT},
    {W("およそ"), ABOUT},
    {W("だいたい"), ABOUT},
    {W("大体"), ABOUT},
    {W("ざっと"), ABOUT},
    {W("±"), ABOUT},
};
static const struct {
    struct tl_str word;
    enum how how;
} behind[] = {
    {W("or so"), ABOUT},   {W("ほど"), ABOUT},   {W("くらい"), ABOUT},     {W("ぐらい"), ABOUT},
    {W("程度"), ABOUT},    {W("前後"), ABOUT},   {W("弱"), ABOUT},         {W("強"), ABOUT},
    {W("以内"), AT_MOST},  {W("未満"), AT_MOST}, {W("以下"), AT_MOST},     {W("or less"), AT_MOST},
    {W("以上"), AT_LEAST}, {W("超"), AT_LEAST},  {W("or more"), AT_LEAST},
};

/* ---- words ---- */

static bool
is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '*' || c == '`';
}

static struct tl_str
trim_end(struct tl_str s)
{
    while (s.n > 0 && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

static struct tl_str
trim_front(struct tl_str s)
{
    while (s.n > 0 && is_space(s.p[0]))
        s = tl_str_skip(s, 1);
    return s;
}

/* s ends with the word, as a word of its own where it is ASCII. */
static bool
ends_with(struct tl_str s, struct tl_str word)
{
    size_t at;

    if (s.n < word.n || !tl_str_case_eq(tl_str_skip(s, s.n - word.n), word))
        return false;
    at = s.n - word.n;
    return at == 0 || (unsigned char)word.p[0] >= 0x80 || !is_word_char(word.p[0]) ||
           !is_word_char(s.p[at - 1]) || (unsigned char)s.p[at - 1] >= 0x80;
}

static bool
starts_with(struct tl_str s, struct tl_str word)
{
    return tl_str_case_starts(s, word) &&
           (s.n == word.n || !is_word_char(s.p[word.n]) || (unsigned char)word.p[0] >= 0x80);
}

/* "zero downtime", "zero-downtime patching": the word before says that there was none. */
static bool
is_negated(struct tl_str left)
{
    left = trim_end(left);
    if (left.n > 0 && left.p[left.n - 1] == '-')
        left.n--;
    for (size_t i = 0; i < COUNT(negations); i++)
        if (ends_with(left, negations[i]))
            return true;
    return false;
}

static size_t
find_word(struct tl_str s, struct tl_str word)
{
    size_t base = 0, at;

    while ((at = tl_str_case_find(tl_str_skip(s, base), word)) != SIZE_MAX) {
        if (!is_negated((struct tl_str){s.p, base + at}))
            return base + at;
        base += at + word.n;
    }
    return SIZE_MAX;
}

/* Where the sentence speaks of an outage that was; SIZE_MAX: nowhere. */
static size_t
find_outage(struct tl_str s)
{
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < COUNT(outage_words); i++) {
        size_t at = find_word(s, outage_words[i]);

        best = at < best ? at : best;
    }
    return best;
}

bool
page_speaks_of_outage(struct tl_str text)
{
    return find_outage(text) != SIZE_MAX;
}

static bool
is_general(struct tl_str s)
{
    for (size_t i = 0; i < COUNT(general); i++)
        if (tl_str_case_find(s, general[i]) != SIZE_MAX)
            return true;
    return false;
}

/* ---- one duration ---- */

static enum how
how_said(struct tl_str left, struct tl_str right, bool *excluded)
{
    static const struct tl_str fillers[] = {W("only"), W("just"),    W("a"),   W("of"),
                                            W("for"),  W("between"), W("from")};
    enum how how = EXACTLY;

    left = trim_end(left);
    right = trim_front(right);
    for (size_t i = 0; i < COUNT(fillers) && how == EXACTLY; i++)
        if (ends_with(left, fillers[i]))
            left = trim_end((struct tl_str){left.p, left.n - fillers[i].n});
    for (size_t i = 0; i < COUNT(before) && how == EXACTLY; i++) {
        if (!ends_with(left, before[i].word))
            continue;
        how = before[i].how;
        left = trim_end((struct tl_str){left.p, left.n - before[i].word.n});
    }
    for (size_t i = 0; i < COUNT(behind) && how == EXACTLY; i++)
        if (starts_with(right, behind[i].word))
            how = behind[i].how;
    *excluded = false;
    for (size_t i = 0; i < COUNT(not_before); i++)
        *excluded |= ends_with(left, not_before[i]);
    if (tl_str_starts(right, TL_STR("-")))
        right = tl_str_skip(right, 1);
    for (size_t i = 0; i < COUNT(not_after); i++)
        *excluded |= starts_with(right, not_after[i]);
    return how;
}

static void
widen(struct page_span *s, enum how how)
{
    int64_t tenth = s->figure_us / 10, half = s->max_us - s->figure_us;
    int64_t slack = tenth > half ? tenth : half;

    if (how == ABOUT && s->range) {
        s->min_us -= s->min_us / 10;
        s->max_us += s->max_us / 10;
    } else if (how == ABOUT) {
        s->min_us = s->figure_us > slack ? s->figure_us - slack : 0;
        s->max_us = s->figure_us + slack;
    } else if (how == AT_MOST) {
        s->max_us = s->range ? s->max_us : s->figure_us;
        s->min_us = 0;
    } else if (how == AT_LEAST) {
        s->min_us = s->figure_us;
        s->max_us = INT64_MAX / 2;
    }
}

struct found {
    struct page_span span;
    size_t at;
};

/* The durations of a sentence that can be those of an outage. */
static size_t
find_spans(struct tl_str s, struct found *out, size_t max)
{
    size_t n = 0;

    for (size_t at = 0; at < s.n && n < max; at++) {
        struct tl_str here = tl_str_skip(s, at);
        struct page_span span;
        bool excluded;
        enum how how;

        if (at > 0 && (is_word_char(s.p[at - 1]) || strchr(".:/-_#", s.p[at - 1])) &&
            (unsigned char)s.p[at - 1] < 0x80)
            continue;
        if (((unsigned char)here.p[0] & 0xc0) == 0x80 || !page_read_span(here, &span))
            continue;
        how = how_said((struct tl_str){s.p, at}, tl_str_skip(here, span.len), &excluded);
        if (!excluded) {
            widen(&span, how);
            out[n++] = (struct found){span, at};
        }
        at += span.len - 1;
    }
    return n;
}

/* ---- a sentence ---- */

/* The name a duration belongs to. People write either "R: 5 s, Q: 6 s" or "5 s in R, 6 s in Q": the
 * first duration shows which. */
static struct tl_str
name_of(const struct page_name *names, size_t n, const struct found *f, size_t first_at)
{
    const struct page_name *left = NULL, *right = NULL;

    for (size_t i = 0; i < n; i++) {
        if (names[i].at < f->at)
            left = &names[i];
        else if (!right)
            right = &names[i];
    }
    if (n > 0 && names[0].at < first_at)
        return left ? left->name : right->name;
    if (right)
        return right->name;
    return left ? left->name : (struct tl_str){"", 0};
}

static size_t
distance(size_t a, size_t b)
{
    return a < b ? b - a : a - b;
}

static size_t
claims_of(struct tl_str sentence, bool inherits, struct page_claim *out, size_t max)
{
    struct page_name names[PAGE_NAMES];
    struct found found[8];
    size_t outage, nnames, n = 0, best = 0;
    size_t nfound = find_spans(sentence, found, COUNT(found)); /* first: few sentences have one */

    if (nfound == 0 || is_general(sentence) ||
        tl_str_case_find(sentence, TL_STR("respectively")) != SIZE_MAX)
        return 0;
    outage = find_outage(sentence);
    if (outage == SIZE_MAX && !inherits)
        return 0;
    nnames = page_names(sentence, names);
    if (outage == SIZE_MAX && nnames == 0 && sentence.n > 80)
        return 0;
    outage = outage == SIZE_MAX ? 0 : outage;
    for (size_t i = 1; i < nfound; i++)
        if (distance(found[i].at, outage) < distance(found[best].at, outage))
            best = i;
    for (size_t i = 0; i < nfound && n < max; i++) {
        if (i != best && (nfound < 2 || nnames != nfound))
            continue;
        out[n++] = (struct page_claim){.sentence = sentence,
                                       .endpoint = name_of(names, nnames, &found[i], found[0].at),
                                       .min_us = found[i].span.min_us,
                                       .max_us = found[i].span.max_us};
    }
    return n;
}

/* Where the sentence at the front of s ends. "1.5", "approx. 11" and "sec. later" end none. */
static size_t
sentence_len(struct tl_str s)
{
    static const struct tl_str wide[] = {W("。"), W("！"), W("？")};
    static const struct tl_str shorts[] = {W("approx."), W("ca."), W("e.g."), W("i.e."),
                                           W("vs."),     W("No."), W("N.")};

    for (size_t i = 0; i < s.n; i++) {
        struct tl_str left = {s.p, i + 1}, right;
        bool shortened = false;

        for (size_t k = 0; k < COUNT(wide); k++)
            if (tl_str_starts(tl_str_skip(s, i), wide[k]))
                return i + wide[k].n;
        if (s.p[i] != '.' && s.p[i] != '!' && s.p[i] != '?')
            continue;
        right = tl_str_skip(s, i + 1);
        if (right.n > 0 && !is_space(right.p[0]))
            continue;
        right = trim_front(right);
        for (size_t k = 0; k < COUNT(shorts); k++)
            shortened |= ends_with(left, shorts[k]);
        if (!shortened && !(right.n > 0 && right.p[0] >= 'a' && right.p[0] <= 'z'))
            return i + 1;
    }
    return s.n;
}

size_t
page_claims(struct tl_str text, bool inherits, struct page_claim *out)
{
    struct tl_str rest = text;
    size_t n = 0;

    if (rest.n > PAGE_PROSE_MAX)
        rest.n = PAGE_PROSE_MAX;
    while (rest.n > 0 && n < PAGE_CLAIMS) {
        size_t len = sentence_len(rest), got;
        struct tl_str sentence = tl_str_trim((struct tl_str){rest.p, len});

        got = claims_of(sentence, inherits, out + n, PAGE_CLAIMS - n);
        for (size_t i = 0; i < got; i++)
            out[n + i].at = (size_t)(sentence.p - text.p);
        n += got;
        rest = tl_str_skip(rest, len);
    }
    return n;
}
