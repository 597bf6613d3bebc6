/*
 * classify.c - a message to its class, its fields and its event id.
 *
 * The text decides; a carried id chooses among rules that the text fits, and speaks alone only
 * where no rule knows the text.
 */
#include "parse/catalogue.h"

#include <string.h>

#define NOTHING ((struct tl_str){"", 0})

/* ---- the text ---- */

/* Bytes that documents put in the place of plain ones. */
static const struct fold {
    struct tl_str bytes;
    char plain;
} folds[] = {
    {{"\xc2\xa0", 2}, ' '},      {{"\xe2\x80\xaf", 3}, ' '}, {{"\xe2\x80\x98", 3}, '\''},
    {{"\xe2\x80\x99", 3}, '\''}, {{"\xe2\x80\x9c", 3}, '"'}, {{"\xe2\x80\x9d", 3}, '"'},
    {{"\xe2\x80\x90", 3}, '-'},  {{"\xe2\x80\x91", 3}, '-'}, {{"\xe2\x80\x93", 3}, '-'},
    {{"\xe2\x80\x94", 3}, '-'},
};

/* The plain byte for the one or more bytes at the front of s; *n is how many they are. */
static char
plain_byte(struct tl_str s, size_t *n)
{
    *n = 1;
    if (s.p[0] >= '\t' && s.p[0] <= '\r')
        return ' ';
    if (s.p[0] != '\xc2' && s.p[0] != '\xe2')
        return s.p[0];
    for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++) {
        if (tl_str_starts(s, folds[i].bytes)) {
            *n = folds[i].bytes.n;
            return folds[i].plain;
        }
    }
    return s.p[0];
}

size_t
text_normalise(struct tl_str raw, char *norm, char *low)
{
    size_t n = 0, taken;

    for (; raw.n > 0 && n < RULE_TEXT_MAX; raw.p += taken, raw.n -= taken) {
        char b = plain_byte(raw, &taken);

        if (b != ' ' || (n > 0 && norm[n - 1] != ' '))
            norm[n++] = b;
    }
    if (n > 0 && norm[n - 1] == ' ')
        n--;
    for (size_t i = 0; i < n; i++) {
        char b = norm[i];

        low[i] = (char)(b + (b >= 'A' && b <= 'Z' ? 'a' - 'A' : 0));
    }
    return n;
}

struct tl_str
catalogue_normalise(struct tl_catalogue *c, struct tl_str raw)
{
    c->norm_n = text_normalise(raw, c->norm, c->low);
    return (struct tl_str){c->norm, c->norm_n};
}

/* ---- the rules that match it ---- */

static void
try_rule(struct tl_catalogue *c, struct rule *r, struct tl_str text)
{
    enum rule_answer answer = rule_match(c, r, text, c->found[c->nhits > 0]);

    if (answer == RULE_GAVE_UP) {
        c->gave_up = true;
        c->quitter = r;
    }
    if (answer == RULE_YES)
        c->hits[c->nhits++] = r;
}

void
catalogue_hits(struct tl_catalogue *c, struct tl_str text)
{
    c->nhits = 0;
    c->gave_up = false;
    if (c->prefilter && !c->plain) {
        prefilter_run(c->prefilter, (struct tl_str){c->low, text.n}, c->wanted);
        for (size_t w = 0; w < (c->n + 63) / 64; w++)
            for (uint64_t bits = c->wanted[w]; bits; bits &= bits - 1)
                try_rule(c, c->rules[w * 64 + (size_t)__builtin_ctzll(bits)], text);
    } else {
        for (size_t i = 0; i < c->n; i++)
            try_rule(c, c->rules[i], text);
    }
}

/* ---- class and id ---- */

/* Which of the hits count: those whose source fits, or all where none does. */
struct choice {
    struct tl_catalogue *c;
    struct tl_str source;
    bool any_source;
};

static bool
counts(const struct choice *ch, const struct rule *r)
{
    return ch->any_source || rule_fits(r, ch->source);
}

static struct rule *
first_hit(const struct choice *ch)
{
    for (size_t i = 0; i < ch->c->nhits; i++)
        if (counts(ch, ch->c->hits[i]))
            return ch->c->hits[i];
    return NULL;
}

