/* timeline_causes.h - evidence and texts that the tests of findings with causes share. */
#ifndef TIMELINE_CAUSES_H
#define TIMELINE_CAUSES_H

#include "timeline_help.h"

#define STARTED  "Database cluster engine minor version upgrade started. Cluster remains online.\n"
#define ATTEMPT  "Attempting to upgrade the database with zero downtime.\n"
#define UPGRADED "Database cluster engine version has been upgraded.\n"

/* The text of a run's only finding of that code, or "-". Free the bench. */
static inline struct tl_str
text_of_code(const struct tl_run *run, const char *code)
{
    const struct tl_finding *f = finding_of(run->findings, run->nfindings, code);

    return f ? f->text : TL_STR("-");
}

static inline bool
has(struct tl_str text, const char *what)
{
    bool found = tl_str_find(text, tl_str_from(what)) != SIZE_MAX;

    if (!found)
        print_error("\"%s\" is not in: %.*s\n", what, TL_FMT(text));
    return found;
}

#define RESTARTS                                                                                   \
    "06:02:00.000 api instance us-east-1 a-1@1 | DB instance shutdown\n"                           \
    "06:02:20.000 api instance us-east-1 a-1@1 | DB instance restarted\n"
#define COMPLETE(from, to)                                                                         \
    "06:04:00.000 api cluster us-east-1 a@1 | Database cluster engine minor version upgrade "      \
    "complete. Previous version: " from ". New version: " to ".\n"                                 \
    "06:04:00.100 api cluster us-east-1 a@1 | " UPGRADED
#define BEGIN "06:00:00.000 api cluster us-east-1 a@1 | " STARTED
/* A log line as parse hands it over, with what its record says of the session. */
static inline void
feed_log(struct bench *b, const char *at, int64_t pid, const char *sql, const char *message)
{
    struct tl_field fields[20];
    struct tl_match m;
    struct tl_event ev = {.when = when_of(tl_str_from(at)),
                          .channel = TL_CHANNEL_LOG,
                          .message = tl_str_from(message),
                          .who = {.kind = TL_KIND_INSTANCE,
                                  .source_type = TL_STR("db-instance"),
                                  .region = TL_STR("us-east-1"),
                                  .account = TL_STR("1"),
                                  .id = TL_STR("a-1"),
                                  .label = TL_STR("a-1")}};

    tl_classify(b->rules, TL_STR("pg"), ev.message, TL_STR(""), &m);
    ev.cls = m.cls;
    for (size_t i = 0; i < m.nfields; i++)
        fields[ev.nfields++] = m.fields[i];
    fields[ev.nfields++] =
        (struct tl_field){.name = TL_STR("pid"), .type = TL_FIELD_INT, .number = pid};
    if (*sql)
        fields[ev.nfields++] = (struct tl_field){
            .name = TL_STR("sql"), .type = TL_FIELD_TEXT, .text = tl_str_from(sql)};
    ev.fields = fields;
    assert_int_equal(tl_builder_event(b->builder, &ev, NULL), TL_OK);
}

/* The end of the log: from when to when it has lines. */
static inline void
end_log(struct bench *b, const char *first, const char *last)
{
    struct tl_source src = {.name = TL_STR("a-1.log"),
                            .format = TL_STR("pg-stderr"),
                            .sha256 = TL_STR("a-1.log"),
                            .bytes = 1,
                            .first = when_of(tl_str_from(first)).earliest,
                            .last = when_of(tl_str_from(last)).earliest,
                            .precision_us = TL_MS};

    assert_int_equal(tl_builder_source(b->builder, &src, NULL), TL_OK);
}

#endif
