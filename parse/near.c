/*
 * near.c - the rule that an unclassified message is close to: AWS rewords messages.
 *
 * A sample is a row of words: what a rule captures is a gap that takes any words, versions and
 * quoted names are values. A message is near the sample that it becomes by the fewest words put in,
 * left out or exchanged: at most a quarter of the sample's words, and never the words that tell it
 * apart. An index from words to samples leaves a few samples to compare.
 */
#include "parse/catalogue.h"

#include <stdlib.h>
#include <string.h>

enum {
    WORDS_MAX = 96,   /* of a message or a sample that are looked at */
    TRIES_MAX = 64,   /* samples that a message is compared with */
    MATCHED_MIN = 3,  /* words that must agree */
    COMMON_SHARE = 16 /* a word that more than 1 in 16 rules use says little */
};
enum { TOKEN_GAP, TOKEN_VALUE, TOKEN_WORD, TOKEN_UNKNOWN = INT32_MAX };

struct token {
    uint32_t id; /* TOKEN_WORD and above: index of the word + TOKEN_WORD */
    struct tl_str text;
};

struct word {
    struct tl_str stem, text; /* text: as it was first written */
    uint32_t rules;           /* that use it */
    uint32_t from, n;         /* its samples in near_index.samples */
    size_t rule, skeleton;    /* the last one seen, + 1 */
};

struct skeleton {
    const struct rule *rule;
    const struct sample *sample;
    uint32_t *ids;
    uint32_t n, words, distinct, limit; /* limit: edits that are allowed */
};

struct near_index {
    struct tl_arena arena;
    struct word *words;
    size_t nwords, words_cap;
    uint32_t *slots; /* index of a word + 1; 0: free */
    size_t nslots;   /* a power of two */
    struct skeleton *skeletons;
    size_t nskeletons, skeletons_cap;
    uint32_t *samples; /* of all words, word after word */
    uint16_t *shared;  /* nskeletons: distinct words that the message shares */
    uint32_t *tries;   /* nskeletons */
    uint32_t common;   /* more rules than that: a common word */
};

/* ---- words ---- */

static bool
is_in(char c, const char *set)
{
    return c && strchr(set, c);
}

static bool
is_quoted(struct tl_str s)
{
    while (s.n > 2 && is_in(s.p[s.n - 1], ".,:;"))
        s.n--;
    return s.n > 2 && ((is_in(s.p[0], "'\"`") && s.p[s.n - 1] == s.p[0]) ||
                       (s.p[0] == '[' && s.p[s.n - 1] == ']'));
}

/* A plural counts as its singular. */
static struct tl_str
stem_of(struct tl_str s)
{
    if (s.n > 4 && s.p[s.n - 1] == 's' && s.p[s.n - 2] != 's')
        s.n--;
    return s;
}

/* Takes text to tokens; those of words bear TOKEN_UNKNOWN. A text's token is a view into it. */
static size_t
tokenise(struct tl_str low, struct token *out)
{
    struct tl_str part;
    size_t n = 0;

    while (low.n > 0 && n < WORDS_MAX) {
        bool value;

        tl_str_cut(low, ' ', &part, &low);
        value = is_quoted(part);
        while (part.n > 0 && is_in(part.p[0], ".,:;!?()[]'\"`"))
            part = tl_str_skip(part, 1);
        while (part.n > 0 && is_in(part.p[part.n - 1], ".,:;!?()[]'\"`"))
            part.n--;
        for (size_t i = 0; i < part.n; i++)
            value |= part.p[i] >= '0' && part.p[i] <= '9';
        if (part.n > 0)
            out[n++] = (struct token){value ? TOKEN_VALUE : TOKEN_UNKNOWN, part};
    }
    return n;
}

static size_t
slot_of(const struct near_index *x, struct tl_str text)
{
    struct tl_str s = stem_of(text);
    uint32_t h = 2166136261u;
    size_t at;

    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 16777619u;
    for (at = (h ^ h >> 15) & (x->nslots - 1); x->slots[at]; at = (at + 1) & (x->nslots - 1))
        if (tl_str_eq(x->words[x->slots[at] - 1].stem, s))
            break;
    return at;
}