/* The hit that carries the id, one whose source fits if there is any. */
static struct rule *
hit_with_id(const struct choice *ch, struct tl_str id)
{
    struct rule *other = NULL;

    for (size_t i = 0; i < ch->c->nhits; i++) {
        struct rule *r = ch->c->hits[i];

        if (!rule_has_id(r, id))
            continue;
        if (counts(ch, r))
            return r;
        other = other ? other : r;
    }
    return other;
}

/* How many ids the text can mean: 0, 1 or 2 for more; *id is the first. */
static int
text_ids(const struct choice *ch, struct tl_str *id)
{
    int n = 0;

    *id = NOTHING;
    for (size_t i = 0; i < ch->c->nhits; i++) {
        const struct rule *r = ch->c->hits[i];

        for (size_t k = 0; k < r->nids && counts(ch, r); k++) {
            if (n > 0 && tl_str_eq(*id, r->ids[k]))
                continue;
            if (++n > 1)
                return n;
            *id = r->ids[k];
        }
    }
    return n;
}

static bool
id_has_class(const struct rule_id *list, size_t n, struct tl_str cls)
{
    for (size_t i = 0; i < n; i++)
        if (tl_str_eq(list[i].rule->cls, cls))
            return true;
    return false;
}

/* The id of a text that `winner` matched; `carrier` is the hit with the carried id, or NULL. */
static void
settle_id(const struct choice *ch, const struct rule *winner, const struct rule *carrier,
          struct tl_str carried, struct tl_match *out)
{
    struct tl_str id;
    int n = text_ids(ch, &id);
    const struct rule_id *known;
    size_t nknown;

    if (carrier || (ch->c->gave_up && carried.n > 0)) {
        out->event_id = carried; /* a rule that gave up might have been its own */
        return;
    }
    known = catalogue_id(ch->c, carried, &nknown);
    if (known)
        out->id_contradicts = n > 0 || !id_has_class(known, nknown, winner->cls);
    if (carried.n > 0 && !out->id_contradicts)
        out->event_id = carried;
    else if (n == 1 && !ch->c->gave_up)
        out->event_id = id;
}

static void
take_rule(const struct rule *r, struct tl_match *out)
{
    out->cls = r->cls;
    out->severity = r->severity;
    out->phase = r->phase;
    out->edge = r->edge;
    out->doc = r->doc;
    out->rule_name = r->where;
}

/* No rule knows the text: the carried id gives the class, and the phase where all its rules of that
 * class agree on it. */
static bool
take_id(const struct choice *ch, struct tl_str carried, struct tl_match *out)
{
    size_t n;
    const struct rule_id *list = catalogue_id(ch->c, carried, &n);
    const struct rule *best;

    if (!list)
        return false;
    best = list[0].rule;
    for (size_t i = 1; i < n && !rule_fits(best, ch->source); i++)
        if (rule_fits(list[i].rule, ch->source))
            best = list[i].rule;
    take_rule(best, out);
    out->event_id = carried;
    out->by_id = true;
    for (size_t i = 0; i < n; i++) {
        const struct rule *r = list[i].rule;

        if (tl_str_eq(r->cls, best->cls) && (r->phase != best->phase || r->edge != best->edge)) {
            out->phase = TL_PHASE_NONE;
            out->edge = TL_EDGE_NONE;
        }
    }
    return true;
}

/* ---- fields ---- */

static bool
has_field(const struct tl_match *m, struct tl_str name)
{
    for (size_t i = 0; i < m->nfields; i++)
        if (tl_str_eq(m->fields[i].name, name))
            return true;
    return false;
}

