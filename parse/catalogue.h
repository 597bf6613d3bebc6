/*
 * catalogue.h - private to parse/: what the parts of the rule engine share.
 *
 *   rule_file.c     rule text to struct rule
 *   catalogue.c     compiles rules, owns them, answers who carries an id
 *   rule_head.c     how the texts that a pattern matches begin
 *   rule_literal.c  the words that a text must hold for a pattern to match
 *   prefilter.c     those words, found in one pass: which rules a text is worth trying on
 *   memo.c          answers given before
 *   classify.c      tl_classify
 *   near.c          the rule that an unclassified message is close to
 *   rule_check.c, rule_show.c   `rules check`, `list`, `show`, `explain`
 */
#ifndef TL_PARSE_CATALOGUE_H
#define TL_PARSE_CATALOGUE_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "core/arena.h"
#include "parse/parse.h"

enum {
    RULE_TEXT_MAX = 64 * 1024,       /* bytes of a message that rules see */
    RULE_FILE_MAX = 4 * 1024 * 1024, /* bytes of a rule file */
    RULE_PATTERN_MAX = 8 * 1024,     /* bytes of a pattern */
    RULE_COUNT_MAX = 20000,
    RULE_CAPTURES_MAX = 64, /* groups of a pattern, named or not */
    LITERALS_MAX = 16,      /* words of one rule that the prefilter looks for */
    LITERAL_MIN = 4,        /* bytes of the shortest word that is worth it */
    RULE_HEADS_MAX = 48,    /* ways in which the matches of a rule may begin */
    RULE_HEAD_MAX = 32      /* bytes of them that count */
};

struct sample {
    struct sample *next;
    struct tl_str text;
    unsigned line;
    bool want; /* sample+ */
};

struct assume { /* `assume = NAME: rest`: kept as written */
    struct assume *next;
    struct tl_str name, rest;
};

struct capture {
    struct tl_str name;
    uint32_t group;
    bool number; /* digits become TL_FIELD_INT */
};

/* Words of which a text must hold at least one (lower case). n == 0: nothing is known. */
struct literals {
    struct tl_str word[LITERALS_MAX];
    size_t n;
};

struct rule {
    struct tl_str cls, match, doc, file, where; /* where: "FILE:LINE" */
    unsigned line, match_line, file_no;
    size_t order; /* place in the order of matching */
    struct tl_str *sources, *ids;
    size_t nsources, nids;
    enum tl_severity severity;
    enum tl_phase phase;
    enum tl_edge edge;
    struct assume *assumes;
    struct sample *samples;
    unsigned seen;    /* keys of the block, for rule_file.c */
    pcre2_code *code; /* NULL: not compiled yet */
    bool jit_tried, hopeless;
    struct capture *captures; /* in the order of their groups */
    size_t ncaptures;
    struct literals literals;
};

struct rule_id {
    struct tl_str id;
    struct rule *rule;
};

enum rule_answer { RULE_NO, RULE_YES, RULE_GAVE_UP };

struct prefilter;
struct memo;
struct near_index;

struct tl_catalogue {
    struct tl_arena arena; /* rules and their texts */
    struct rule **rules;   /* in the order of matching */
    size_t n;
    unsigned nfiles;
    struct rule_id *ids; /* sorted by id, then order, once indexed */
    size_t nids;
    bool indexed; /* ids, prefilter, near and memo fit the rules */

    pcre2_match_context *limits;
    pcre2_jit_stack *stack;     /* may be NULL */
    pcre2_match_data *found[2]; /* captures: [0] of the first hit, [1] of later ones */

    /* scratch of one message */
    char *norm, *low; /* RULE_TEXT_MAX each: the normalised text, and in lower case */
    size_t norm_n;
    struct rule **hits; /* n: rules that match the message, in their order */
    size_t nhits;
    uint64_t *wanted; /* a bit per rule: worth trying */
    bool gave_up;
    const struct rule *quitter; /* the rule that gave up, the last one of several */
    struct tl_field fields[RULE_CAPTURES_MAX];

    struct prefilter *prefilter; /* NULL: every rule is tried */
    struct memo *memo;           /* NULL: nothing is remembered */
    struct near_index *near;     /* NULL: not built yet */
    struct log_keys *log_keys;   /* of the sources that were asked for */
    bool near_failed;
    bool starved; /* something was refused memory since it was made: its answers may be wrong */
    bool plain;   /* tests: no prefilter, no memo */
};

/* ---- catalogue.c ---- */

/* Makes ids, prefilter and memo fit the rules. What there is no memory for is done without. */
void catalogue_index(struct tl_catalogue *c);

/* For tests: true turns prefilter and memo off. Answers must not depend on it. */
void catalogue_plain(struct tl_catalogue *c, bool plain);

/* Compiles the rule's pattern where that has not been done; its captures are known then. False: no
 * room (c->starved). */
bool rule_ready(struct tl_catalogue *c, struct rule *r);

/* Runs one rule on a normalised text; captures go to `into`. */
enum rule_answer rule_match(struct tl_catalogue *c, struct rule *r, struct tl_str text,
                            pcre2_match_data *into);

