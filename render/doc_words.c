/* doc_words.c - the words that the chapters of a report share. */
#include <inttypes.h>

#include "core/names.h"
#include "render/doc_parts.h"

void
say(struct story *s, struct tl_str text)
{
    tl_buf_add(&s->line, text);
}

void
say_count(struct story *s, uint64_t n, const char *one)
{
    tl_buf_addf(&s->line, "%" PRIu64 " %s%s", n, one, n == 1 ? "" : "s");
}

void
say_para(struct story *s, enum doc_tone tone)
{
    s->d->to->para(s->d, tl_buf_str(&s->line), tone);
    tl_buf_reset(&s->line);
}

void
say_pair(struct story *s, const char *key, enum doc_tone tone)
{
    s->d->to->pair(s->d, tl_str_from(key), tl_buf_str(&s->line), tone);
    tl_buf_reset(&s->line);
}

void
say_heading(struct story *s, unsigned level, const char *text)
{
    s->d->to->heading(s->d, level, tl_str_from(text));
}

struct tl_str
word_strategy(enum tl_strategy v)
{
    static const char *const words[] = {
        [TL_STRATEGY_UNKNOWN] = "Change of a kind that is not known",
        [TL_STRATEGY_MANAGED_GLOBAL_MINOR] = "Managed minor version upgrade of a global database",
        [TL_STRATEGY_IN_PLACE_MINOR_ZDP] =
            "In-place minor version upgrade with zero-downtime patching",
        [TL_STRATEGY_IN_PLACE_MINOR_RESTART] = "In-place minor version upgrade with a restart",
        [TL_STRATEGY_PATCH] = "Engine patch",
        [TL_STRATEGY_MAJOR_IN_PLACE] = "In-place major version upgrade",
        [TL_STRATEGY_MANUAL_SECONDARIES_FIRST] =
            "Minor version upgrade of a global database by hand, secondaries first",
        [TL_STRATEGY_OS_UPDATE] = "OS update",
        [TL_STRATEGY_BLUE_GREEN] = "Blue/green deployment switchover",
        [TL_STRATEGY_MULTI_AZ_FAILOVER] = "Multi-AZ failover",
        [TL_STRATEGY_FAILOVER] = "Failover",
        [TL_STRATEGY_GLOBAL_SWITCHOVER] = "Global database switchover",
        [TL_STRATEGY_GLOBAL_FAILOVER] = "Global database failover",
        [TL_STRATEGY_INSTANCE_MINOR] = "Minor version upgrade of an instance",
        [TL_STRATEGY_INSTANCE_MAJOR] = "Major version upgrade of an instance",
    };
    size_t i = (size_t)v < sizeof(words) / sizeof(words[0]) ? (size_t)v : TL_STRATEGY_UNKNOWN;

    return tl_str_from(words[i]);
}

static const struct {
    const char *word;
    enum doc_tone tone;
} verdicts[] = {
    [TL_VERDICT_UNKNOWN] = {"outcome not known", TONE_WARN},
    [TL_VERDICT_SUCCEEDED] = {"succeeded", TONE_GOOD},
    [TL_VERDICT_ROLLED_BACK] = {"rolled back", TONE_BAD},
    [TL_VERDICT_FAILED] = {"failed", TONE_BAD},
    [TL_VERDICT_PARTIAL] = {"partly done", TONE_BAD},
    [TL_VERDICT_IN_PROGRESS] = {"still in progress", TONE_WARN},
};

struct tl_str
word_verdict(enum tl_verdict v)
{
    return tl_str_from(verdicts[(size_t)v < TL_VERDICT_IN_PROGRESS + 1 ? v : 0].word);
}

enum doc_tone
tone_verdict(enum tl_verdict v)
{
    return verdicts[(size_t)v < TL_VERDICT_IN_PROGRESS + 1 ? v : 0].tone;
}

enum doc_tone
tone_severity(enum tl_severity v)
{
    switch (v) {
    case TL_SEVERITY_CRITICAL:
        return TONE_BAD;
    case TL_SEVERITY_WARNING:
        return TONE_WARN;
    default:
        return TONE_PLAIN;
    }
}

void
word_endpoint(struct tl_buf *b, struct tl_str endpoint)
{
    struct tl_host host;

    if (!tl_host_read(endpoint, &host)) {
        tl_buf_add(b, endpoint);
        return;
    }
    tl_buf_add(b, host.id);
    if (host.is_proxy)
        tl_buf_add(b, TL_STR(" (proxy)"));
    else if (host.is_reader)
        tl_buf_add(b, TL_STR(" (reader)"));
}

struct tl_str
word_witness(const struct tl_outage *o, const struct tl_outage *list, size_t n)
{
    const struct tl_str log = TL_STR("log");

    if (tl_str_eq(o->source, log))
        return TL_STR(", by its own log");
    for (size_t i = 0; i < n; i++)
        if (tl_str_eq(list[i].source, log))
            return tl_str_eq(o->source, TL_STR("probe")) ? TL_STR(", by a probe")
                                                         : TL_STR(", by a client");
    return TL_STR("");
}

struct tl_str
word_resource(struct tl_str name, struct tl_str region)
{
    if (region.n > 0 && name.n > region.n + 1 && tl_str_starts(name, region) &&
        name.p[region.n] == ' ')
        return tl_str_skip(name, region.n + 1);
    return name;
}

static void
put_connections(struct tl_buf *b, const struct tl_zdp *z)
{
    if (z->preserved != TL_UNKNOWN)
        tl_buf_addf(b, ": %" PRId64 " connection%s preserved", z->preserved,
                    z->preserved == 1 ? "" : "s");
    if (z->dropped != TL_UNKNOWN)
        tl_buf_addf(b, "%s%" PRId64 " dropped",
                    z->preserved == TL_UNKNOWN ? ": connections: " : ", ", z->dropped);
    if (z->client_preserved != TL_UNKNOWN)
        tl_buf_addf(b, "; clients kept %" PRId64, z->client_preserved);
    if (z->client_broken != TL_UNKNOWN)
        tl_buf_addf(b, "; clients lost %" PRId64, z->client_broken);
}

void
word_zdp(struct tl_buf *b, const struct tl_zdp *z)
{
    static const char *const words[] = {[TL_ZDP_UNKNOWN] = "ZDP attempted, outcome not known",
                                        [TL_ZDP_FINISHED] = "ZDP finished",
                                        [TL_ZDP_FAILED] = "ZDP failed",
                                        [TL_ZDP_NOT_ATTEMPTED] = "no ZDP"};

    tl_buf_add(b, tl_str_from(words[z->outcome <= TL_ZDP_NOT_ATTEMPTED ? z->outcome : 0]));
    if (z->elapsed_ms != TL_UNKNOWN && z->elapsed_ms < INT64_MAX / TL_MS) {
        tl_buf_add(b, TL_STR(" in "));
        show_span(b, z->elapsed_ms * TL_MS, 3);
    }
    put_connections(b, z);
    if (z->fast_startup_us != TL_UNKNOWN) {
        tl_buf_add(b, TL_STR("; fast startup "));
        show_span(b, z->fast_startup_us, 3);
    }
    if (z->reason.n > 0) {
        tl_buf_add(b, z->outcome == TL_ZDP_NOT_ATTEMPTED ? TL_STR(": ") : TL_STR("; "));
        tl_buf_add(b, z->reason);
    }
}
