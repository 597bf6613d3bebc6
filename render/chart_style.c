/* chart_style.c - what an event looks like: its colour and mark, and its few words. */
#include "render/chart.h"

#include <inttypes.h>

#include "core/names.h"

enum { MAX_FIELD = 200 }; /* bytes; a label shows far fewer */

/* The front of a text that a label can hold at most. */
static struct tl_str
some(struct tl_str s)
{
    return (struct tl_str){s.p, s.n > MAX_FIELD ? MAX_FIELD : s.n};
}

static struct tl_str
field(const struct tl_event *ev, struct tl_str name)
{
    return some(tl_event_text(ev, name));
}

static void
detail_versions(struct tl_buf *b, const struct tl_event *ev)
{
    struct tl_str from = field(ev, TL_STR("from_version"));
    struct tl_str to = field(ev, TL_STR("to_version"));

    if (to.n == 0)
        tl_buf_addf(b, "version changed");
    else if (from.n == 0)
        tl_buf_addf(b, "now %.*s", TL_FMT(to));
    else
        tl_buf_addf(b, "%.*s \xE2\x86\x92 %.*s", TL_FMT(from), TL_FMT(to));
}

static void
detail_zdp(struct tl_buf *b, const struct tl_event *ev)
{
    int64_t ms = tl_event_number(ev, TL_STR("elapsed_ms"));
    int64_t kept = tl_event_number(ev, TL_STR("preserved"));
    int64_t dropped = tl_event_number(ev, TL_STR("dropped"));

    if (ms != TL_UNKNOWN)
        tl_buf_addf(b, ", %" PRId64 " ms", ms);
    if (kept != TL_UNKNOWN)
        tl_buf_addf(b, ", %" PRId64 " kept", kept);
    if (dropped != TL_UNKNOWN)
        tl_buf_addf(b, ", %" PRId64 " dropped", dropped);
}

static void
detail_startup(struct tl_buf *b, const struct tl_event *ev)
{
    int64_t us = tl_event_number(ev, TL_STR("elapsed_us"));

    if (us != TL_UNKNOWN && us >= 0)
        tl_buf_addf(b, ", %" PRId64 " ms", us / 1000);
}

/* " → 20", whether the value was read as text or as a number; false: there is none. */
static bool
value_print(struct tl_buf *b, const struct tl_event *ev, struct tl_str name)
{
    struct tl_str text = field(ev, name);
    int64_t number = tl_event_number(ev, name);

    if (text.n > 0)
        tl_buf_addf(b, " \xE2\x86\x92 %.*s", TL_FMT(text));
    else if (number != TL_UNKNOWN)
        tl_buf_addf(b, " \xE2\x86\x92 %" PRId64, number);
    return text.n > 0 || number != TL_UNKNOWN;
}

static void
detail_parameter(struct tl_buf *b, const struct tl_event *ev)
{
    struct tl_str name = field(ev, TL_STR("parameter"));

    if (name.n == 0) {
        tl_buf_addf(b, "parameter changed");
        return;
    }
    tl_buf_add(b, name);
    if (!value_print(b, ev, TL_STR("to_value")))
        (void)value_print(b, ev, TL_STR("value"));
}

static void
detail_stage(struct tl_buf *b, const struct tl_event *ev)
{
    struct tl_str stage = field(ev, TL_STR("stage"));

    if (stage.n > 0)
        tl_buf_addf(b, ": %.*s", TL_FMT(stage));
}

static void
detail_call(struct tl_buf *b, const struct tl_event *ev)
{
    struct tl_str name = field(ev, TL_STR("event_name"));

    tl_buf_add(b, name.n > 0 ? name : TL_STR("API call"));
}

static void
detail_status(struct tl_buf *b, const struct tl_event *ev)
{
    struct tl_str status = field(ev, TL_STR("status"));

    tl_buf_add(b, TL_STR(" "));
    tl_buf_add(b, status.n > 0 ? status : TL_STR("changed"));
}

static void
detail_message(struct tl_buf *b, const struct tl_event *ev)
{
    tl_buf_add(b, some(ev->message.n > 0 ? ev->message : ev->cls));
}

/* The first row whose text the class starts with. label NULL: the words of the class. */
struct family {
    struct tl_str prefix;
    enum chart_style style;
    const char *label;
    void (*detail)(struct tl_buf *b, const struct tl_event *ev);
};
#define ROW(prefix, style, label, detail)                                                          \
    {                                                                                              \
        {prefix, sizeof(prefix) - 1}, CHART_##style, label, detail                                 \
    }