/* The rules that carry the id: *n of them, in their order. NULL: none does. */
const struct rule_id *catalogue_id(const struct tl_catalogue *c, struct tl_str id, size_t *n);

bool rule_fits(const struct rule *r, struct tl_str source_type);
/* Do all its sources mean the log of a server? */
bool rule_is_of_logs(const struct rule *r);
bool rule_has_id(const struct rule *r, struct tl_str id);

/* ---- rule_file.c ---- */

struct rule_list {
    struct rule **rules;
    size_t n, cap;
};
/*
 * Reads rule text into rules that are not compiled yet; they point into `text`, which must live as
 * long as the arena. On failure err says file, line and what to do.
 */
enum tl_status rule_file_read(struct tl_arena *a, struct tl_str name, struct tl_str text,
                              struct rule_list *out, struct tl_error *err);

/* ---- rule_literal.c ---- */

/*
 * Words of which every text that the pattern matches (in any case of its ASCII letters) must hold
 * one. They lie in the arena. False when nothing is sure: then the rule must always be tried.
 */
bool rule_literals(struct tl_arena *a, struct tl_str pattern, struct literals *out);

/* ---- rule_head.c ---- */

struct rule_heads {
    char text[RULE_HEADS_MAX][RULE_HEAD_MAX]; /* lower case */
    size_t len[RULE_HEADS_MAX];               /* at least 1 */
    size_t n;
};
/*
 * The texts with one of which every normalised text begins that the pattern matches, in any case of
 * its ASCII letters. False when nothing is sure, or one would be empty.
 */
bool rule_heads(struct tl_str pattern, struct rule_heads *out);

/* ---- prefilter.c ---- */

struct prefilter *prefilter_new(struct rule *const *rules, size_t n); /* NULL: out of memory */
void prefilter_free(struct prefilter *p);                             /* NULL is allowed */
/* Sets the bits of all rules that may match; `low` is the text in lower case. */
void prefilter_run(const struct prefilter *p, struct tl_str low, uint64_t *wanted);

/* ---- memo.c ---- */

struct memo_key {
    struct tl_str source, carried, text;
    uint64_t hash;
};
struct memo *memo_new(void);    /* NULL: out of memory */
void memo_free(struct memo *m); /* NULL is allowed */
/* False when the key is too long to be remembered. Sets key->hash. */
bool memo_ready(struct memo_key *key);
bool memo_find(const struct memo *m, const struct memo_key *key, struct tl_match *out);
/* Remembers *match, whose fields point into `norm`. */
void memo_store(struct memo *m, const struct memo_key *key, struct tl_str norm,
                const struct tl_match *match);

/* ---- classify.c ---- */

/* White space runs become one blank, typographic quotes, dashes and blanks plain ones; trimmed, cut
 * at RULE_TEXT_MAX, which both buffers must hold. Returns the length; `low` is in lower case. */
size_t text_normalise(struct tl_str raw, char *norm, char *low);

/* The same into c->norm and c->low, where it stays until the next call. */
struct tl_str catalogue_normalise(struct tl_catalogue *c, struct tl_str raw);

/* Fills c->hits with all rules that match the text in c->norm, whatever their sources. */
void catalogue_hits(struct tl_catalogue *c, struct tl_str text);

/* Only the class that tl_classify would give, false where it would say "unclassified": for telling
 * what an input is, where the rule that comes near is of no use. */
bool classify_known(struct tl_catalogue *c, struct tl_str source_type, struct tl_str text,
                    struct tl_str *cls);

/*
 * A log message to the rules that name `source`, and to no others. False: none knows it (then only
 * out->gave_up and out->rule_name, the rule that did, say something).
 */
bool classify_log(struct tl_catalogue *c, struct tl_str source, struct tl_str text,
                  struct tl_match *out);

/* tl_classify without the memory of answers. */
void classify_text(struct tl_catalogue *c, struct tl_str source_type, struct tl_str text,
                   struct tl_str carried_id, struct tl_match *out);

/* ---- near.c ---- */

struct near_hit {
    const struct rule *rule; /* NULL: nothing is near */
    const struct sample *sample;
    unsigned edits;
};
/* The sample whose words differ least from those of the normalised text. Same text, same answer. */
struct near_hit near_find(struct tl_catalogue *c, struct tl_str text);
/* Says which words differ, a line each. */
void near_explain(struct tl_catalogue *c, const struct near_hit *hit, struct tl_str text,
                  struct tl_buf *out);
void near_free(struct near_index *x); /* NULL is allowed */

/* ---- rule_assume.c ---- */

/* "FIELD" or "FIELD since CLASS" (since empty where it is not there); FIELD bears a unit of time.
 * False: it is neither. */
bool rule_assume_read(struct tl_str rest, struct tl_str *field, struct tl_str *since);

/* ---- rule_show.c ---- */

/* Appends text that may hold any byte as one printable line. */
void show_text(struct tl_buf *b, struct tl_str s);

#endif