static bool
grow_slots(struct near_index *x)
{
    size_t n = x->nslots ? x->nslots * 2 : 4096;
    uint32_t *grown;

    if (x->nslots > 0 && x->nwords < x->nslots / 2)
        return true;
    grown = tl_arena_alloc(&x->arena, n * sizeof(*grown));
    if (!grown)
        return false;
    x->slots = grown;
    x->nslots = n;
    for (size_t i = 0; i < x->nwords; i++)
        x->slots[slot_of(x, x->words[i].text)] = (uint32_t)i + 1;
    return true;
}

/* The word's index; SIZE_MAX when out of memory. */
static size_t
intern(struct near_index *x, struct tl_str s)
{
    size_t at;
    void *p;

    if (!grow_slots(x))
        return SIZE_MAX;
    at = slot_of(x, s);
    if (x->slots[at])
        return x->slots[at] - 1;
    s = tl_arena_str(&x->arena, s);
    p = tl_arena_grow(&x->arena, x->words, x->nwords, &x->words_cap, sizeof(*x->words));
    if (!s.p || !p)
        return SIZE_MAX;
    x->words = p;
    x->words[x->nwords] = (struct word){.stem = stem_of(s), .text = s};
    x->slots[at] = (uint32_t)++x->nwords;
    return x->nwords - 1;
}

/* ---- samples to skeletons ---- */

/* Whether the pattern spells out what it captures: "(?<stage>Cloning volume)". */
static bool
is_spelled(const struct rule *r, struct tl_str captured)
{
    struct token words[WORDS_MAX];
    size_t n = tokenise(captured, words);

    for (size_t i = 0; i < n; i++)
        if (tl_str_case_find(r->match, words[i].text) == SIZE_MAX)
            return false;
    return true;
}

/* Turns the tokens that lie in [from, to) into gaps. */
static void
make_gaps(struct token *t, size_t n, const char *from, const char *to)
{
    for (size_t i = 0; i < n; i++)
        if (t[i].text.p < to && t[i].text.p + t[i].text.n > from)
            t[i].id = TOKEN_GAP;
}

/* The tokens of a sample; `low` is its normalised text. */
static size_t
sample_tokens(struct tl_catalogue *c, const struct rule *r, struct tl_str norm, struct tl_str low,
              struct token *out)
{
    size_t n = tokenise(low, out), kept = 0;
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(c->found[1]);
    int rc = 0;

    if (r->ncaptures > 0)
        rc = pcre2_match(r->code, (PCRE2_SPTR)norm.p, norm.n, 0, PCRE2_NO_JIT, c->found[1],
                         c->limits);
    c->starved |= rc == PCRE2_ERROR_NOMEMORY;
    if (rc < 0)
        return n;
    for (size_t i = 0; i < r->ncaptures; i++) {
        const PCRE2_SIZE *pair = at + 2 * (size_t)r->captures[i].group;
        size_t from = pair[0], to = pair[1];

        if (from == PCRE2_UNSET || from >= to)
            continue;
        if (!is_spelled(r, (struct tl_str){low.p + from, to - from}))
            make_gaps(out, n, low.p + from, low.p + to);
    }
    for (size_t i = 0; i < n; i++)
        if (i == 0 || out[i].id != TOKEN_GAP || out[i - 1].id != TOKEN_GAP)
            out[kept++] = out[i];
    return kept;
}

/* Counts a word once a rule and once a skeleton. */
static void
count_word(struct near_index *x, struct skeleton *k, size_t word)
{
    struct word *w = &x->words[word];

    k->words++;
    if (w->rule != k->rule->order + 1)
        w->rules++;
    w->rule = k->rule->order + 1;
    if (w->skeleton != x->nskeletons + 1) {
        w->n++;
        k->distinct++;
    }
    w->skeleton = x->nskeletons + 1;
}

