/*
 * status_loop.c - the output of a loop over describe-db-…: a time, then a state. Only a change of
 * the state is an event; what a control plane says is never an outage.
 */
#include <string.h>

#include "parse/formats.h"
#include "parse/probe.h"

#define W(lit)                                                                                     \
    {                                                                                              \
        (lit), sizeof(lit) - 1                                                                     \
    }
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { MAX_IDS = 64, MAX_TOKENS = 12 };

static const struct tl_str states[] = {
    W("available"),
    W("backing-up"),
    W("backtracking"),
    W("cloning-failed"),
    W("configuring-activity-stream"),
    W("configuring-associated-roles"),
    W("configuring-enhanced-monitoring"),
    W("configuring-iam-database-auth"),
    W("configuring-log-exports"),
    W("converting-to-vpc"),
    W("creating"),
    W("delete-precheck"),
    W("deleting"),
    W("failed"),
    W("failing-over"),
    W("inaccessible-encryption-credentials"),
    W("inaccessible-encryption-credentials-recoverable"),
    W("incompatible-create"),
    W("incompatible-network"),
    W("incompatible-option-group"),
    W("incompatible-parameters"),
    W("incompatible-restore"),
    W("insufficient-capacity"),
    W("invalid-configuration"),
    W("maintenance"),
    W("migrating"),
    W("migration-failed"),
    W("modifying"),
    W("moving-to-vpc"),
    W("preparing-data-migration"),
    W("promoting"),
    W("provisioning"),
    W("rebooting"),
    W("renaming"),
    W("resetting-master-credentials"),
    W("restore-error"),
    W("restoring"),
    W("scaling-capacity"),
    W("starting"),
    W("stopped"),
    W("stopping"),
    W("storage-config-upgrade"),
    W("storage-full"),
    W("storage-initialization"),
    W("storage-optimization"),
    W("switching-over"),
    W("switchover-completed"),
    W("switchover-failed"),
    W("switchover-in-progress"),
    W("update-iam-db-auth"),
    W("upgrade-failed"),
    W("upgrading"),
    W("vpc-migrating"),
};

bool
status_is_word(struct tl_str word)
{
    for (size_t i = 0; i < COUNT(states); i++)
        if (tl_str_eq(word, states[i]))
            return true;
    return false;
}

/* ---- a line ---- */

struct reading { /* views into the line */
    struct tl_str id, status, version;
};

static bool
is_mark(char c)
{
    return c == '\0' || strchr(" \t|,\"'=:;()[]", c) != NULL;
}

static bool
next_token(struct tl_str *s, struct tl_str *token)
{
    while (s->n > 0 && is_mark(s->p[0]))
        *s = tl_str_skip(*s, 1);
    for (*token = (struct tl_str){s->p, 0}; token->n < s->n && !is_mark(s->p[token->n]);)
        token->n++;
    *s = tl_str_skip(*s, token->n);
    return token->n > 0;
}

/* Words that stand beside a state and name nothing. */
static bool
is_caption(struct tl_str t)
{
    static const struct tl_str words[] = {W("status"),
                                          W("state"),
                                          W("dbclusterstatus"),
                                          W("dbinstancestatus"),
                                          W("cluster"),
                                          W("instance"),
                                          W("is"),
                                          W("now"),
                                          W("db"),
                                          W("current")};

    for (size_t i = 0; i < COUNT(words); i++)
        if (tl_str_case_eq(t, words[i]))
            return true;
    return false;
}

static bool
is_id(struct tl_str t)
{
    bool letter = (t.p[0] >= 'a' && t.p[0] <= 'z') || (t.p[0] >= 'A' && t.p[0] <= 'Z');

    for (size_t i = 0; i < t.n; i++)
        if (!((t.p[i] >= 'a' && t.p[i] <= 'z') || (t.p[i] >= 'A' && t.p[i] <= 'Z') ||
              (t.p[i] >= '0' && t.p[i] <= '9') || t.p[i] == '-' || t.p[i] == '_'))
            return false;
    return letter && t.n <= 63;
}

