/* findings.c - the catalogue of findings, and how one is written down. */
#include "timeline/findings.h"

#include <string.h>

enum { MAX_PROOF_ROWS = 48, MAX_ARG = 600, MAX_TEXT = 8 * 1024 };

#define DOC_NONE ""
#define DOC_EVENTS                                                                                 \
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html"
#define DOC_ZDP                                                                                    \
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"                                \
    "USER_UpgradeDBInstance.PostgreSQL.MinorUpgrade.html"
#define DOC_DESCRIBE                                                                               \
    "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeEvents.html"
#define DOC_RELEASES                                                                               \
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/"                   \
    "AuroraPostgreSQL.Updates.html"
#define DOC_LOGS "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_LogAccess.html"

#define DOC_MAINTENANCE                                                                            \
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"                                \
    "USER_UpgradeDBInstance.Maintenance.html"
#define DOC_GLOBAL                                                                                 \
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"                                \
    "aurora-global-database-upgrade.html"
#define DOC_ZDP_MYSQL                                                                              \
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Updates.ZDP.html"

static const struct {
    struct tl_str code;
    enum tl_severity severity;
    struct tl_str text, doc;
} catalogue[NFINDINGS] = {
#define X(name, code, severity, text, doc)                                                         \
    [F_##name] = {{code, sizeof(code) - 1},                                                        \
                  TL_SEVERITY_##severity,                                                          \
                  {text, sizeof(text) - 1},                                                        \
                  {doc, sizeof(doc) - 1}},
    FINDING_MAP(X)
#undef X
};

struct tl_str
finding_code(enum finding f)
{
    return catalogue[f].code;
}

/* The text with its arguments; each is bounded, for they may come from anywhere. */
static void
expand(struct tl_str text, const struct tl_str *args, struct tl_buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        struct tl_str arg;

        if (i + 2 >= text.n || text.p[i] != '{' || text.p[i + 2] != '}') {
            tl_buf_add(out, (struct tl_str){text.p + i, 1});
            continue;
        }
        arg = args[text.p[i + 1] - '0'];
        if (arg.n > MAX_ARG) {
            arg.n = MAX_ARG;
            while (arg.n > 0 && ((unsigned char)arg.p[arg.n] & 0xc0) == 0x80)
                arg.n--; /* not inside a character */
            tl_buf_add(out, arg);
            arg = TL_STR(" …");
        }
        tl_buf_add(out, arg);
        i += 2;
    }
}

/* Zero-downtime patching is documented for each engine apart. */
static struct tl_str
doc_of(const struct plan *p, enum finding f)
{
    if (p && tl_str_eq(catalogue[f].doc, TL_STR(DOC_ZDP)) &&
        tl_str_eq(p->run->engine, TL_STR("aurora-mysql")))
        return TL_STR(DOC_ZDP_MYSQL);
    return catalogue[f].doc;
}

static struct tl_finding *
new_finding(struct tl_builder *b, struct plan *p)
{
    struct tl_finding **list = p ? &p->findings : &b->report->findings;
    size_t *n = p ? &p->nfindings : &b->report->nfindings;
    size_t *cap = p ? &p->findings_cap : &b->findings_cap;
    struct tl_finding *grown = tl_arena_grow(b->arena, *list, *n, cap, sizeof(*grown));

    if (!grown)
        return NULL;
    *list = grown;
    return &grown[(*n)++];
}

/* The rows in their order, each once; how many. */
static size_t
sort_rows(uint32_t *rows, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t row = rows[i];
        size_t k = kept;

        while (k > 0 && rows[k - 1] > row)
            k--;
        if (k > 0 && rows[k - 1] == row)
            continue;
        memmove(rows + k + 1, rows + k, (kept - k) * sizeof(*rows));
        rows[k] = row;
        kept++;
    }
    return kept;
}

enum tl_status
finding_add(struct tl_builder *b, struct plan *p, enum finding f, const uint32_t *rows,
            size_t nrows, const struct tl_str *args)
{
    struct tl_finding *out = new_finding(b, p);
    uint32_t *kept;
    struct tl_buf text;

    if (nrows > MAX_PROOF_ROWS)
        nrows = MAX_PROOF_ROWS;
    kept = tl_arena_alloc(b->arena, (nrows + 1) * sizeof(*kept));
    if (!out || !kept)
        return TL_ENOMEM;
    if (nrows > 0)
        memcpy(kept, rows, nrows * sizeof(*kept));
    nrows = sort_rows(kept, nrows);
    tl_buf_init(&text, MAX_TEXT);
    expand(catalogue[f].text, args, &text);
    *out = (struct tl_finding){.code = catalogue[f].code,
                               .severity = catalogue[f].severity,
                               .text = tl_arena_str(b->arena, tl_buf_str(&text)),
                               .events = kept,
                               .nevents = nrows,
                               .doc = doc_of(p, f)};
    tl_arena_follow(b->arena, &text);
    tl_buf_free(&text);
    return out->text.p ? TL_OK : TL_ENOMEM;
}