static bool
add_skeleton(struct near_index *x, struct skeleton k, struct token *t, size_t n)
{
    struct skeleton *grown =
        tl_arena_grow(&x->arena, x->skeletons, x->nskeletons, &x->skeletons_cap, sizeof(*grown));

    k.ids = tl_arena_alloc(&x->arena, n * sizeof(*k.ids));
    if (!grown || !k.ids)
        return false;
    x->skeletons = grown;
    for (size_t i = 0; i < n; i++) {
        k.ids[i] = t[i].id;
        if (t[i].id == TOKEN_UNKNOWN) {
            size_t word = intern(x, t[i].text);

            if (word == SIZE_MAX)
                return false;
            k.ids[i] = (uint32_t)word + TOKEN_WORD;
            count_word(x, &k, word);
        }
    }
    k.n = (uint32_t)n;
    k.limit = k.words / 4 > 1 ? k.words / 4 : 1;
    x->skeletons[x->nskeletons++] = k;
    return true;
}

static bool
add_samples(struct tl_catalogue *c, struct near_index *x, char *norm, char *low)
{
    struct token t[WORDS_MAX];

    for (size_t i = 0; i < c->n; i++) {
        if (rule_is_of_logs(c->rules[i])) /* what a server writes, AWS does not reword */
            continue;
        if (!rule_ready(c, c->rules[i]))
            return false;
        for (const struct sample *s = c->rules[i]->samples; s; s = s->next) {
            struct skeleton k = {.rule = c->rules[i], .sample = s};
            size_t n;

            if (!s->want)
                continue;
            n = text_normalise(s->text, norm, low);
            n = sample_tokens(c, k.rule, (struct tl_str){norm, n}, (struct tl_str){low, n}, t);
            if (!add_skeleton(x, k, t, n))
                return false;
        }
    }
    return true;
}

/* Lists the skeletons of each word. */
static bool
list_samples(struct near_index *x)
{
    size_t total = 0;

    for (size_t i = 0; i < x->nwords; i++) {
        x->words[i].from = (uint32_t)total;
        total += x->words[i].n;
        x->words[i].n = 0;
        x->words[i].skeleton = 0;
    }
    x->samples = tl_arena_alloc(&x->arena, total * sizeof(*x->samples));
    x->shared = tl_arena_alloc(&x->arena, x->nskeletons * sizeof(*x->shared));
    x->tries = tl_arena_alloc(&x->arena, x->nskeletons * sizeof(*x->tries));
    if (!x->samples || !x->shared || !x->tries)
        return false;
    for (size_t s = 0; s < x->nskeletons; s++) {
        for (size_t i = 0; i < x->skeletons[s].n; i++) {
            uint32_t id = x->skeletons[s].ids[i];
            struct word *w = id >= TOKEN_WORD ? &x->words[id - TOKEN_WORD] : NULL;

            if (w && w->skeleton != s + 1)
                x->samples[w->from + w->n++] = (uint32_t)s;
            if (w)
                w->skeleton = s + 1;
        }
    }
    return true;
}

static struct near_index *
index_new(struct tl_catalogue *c)
{
    struct near_index *x = calloc(1, sizeof(*x));
    char *norm = malloc(RULE_TEXT_MAX), *low = malloc(RULE_TEXT_MAX);
    bool ok = x && norm && low;

    if (ok) {
        tl_arena_init(&x->arena, SIZE_MAX);
        x->common = (uint32_t)(c->n / COMMON_SHARE > 2 ? c->n / COMMON_SHARE : 2);
        ok = grow_slots(x) && add_samples(c, x, norm, low) && list_samples(x);
    }
    free(norm);
    free(low);
    if (ok)
        return x;
    near_free(x);
    return NULL;
}

void
near_free(struct near_index *x)
{
    if (x)
        tl_arena_free(&x->arena);
    free(x);
}

/* ---- comparing ---- */

/*
 * What it takes to make the message of the skeleton, the least first: edits (the high bits), less
 * the telling words that agree, less the words that agree.
 */
enum { EDIT = 1 << 16, TELLING = 1 << 8, AGREES = 1 };

static int32_t
agreement(const struct near_index *x, uint32_t id)
{
    if (id == TOKEN_VALUE)
        return 0;
    return AGREES + (x->words[id - TOKEN_WORD].rules <= x->common ? TELLING : 0);
}