/* Whether there is a state in it at all: most lines of other inputs have none. */
static bool
has_state(struct tl_str text)
{
    struct tl_str token;

    for (size_t n = 0; n <= MAX_TOKENS && next_token(&text, &token); n++)
        if (status_is_word(token))
            return true;
    return false;
}

/* A state, perhaps with an id and a version around it, and not much else. */
static bool
read_state(struct tl_str text, struct reading *out)
{
    struct tl_str token;
    size_t n = 0, words = 0;

    *out = (struct reading){{"", 0}, {"", 0}, {"", 0}};
    if (!has_state(text))
        return false;
    while (next_token(&text, &token)) {
        if (++n > MAX_TOKENS)
            return false;
        if (out->status.n == 0 && status_is_word(token))
            out->status = token;
        else if (out->version.n == 0 && probe_read_text(token).sort == SAYS_VERSION)
            out->version = token;
        else if (out->id.n == 0 && is_id(token) && !is_caption(token))
            out->id = token;
        else
            words += is_id(token) && !is_caption(token);
    }
    return out->status.n > 0 && words <= 1;
}

/* ---- detection ---- */

static int
status_sniff(struct tl_reader *r, struct tl_str head, struct tl_buf *why)
{
    struct tl_str rest = head, line;
    size_t stamped = 0, read = 0, odd = 0;
    struct probe_line p;
    struct reading got;
    bool cut = head.n > 0 && head.p[head.n - 1] != '\n';

    while (tl_str_line(&rest, &line)) {
        if (rest.n == 0 && cut && stamped > 1)
            break; /* the head ends inside it */
        probe_read_line(line, r->in.zones, 0, &p);
        if (p.kind != LINE_STAMP && p.kind != LINE_TEXT)
            continue;
        stamped += p.kind == LINE_STAMP;
        if (read_state(p.text, &got))
            read++;
        else if (p.text.n > 0)
            odd++;
    }
    if (stamped == 0 || read == 0 || odd * 4 > read)
        return 0;
    tl_buf_addf(why, "%zu times with the state of a resource behind them", stamped);
    return 96;
}

/* ---- reading ---- */

struct known { /* a resource and the state it was seen in last */
    struct tl_str id, status;
    tl_time seen;
};
struct watch {
    struct known known[MAX_IDS];
    size_t nknown;
    struct tl_instant at; /* of the stamp read last */
    tl_time last_at;
    bool any, gap, dead;
    struct tl_str source_type; /* from the command, where it stands in the log */
    struct tl_field fields[4];
};

static enum tl_status
status_open(struct tl_reader *r, struct tl_error *err)
{
    struct watch *w = tl_arena_alloc(&r->arena, sizeof(*w));

    if (!w)
        return tl_fail(err, TL_ENOMEM, 0, "no room to read a status loop");
    w->at = TL_INSTANT_NONE;
    w->source_type = TL_STR("");
    r->state = w;
    return TL_OK;
}

/* NULL: more resources than are followed, or no room. */
static struct known *
find_known(struct tl_reader *r, struct watch *w, struct tl_str id)
{
    struct known *k = w->known;

    for (size_t i = 0; i < w->nknown; i++, k++)
        if (tl_str_eq(k->id, id))
            return k;
    if (w->nknown == MAX_IDS)
        return NULL;
    *k = (struct known){.id = id.n > 0 ? tl_arena_str(&r->arena, id) : TL_STR(""),
                        .status = TL_STR(""),
                        .seen = TL_TIME_NONE};
    if (!k->id.p)
        return NULL;
    w->nknown++;
    return k;
}

static void
add_field(struct watch *w, struct tl_event *ev, struct tl_str name, struct tl_str text)
{
    w->fields[ev->nfields++] = (struct tl_field){
        .name = name, .type = text.n > 0 ? TL_FIELD_TEXT : TL_FIELD_NULL, .text = text};
}

