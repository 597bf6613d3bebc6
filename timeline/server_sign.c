/* server_sign.c - what a row of a log says of its server. */
#include "timeline/server.h"

static const struct {
    struct tl_str cls; /* ends in "-": every class that begins so */
    enum sign sign;
} signs[] = {
#define ROW(cls, sign)                                                                             \
    {                                                                                              \
        {cls, sizeof(cls) - 1}, SIGN_##sign                                                        \
    }
    ROW("log.shutdown-requested", REQUEST),
    ROW("log.shutdown-abnormal", ABORT),
    ROW("log.shutdown-progress", STOPPING),
    ROW("log.shutdown", SHUT),
    ROW("log.starting-up", START),
    ROW("log.was-shut-down", WAS_SHUT),
    ROW("log.was-interrupted", WAS_CUT),
    ROW("log.recovery", RECOVERY),
    ROW("log.recovery-", RECOVERY),
    ROW("log.ready", READY),
    ROW("log.crash", CRASH),
    ROW("log.crash-detail", ABORT),
    ROW("log.reinitializing", REINIT),
    ROW("log.start-failed", FAILED),
    ROW("log.listening", LISTENING),
    ROW("log.startup-detail", STARTING),
    ROW("log.connection-refused", REFUSED),
    ROW("log.connection-dropped", DROPPED),
    ROW("log.too-many-connections", FULL),
#undef ROW
};

/* How a session was ended, or a connection refused, decides what it shows. */
static enum sign
refine(const struct tl_event *ev, enum sign sign)
{
    static const struct {
        enum sign sign, refined;
        struct tl_str word;
    } words[] = {{SIGN_DROPPED, SIGN_ABORT, {"crash of another", 16}},
                 {SIGN_DROPPED, SIGN_ORPHAN, {"unexpected postmaster exit", 26}},
                 {SIGN_REFUSED, SIGN_FULL, {"too many clients", 16}},
                 {SIGN_REFUSED, SIGN_FULL, {"too many connections", 20}},
                 {SIGN_REFUSED, SIGN_FULL, {"connection slots are", 20}},
                 {SIGN_REFUSED, SIGN_FULL, {"connection limit", 16}},
                 {SIGN_REFUSED, SIGN_FULL, {"number of requested standby", 27}}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (sign == words[i].sign && tl_str_case_find(ev->message, words[i].word) != SIZE_MAX)
            return words[i].refined;
    return sign;
}

/*
 * What only the server itself can say. A session that says it (RAISE LOG) has a user; and
 * PostgreSQL never says it as a warning or an error, refusals neither. (MySQL's records have no
 * pid.)
 */
static bool
is_pretended(const struct tl_event *ev, enum sign sign)
{
    static const struct tl_str levels[] = {
        {"ERROR", 5}, {"WARNING", 7}, {"NOTICE", 6}, {"INFO", 4}};
    bool own = sign != SIGN_REFUSED && sign != SIGN_DROPPED && sign != SIGN_FULL;
    struct tl_str level = tl_event_text(ev, TL_STR("level"));
    bool postgres = tl_event_field(ev, TL_STR("pid")) != NULL;

    if (own && tl_event_field(ev, TL_STR("user")))
        return true;
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        if (tl_str_eq(level, levels[i]))
            return postgres && sign != SIGN_DROPPED;
    return postgres && tl_str_starts(level, TL_STR("DEBUG"));
}

/* MySQL is "ready" without a port while it sets itself up: no client can come. */
static bool
is_deaf(const struct tl_event *ev, enum sign sign)
{
    const struct tl_field *port = tl_event_field(ev, TL_STR("port"));

    return sign == SIGN_READY && port &&
           (port->type == TL_FIELD_INT ? port->number == 0 : tl_str_eq(port->text, TL_STR("0")));
}

enum sign
row_sign(const struct tl_builder *b, uint32_t row)
{
    const struct tl_event *ev = row_event(b, row);

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        struct tl_str c = signs[i].cls;

        if (c.p[c.n - 1] != '-' ? !tl_str_eq(ev->cls, c) : !tl_str_starts(ev->cls, c))
            continue;
        if (is_pretended(ev, signs[i].sign))
            return SIGN_NONE;
        return is_deaf(ev, signs[i].sign) ? SIGN_STARTING : refine(ev, signs[i].sign);
    }
    return SIGN_NONE;
}

enum tl_failure
row_refusal(const struct tl_builder *b, uint32_t row)
{
    static const struct {
        struct tl_str word;
        enum tl_failure failure;
    } words[] = {{{" is shutting down", 17}, TL_FAILURE_SHUTTING_DOWN},
                 {{" is starting up", 15}, TL_FAILURE_STARTING_UP},
                 {{" is in recovery", 15}, TL_FAILURE_IN_RECOVERY},
                 {{" is not yet accepting", 21}, TL_FAILURE_STARTING_UP},
                 {{" is not accepting", 17}, TL_FAILURE_IN_RECOVERY},
                 {{"shutdown in progress", 20}, TL_FAILURE_SHUTTING_DOWN}};
    const struct tl_event *ev = row_event(b, row);

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (tl_str_case_find(ev->message, words[i].word) != SIZE_MAX)
            return words[i].failure;
    return TL_FAILURE_ERROR; /* of one database or role: the server serves */
}

struct tl_instant
row_stated(const struct tl_builder *b, uint32_t row)
{
    static const struct tl_str names[] = {{"down_time", 9}, {"up_time", 7}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct tl_field *f = tl_event_field(row_event(b, row), names[i]);
        tl_time at = f && f->type == TL_FIELD_TIME ? f->number : TL_TIME_NONE;

        if (f && f->type == TL_FIELD_TEXT && !tl_time_read(f->text, &at)) /* of a stream */
            at = TL_TIME_NONE;
        if (at != TL_TIME_NONE)
            return tl_instant_of(at, TL_SECOND); /* as PostgreSQL writes it */
    }
    return TL_INSTANT_NONE;
}