static int32_t
least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* The next row of the table of edit distances, for the skeleton's token `id`. */
static void
next_row(const struct near_index *x, uint32_t id, const struct token *m, size_t n,
         const int32_t *above, int32_t *row)
{
    row[0] = above[0] + (id == TOKEN_GAP ? 0 : EDIT);
    for (size_t j = 1; j <= n; j++) {
        if (id == TOKEN_GAP) {
            row[j] = least(above[j], row[j - 1]);
            continue;
        }
        row[j] = above[j - 1] + (m[j - 1].id == id ? -agreement(x, id) : EDIT);
        row[j] = least(row[j], least(above[j], row[j - 1]) + EDIT);
    }
}

static int32_t
compare(const struct near_index *x, const struct skeleton *k, const struct token *m, size_t n)
{
    int32_t rows[2][WORDS_MAX + 1] = {{0}};

    for (size_t j = 0; j <= n; j++)
        rows[0][j] = (int32_t)j * EDIT;
    for (size_t i = 0; i < k->n; i++)
        next_row(x, k->ids[i], m, n, rows[i % 2], rows[(i + 1) % 2]);
    return rows[k->n % 2][n];
}

static unsigned
edits_of(int32_t value)
{
    return (unsigned)((value + EDIT - 1) / EDIT);
}

/* Less the words that agree, less the telling ones among them. */
static unsigned
agree_of(int32_t value)
{
    return edits_of(value) * EDIT - (unsigned)value;
}

/* Which of two near samples is nearer: the lower. An edit weighs as much as two words that agree,
 * so that a long sample with more words in common comes before a short one with a gap. */
static int
rank_of(int32_t value)
{
    return 2 * (int)edits_of(value) - (int)(agree_of(value) % TELLING);
}

/* Near enough: few edits, and most of what tells the sample apart agrees. */
static bool
is_near(const struct near_index *x, const struct skeleton *k, int32_t value)
{
    unsigned edits = edits_of(value), agree = agree_of(value), telling = 0;

    for (size_t i = 0; i < k->n; i++)
        if (k->ids[i] >= TOKEN_WORD)
            telling += agreement(x, k->ids[i]) >= TELLING;
    if (edits > k->limit || agree % TELLING < MATCHED_MIN)
        return false;
    if (telling == 0) /* common words alone: none may be missing */
        return agree % TELLING == k->words;
    return 2 * (agree / TELLING) >= telling;
}

/* Gives the message's words their ids and counts what each sample shares with it. */
static void
share_words(struct near_index *x, struct token *m, size_t n)
{
    memset(x->shared, 0, x->nskeletons * sizeof(*x->shared));
    for (size_t i = 0; i < n; i++) {
        uint32_t word = m[i].id == TOKEN_UNKNOWN ? x->slots[slot_of(x, m[i].text)] : 0;
        bool again = false;

        if (!word)
            continue;
        m[i].id = word - 1 + TOKEN_WORD;
        for (size_t k = 0; k < i && !again; k++)
            again = m[k].id == m[i].id;
        for (uint32_t k = 0; k < x->words[word - 1].n && !again; k++)
            x->shared[x->samples[x->words[word - 1].from + k]]++;
    }
}

/* The samples that lack few enough words, into x->tries. */
static size_t
worth_trying(struct near_index *x)
{
    size_t n = 0;

    for (size_t s = 0; s < x->nskeletons; s++)
        if (x->skeletons[s].words >= MATCHED_MIN &&
            x->shared[s] + x->skeletons[s].limit >= x->skeletons[s].distinct)
            x->tries[n++] = (uint32_t)s;
    return n;
}

/* The nearest skeleton, or NULL. Samples that lack least are compared first; the earlier rule wins.
 */
static const struct skeleton *
nearest(struct near_index *x, const struct token *m, size_t n, int32_t *value)
{
    size_t ntries = worth_trying(x), done = 0;
    const struct skeleton *best = NULL;

    for (uint32_t lack = 0; lack <= WORDS_MAX / 4 && done < TRIES_MAX; lack++) {
        for (size_t i = 0; i < ntries && done < TRIES_MAX; i++) {
            const struct skeleton *k = &x->skeletons[x->tries[i]];
            int32_t v;

            if (k->distinct - x->shared[x->tries[i]] != lack)
                continue;
            done++;
            v = compare(x, k, m, n);
            if (!is_near(x, k, v))
                continue;
            if (best &&
                (rank_of(v) > rank_of(*value) || (rank_of(v) == rank_of(*value) && k > best)))
                continue;
            best = k;
            *value = v;
        }
    }
    return best;
}