/* The constant of the table, which outlives every line. */
static struct tl_str
state_named(struct tl_str word)
{
    for (size_t i = 0; i < COUNT(states); i++)
        if (tl_str_eq(word, states[i]))
            return states[i];
    return TL_STR("");
}

/* True: the state is new, and *ev says so. */
static bool
take_state(struct tl_reader *r, struct watch *w, struct tl_str text, struct tl_event *ev)
{
    struct reading got;
    struct known *k;
    bool changed;

    if (!read_state(text, &got)) {
        reader_odd(r, (uint32_t)r->feed.line, "no known state of a resource in this line");
        return false;
    }
    k = find_known(r, w, got.id);
    if (!k) {
        reader_odd(r, (uint32_t)r->feed.line, "more than %d resources in one loop", MAX_IDS);
        return false;
    }
    changed = !tl_str_eq(k->status, got.status);
    if (changed) {
        ev->when = w->at;
        ev->line = (uint32_t)r->feed.line;
        ev->cls = TL_STR("status.changed");
        ev->channel = TL_CHANNEL_STATUS;
        ev->message = reader_keep(r, text);
        ev->who.id = k->id;
        if (w->source_type.n > 0)
            ev->who.kind = tl_source_type(w->source_type, &ev->who.source_type);
        ev->fields = w->fields;
        add_field(w, ev, TL_STR("status"), state_named(got.status));
        add_field(w, ev, TL_STR("from_status"), k->status);
        add_field(w, ev, TL_STR("version"), reader_keep(r, got.version));
        if (k->seen != TL_TIME_NONE)
            w->fields[ev->nfields++] = (struct tl_field){
                .name = TL_STR("from_seen"), .type = TL_FIELD_TIME, .number = k->seen};
    }
    k->status = state_named(got.status);
    k->seen = w->at.at;
    return changed && ev->message.p;
}

static void
take_command(struct watch *w, struct tl_str text)
{
    static const struct {
        struct tl_str command, type;
    } rows[] = {{W("describe-db-clusters"), W("db-cluster")},
                {W("describe-db-instances"), W("db-instance")},
                {W("describe-global-clusters"), W("global-cluster")}};

    for (size_t i = 0; i < COUNT(rows); i++)
        if (tl_str_find(text, rows[i].command) != SIZE_MAX)
            w->source_type = rows[i].type;
}

static void
take_time(struct tl_reader *r, struct watch *w, const struct tl_stamp *stamp)
{
    uint32_t line = (uint32_t)r->feed.line;

    if (!reader_instant(r, stamp, NULL, line, &w->at)) {
        w->at = TL_INSTANT_NONE;
        w->dead = !w->any;
        return;
    }
    if (w->any && w->at.at < w->last_at)
        reader_odd(r, line, "the time is before the one above it");
    w->gap = false;
    w->any = true;
    w->last_at = w->at.at;
}

static enum tl_status
status_next(struct tl_reader *r, struct tl_event *ev, bool *got, struct tl_error *err)
{
    struct watch *w = r->state;
    struct probe_line p;
    struct tl_str line;

    (void)err;
    *got = false;
    while (!*got && !w->dead && feed_line(&r->feed, &line)) {
        probe_read_line(line, r->in.zones, 0, &p);
        take_command(w, line);
        if (p.kind == LINE_STAMP || p.kind == LINE_OPEN || p.kind == LINE_QUERY)
            take_time(r, w, &p.stamp);
        else if (p.kind != LINE_TEXT)
            continue;
        if (p.text.n == 0 || w->dead || (w->at.at == TL_TIME_NONE && w->any))
            continue;
        if (w->at.at == TL_TIME_NONE)
            reader_odd(r, (uint32_t)r->feed.line, "a state without a time");
        else
            *got = take_state(r, w, p.text, ev);
    }
    return TL_OK;
}

const struct tl_format fmt_status_loop = {.name = "status-loop",
                                          .sniff = status_sniff,
                                          .surest = 96,
                                          .open = status_open,
                                          .next = status_next};