static const struct family families[] = {
    ROW("upgrade.version-changed", VERSION, "", detail_versions),
    ROW("probe.version-changed", VERSION, "", detail_versions),
    ROW("upgrade.instances-finished", UPGRADE, "all instances upgraded", NULL),
    ROW("upgrade.progress", UPGRADE, "upgrade", detail_stage),
    ROW("upgrade.rolled-back", FAILURE, NULL, NULL),
    ROW("upgrade.refused", FAILURE, NULL, NULL),
    ROW("upgrade.cancelled", FAILURE, NULL, NULL),
    ROW("upgrade.available", OTHER, NULL, NULL),
    ROW("upgrade.", UPGRADE, NULL, NULL),
    ROW("patch.", UPGRADE, NULL, NULL),
    ROW("os-upgrade.", UPGRADE, NULL, NULL),
    ROW("precheck.", UPGRADE, NULL, detail_stage),
    ROW("zdp.attempted", ZDP, "ZDP attempted", NULL),
    ROW("zdp.finished", ZDP, "ZDP finished", detail_zdp),
    ROW("zdp.failed", FAILURE, "ZDP failed", detail_zdp),
    ROW("zdr.attempted", ZDP, "ZDR attempted", NULL),
    ROW("zdr.finished", ZDP, "ZDR finished", detail_zdp),
    ROW("startup.fast", ZDP, "fast startup", detail_startup),
    ROW("instance.shutdown", RESTART, "shutdown", NULL),
    ROW("instance.restarted", RESTART, "restarted", NULL),
    ROW("instance.sto", RESTART, NULL, NULL),
    ROW("instance.start", RESTART, NULL, NULL),
    ROW("instance.recovery", RESTART, NULL, NULL),
    ROW("instance.o", RESTART, NULL, NULL), /* offline, online */
    ROW("cluster.o", RESTART, NULL, NULL),
    ROW("cluster.sto", RESTART, NULL, NULL),
    ROW("cluster.start", RESTART, NULL, NULL),
    ROW("log.crash", FAILURE, "crash", NULL),
    ROW("log.start-failed", FAILURE, "start failed", NULL),
    ROW("log.shutdown-requested", RESTART, "shutdown requested", NULL),
    ROW("log.shutdown", RESTART, "shut down", NULL),
    ROW("log.starting-up", RESTART, "starting", NULL),
    ROW("log.ready", RESTART, "ready", NULL),
    ROW("log.", RESTART, NULL, NULL),
    ROW("failover.", FAILOVER, NULL, NULL),
    ROW("global.", FAILOVER, NULL, NULL),
    ROW("bluegreen.", FAILOVER, NULL, NULL),
    ROW("parameter.adjusted", PARAMETER, "", detail_parameter),
    ROW("parameter.updated", PARAMETER, "", detail_parameter),
    ROW("parameter.", PARAMETER, NULL, NULL),
    ROW("api.call", OTHER, "", detail_call),
    ROW("status.changed", OTHER, "status", detail_status),
    ROW("unclassified", OTHER, "", detail_message),
    ROW("", OTHER, NULL, NULL),
};
#undef ROW

static const struct family *
family_of(const struct tl_event *ev)
{
    const struct family *f = families;

    while (!tl_str_starts(ev->cls, f->prefix))
        f++; /* the last row is everybody's */
    return f;
}

static bool
ends_with(struct tl_str s, struct tl_str end)
{
    return s.n >= end.n && tl_str_eq(tl_str_skip(s, s.n - end.n), end);
}

enum chart_style
chart_style_of(const struct tl_event *ev)
{
    return ends_with(ev->cls, TL_STR("failed")) ? CHART_FAILURE : family_of(ev)->style;
}

/* "cluster.reboot-failed" as "cluster reboot failed" */
static void
words_of(struct tl_buf *b, struct tl_str cls)
{
    for (size_t i = 0; i < cls.n; i++) {
        bool joint = cls.p[i] == '.' || cls.p[i] == '-' || cls.p[i] == '_';

        tl_buf_add(b, joint ? TL_STR(" ") : (struct tl_str){cls.p + i, 1});
    }
}

void
chart_label_print(struct tl_buf *b, const struct tl_event *ev)
{
    const struct family *f = family_of(ev);

    if (f->label)
        tl_buf_addf(b, "%s", f->label);
    else
        words_of(b, some(ev->cls));
    if (f->detail)
        f->detail(b, ev);
}