struct near_hit
near_find(struct tl_catalogue *c, struct tl_str text)
{
    struct near_hit none = {.rule = NULL};
    struct token m[WORDS_MAX];
    const struct skeleton *k;
    int32_t value = 0;
    size_t n;

    if (!c->near && !c->near_failed) {
        c->near = index_new(c);
        c->near_failed = !c->near;
        c->starved |= c->near_failed;
    }
    if (!c->near)
        return none;
    n = tokenise((struct tl_str){c->low, text.n}, m);
    share_words(c->near, m, n);
    k = nearest(c->near, m, n, &value);
    return k ? (struct near_hit){k->rule, k->sample, edits_of(value)} : none;
}

/* ---- saying what differs ---- */

struct edit { /* token i of the skeleton, j of the message; SIZE_MAX: none there */
    size_t i, j;
};

/* Follows the table back from its end; edits in *out, the last first. */
static size_t
trace(const struct near_index *x, const struct skeleton *k, const struct token *m, size_t n,
      int32_t (*rows)[WORDS_MAX + 1], struct edit *out)
{
    size_t i = k->n, j = n, found = 0;

    while (i > 0 || j > 0) {
        bool both = i > 0 && j > 0, gap = i > 0 && k->ids[i - 1] == TOKEN_GAP;
        bool equal = both && k->ids[i - 1] == m[j - 1].id;

        if (gap && (j == 0 || rows[i][j] == rows[i - 1][j])) {
            i--;
        } else if (gap) {
            j--;
        } else if (equal && rows[i][j] == rows[i - 1][j - 1] - agreement(x, m[j - 1].id)) {
            i--;
            j--;
        } else if (both && !equal && rows[i][j] == rows[i - 1][j - 1] + EDIT) {
            out[found++] = (struct edit){--i, --j};
        } else if (i > 0 && rows[i][j] == rows[i - 1][j] + EDIT) {
            out[found++] = (struct edit){--i, SIZE_MAX};
        } else {
            out[found++] = (struct edit){SIZE_MAX, --j};
        }
    }
    return found;
}

static void
show_edit(const struct near_index *x, const struct skeleton *k, const struct token *m,
          struct edit e, struct tl_buf *out)
{
    struct tl_str word = TL_STR("a value");

    if (e.i != SIZE_MAX && k->ids[e.i] >= TOKEN_WORD)
        word = x->words[k->ids[e.i] - TOKEN_WORD].text;
    tl_buf_add(out, TL_STR("  "));
    if (e.i == SIZE_MAX) {
        tl_buf_add(out, TL_STR("more: "));
        show_text(out, m[e.j].text);
    } else if (e.j == SIZE_MAX) {
        tl_buf_add(out, TL_STR("missing: "));
        show_text(out, word);
    } else {
        show_text(out, m[e.j].text);
        tl_buf_add(out, TL_STR(" instead of "));
        show_text(out, word);
    }
    tl_buf_add(out, TL_STR("\n"));
}

void
near_explain(struct tl_catalogue *c, const struct near_hit *hit, struct tl_str text,
             struct tl_buf *out)
{
    int32_t rows[WORDS_MAX + 1][WORDS_MAX + 1];
    struct edit edits[2 * WORDS_MAX];
    const struct near_index *x = c->near;
    const struct skeleton *k = x->skeletons;
    struct token m[WORDS_MAX];
    size_t n = tokenise((struct tl_str){c->low, text.n}, m), found;

    while (k->sample != hit->sample)
        k++;
    share_words(c->near, m, n);
    for (size_t j = 0; j <= n; j++)
        rows[0][j] = (int32_t)j * EDIT;
    for (size_t i = 0; i < k->n; i++)
        next_row(x, k->ids[i], m, n, rows[i], rows[i + 1]);
    found = trace(x, k, m, n, rows, edits);
    if (found == 0)
        tl_buf_add(out, TL_STR("  no word, only what stands between them\n"));
    while (found > 0)
        show_edit(x, k, m, edits[--found], out);
}