static void
take_fields(struct tl_catalogue *c, struct rule *r, struct tl_str text, struct tl_match *out)
{
    pcre2_match_data *found = c->found[0];
    const PCRE2_SIZE *at;

    if (r != c->hits[0]) {
        found = c->found[1];
        if (r->ncaptures > 0 && rule_match(c, r, text, found) != RULE_YES)
            return;
    }
    at = pcre2_get_ovector_pointer(found);
    out->fields = c->fields;
    for (size_t i = 0; i < r->ncaptures; i++) {
        const struct capture *cap = &r->captures[i];
        const PCRE2_SIZE *pair = at + 2 * (size_t)cap->group;
        size_t from = pair[0], to = pair[1];
        struct tl_field *f = &c->fields[out->nfields];
        struct tl_str digits;

        if (from == PCRE2_UNSET || from >= to || has_field(out, cap->name))
            continue; /* nothing was captured: nothing is known */
        *f = (struct tl_field){.name = cap->name, .type = TL_FIELD_TEXT};
        f->text = digits = (struct tl_str){text.p + from, to - from};
        if (cap->number && tl_str_int(&digits, &f->number) && digits.n == 0) {
            f->type = TL_FIELD_INT;
            f->text = NOTHING;
        } else {
            f->number = 0;
        }
        out->nfields++;
    }
}

/* ---- the doors ---- */

bool
classify_known(struct tl_catalogue *c, struct tl_str source_type, struct tl_str text,
               struct tl_str *cls)
{
    struct choice ch = {.c = c, .source = source_type};
    struct rule *winner;

    if (!c->indexed)
        catalogue_index(c);
    catalogue_hits(c, catalogue_normalise(c, text));
    ch.any_source = !first_hit(&ch);
    winner = first_hit(&ch);
    if (winner)
        *cls = winner->cls;
    return winner != NULL;
}

static bool
names_source(const struct rule *r, struct tl_str source)
{
    for (size_t i = 0; i < r->nsources; i++)
        if (tl_str_eq(r->sources[i], source))
            return true;
    return false;
}

bool
classify_log(struct tl_catalogue *c, struct tl_str source, struct tl_str text, struct tl_match *out)
{
    struct tl_str norm;

    if (!c->indexed)
        catalogue_index(c);
    norm = catalogue_normalise(c, text);
    *out = (struct tl_match){.cls = TL_STR("unclassified"),
                             .event_id = NOTHING,
                             .doc = NOTHING,
                             .near = NOTHING,
                             .rule_name = NOTHING};
    catalogue_hits(c, norm);
    out->starved = c->starved;
    out->gave_up = c->gave_up;
    if (c->gave_up)
        out->rule_name = c->quitter->where;
    for (size_t i = 0; i < c->nhits; i++) {
        if (!names_source(c->hits[i], source))
            continue;
        take_rule(c->hits[i], out);
        take_fields(c, c->hits[i], norm, out);
        return true;
    }
    return false;
}

void
classify_text(struct tl_catalogue *c, struct tl_str source_type, struct tl_str text,
              struct tl_str carried_id, struct tl_match *out)
{
    struct choice ch = {.c = c, .source = source_type};
    struct tl_str norm = catalogue_normalise(c, text);
    struct rule *winner, *carrier;

    *out = (struct tl_match){.cls = TL_STR("unclassified"),
                             .event_id = NOTHING,
                             .doc = NOTHING,
                             .near = NOTHING,
                             .rule_name = NOTHING};
    catalogue_hits(c, norm);
    out->gave_up = c->gave_up;
    ch.any_source = !first_hit(&ch);
    carrier = carried_id.n > 0 ? hit_with_id(&ch, carried_id) : NULL;
    winner = carrier ? carrier : first_hit(&ch);
    if (winner) {
        take_rule(winner, out);
        take_fields(c, winner, norm, out);
        settle_id(&ch, winner, carrier, carried_id, out);
    } else if (!take_id(&ch, carried_id, out)) {
        struct near_hit near = near_find(c, norm);

        out->event_id = carried_id.n > 0 ? carried_id : NOTHING;
        out->near = near.rule ? near.rule->cls : NOTHING;
    }
    out->starved = c->starved;
}

void
tl_classify(struct tl_catalogue *c, struct tl_str source_type, struct tl_str text,
            struct tl_str carried_id, struct tl_match *out)
{
    struct memo_key key = {.source = source_type, .carried = carried_id, .text = text};
    bool remember;

    if (!c->indexed)
        catalogue_index(c);
    remember = c->memo && !c->plain && memo_ready(&key);
    if (remember && memo_find(c->memo, &key, out))
        return;
    classify_text(c, source_type, text, carried_id, out);
    if (remember)
        memo_store(c->memo, &key, (struct tl_str){c->norm, c->norm_n}, out);
}
