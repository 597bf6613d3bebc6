/*
 * chart_samples.h - reports for tests of charts, beyond sample_report.h. All live in the arena.
 */
#ifndef TL_TESTS_CHART_SAMPLES_H
#define TL_TESTS_CHART_SAMPLES_H

#include "tests/unit/sample_report.h"

#define STR(lit) ((struct tl_str){(lit), sizeof(lit) - 1})

/* sample_minor with the typed fields that its messages have. */
static inline struct tl_report
chart_minor(struct tl_arena *a)
{
    const struct {
        const char *cls;
        struct tl_field fields[3];
    } typed[] = {
        {"upgrade.version-changed",
         {{STR("from_version"), TL_FIELD_TEXT, STR("17.4.5"), 0},
          {STR("to_version"), TL_FIELD_TEXT, STR("17.5.4"), 0}}},
        {"parameter.adjusted",
         {{STR("parameter"), TL_FIELD_TEXT, STR("max_wal_senders"), 0},
          {STR("to_value"), TL_FIELD_TEXT, STR("20"), 0}}},
        {"zdp.finished",
         {{STR("elapsed_ms"), TL_FIELD_INT, {"", 0}, 2360},
          {STR("preserved"), TL_FIELD_INT, {"", 0}, 6},
          {STR("dropped"), TL_FIELD_INT, {"", 0}, 0}}},
        {"startup.fast", {{STR("elapsed_us"), TL_FIELD_INT, {"", 0}, 1431425}}},
    };
    struct tl_report r = sample_minor(a);

    for (size_t i = 0; i < r.nrows; i++)
        for (size_t k = 0; k < sizeof(typed) / sizeof(typed[0]); k++)
            if (tl_str_eq(r.rows[i].ev.cls, tl_str_from(typed[k].cls))) {
                r.rows[i].ev.fields = SAMPLE_COPY(a, typed[k].fields);
                r.rows[i].ev.nfields = typed[k].fields[2].name.n > 0   ? 3
                                       : typed[k].fields[1].name.n > 0 ? 2
                                                                       : 1;
            }
    return r;
}

/* head + region + tail, and n where it is not 0 */
static inline struct tl_str
chart_name(struct tl_arena *a, const char *head, const char *region, const char *tail, size_t n)
{
    char text[200];

    if (n > 0)
        (void)snprintf(text, sizeof(text), "%s%s%s%zu", head, region, tail, n);
    else
        (void)snprintf(text, sizeof(text), "%s%s%s", head, region, tail);
    return tl_arena_str(a, tl_str_from(text));
}

static inline void
chart_fleet_rows(struct tl_report *r, const struct tl_resource *x, tl_time from, int64_t step,
                 int64_t res_us)
{
    static const char *const of_cluster[] = {"upgrade.started", "upgrade.instances-finished",
                                             "cluster.online", "upgrade.version-changed",
                                             "upgrade.finished"};
    static const char *const of_instance[] = {"parameter.adjusted", "instance.shutdown",
                                              "zdp.attempted",      "startup.fast",
                                              "instance.restarted", "zdp.finished"};
    size_t n = x->kind == TL_KIND_CLUSTER ? 5 : 6;

    for (size_t i = 0; i < n; i++) {
        struct tl_row *w = &r->rows[r->nrows++];
        tl_time t = from + (int64_t)i * step;

        *w = (struct tl_row){.twin_of = TL_NO_INDEX, .key = x->key};
        w->ev.when = tl_instant_of(t - t % res_us, res_us);
        w->ev.who = (struct tl_ident){.kind = x->kind, .region = x->region, .id = x->id};
        w->ev.cls = tl_str_from(x->kind == TL_KIND_CLUSTER ? of_cluster[i] : of_instance[i]);
    }
}

/* The third region's outage never ends, the fourth's began before its log does. */
static inline struct tl_outage
chart_fleet_outage(const struct tl_resource *cluster, size_t region)
{
    tl_time t = SAMPLE_AT(6, 21, 0) + (int64_t)region * 95 * TL_SECOND;
    struct tl_outage o = {.endpoint = cluster->id,
                          .resource = cluster->id,
                          .region = cluster->region,
                          .last_ok = t,
                          .first_fail = t + 500 * TL_MS,
                          .last_fail = t + (int64_t)(region + 1) * 3 * TL_SECOND,
                          .continuous = true,
                          .sleep_us = TL_UNKNOWN,
                          .version_before = STR("16.8"),
                          .version_after = STR("16.9")};

    o.first_ok = o.last_fail + 700 * TL_MS;
    o.observed_us = o.first_ok - o.first_fail;
    o.min_us = o.last_fail - o.first_fail - 500 * TL_MS;
    o.max_us = o.first_ok - o.last_ok + 500 * TL_MS;
    if (region == 2) {
        o.first_ok = TL_TIME_NONE;
        o.observed_us = o.max_us = TL_UNKNOWN;
    } else if (region == 3) {
        o.last_ok = TL_TIME_NONE;
        o.max_us = TL_UNKNOWN;
    }
    return o;
}

/* Up to five regions of a cluster each, with so many instances, and an outage per cluster. */
static inline struct tl_report
chart_fleet(struct tl_arena *a, size_t regions, size_t instances, int64_t res_us)
{
    static const char *const names[] = {"us-east-1", "ap-northeast-1", "eu-west-1", "us-west-2",
                                        "sa-east-1"};
    size_t n = regions * (1 + instances);
    struct tl_report r = {.rows = tl_arena_alloc(a, n * 6 * sizeof(*r.rows))};
    struct tl_run u = {.id = STR("20260411-0badcafe"),
                       .strategy = TL_STRATEGY_MANAGED_GLOBAL_MINOR,
                       .verdict = TL_VERDICT_SUCCEEDED,
                       .from = STR("16.8"),
                       .to = STR("16.9"),
                       .began = tl_instant_of(SAMPLE_AT(6, 20, 1200), TL_MS),
                       .ended = tl_instant_of(SAMPLE_AT(6, 29, 10), TL_MS),
                       .resources = tl_arena_alloc(a, n * sizeof(*u.resources)),
                       .outages = tl_arena_alloc(a, regions * sizeof(*u.outages))};

    for (size_t g = 0; g < regions; g++)
        for (size_t i = 0; i <= instances; i++) {
            struct tl_resource *x = &u.resources[u.nresources++];
            tl_time t = SAMPLE_AT(6, 20, 1200) + (int64_t)(g * 90 + i * 11) * TL_SECOND;
            struct tl_role_span role = {TL_ROLE_READER, TL_TIME_NONE, TL_TIME_NONE, true};

            role.role = i > 1    ? TL_ROLE_READER
                        : i == 1 ? TL_ROLE_WRITER
                        : g == 0 ? TL_ROLE_PRIMARY
                                 : TL_ROLE_SECONDARY;
            x->kind = i == 0 ? TL_KIND_CLUSTER : TL_KIND_INSTANCE;
            x->region = tl_str_from(names[g]);
            x->cluster = chart_name(a, "orders-", names[g], "", 0);
            x->id = i == 0 ? x->cluster : chart_name(a, "orders-", names[g], "-instance-", i);
            x->key = chart_name(a, "/", names[g], i == 0 ? "/cluster/" : "/instance/", i);
            x->roles = sample_copy(a, &role, sizeof(role));
            x->nroles = 1;
            chart_fleet_rows(&r, x, t, (i == 0 ? 33000 : 7300) * TL_MS, res_us);
            if (i == 0)
                u.outages[u.noutages++] = chart_fleet_outage(x, g);
        }
    r.runs = sample_copy(a, &u, sizeof(u));
    r.nruns = 1;
    return r;
}

/* An endpoint of no run that is away for a moment, every step_us. */
static inline struct tl_report
chart_flapping(struct tl_arena *a, size_t n, int64_t step_us)
{
    struct tl_report r = {.outages = tl_arena_alloc(a, n * sizeof(*r.outages)), .noutages = n};

    for (size_t i = 0; i < n; i++) {
        tl_time t = SAMPLE_AT(6, 0, 0) + (int64_t)i * step_us;

        r.outages[i] =
            (struct tl_outage){.endpoint = STR("orders.cluster-ro-abc.eu-west-1.rds.amazonaws.com"),
                               .region = STR("eu-west-1"),
                               .last_ok = t,
                               .first_fail = t + 200 * TL_MS,
                               .last_fail = t + 900 * TL_MS,
                               .first_ok = t + 1400 * TL_MS,
                               .min_us = 500 * TL_MS,
                               .observed_us = 1200 * TL_MS,
                               .max_us = 1600 * TL_MS,
                               .continuous = true,
                               .sleep_us = TL_UNKNOWN};
    }
    return r;
}

/* chart_minor, then runs that begin so many hours later, and a backup on each of 100 days before.
 */
static inline struct tl_report
chart_months(struct tl_arena *a, size_t more_runs, int64_t hours)
{
    struct tl_report r = chart_minor(a);
    struct tl_row *rows = tl_arena_alloc(a, (r.nrows + 100) * sizeof(*rows));
    struct tl_run *runs = tl_arena_alloc(a, (1 + more_runs) * sizeof(*runs));

    for (size_t i = 0; i < 100; i++) {
        rows[i] = r.rows[0];
        rows[i].run = TL_NO_INDEX;
        rows[i].ev.cls = STR("backup.finished");
        rows[i].ev.when = tl_instant_of(SAMPLE_AT(2, 0, 0) - (int64_t)(100 - i) * TL_DAY, TL_MS);
    }
    memcpy(rows + 100, r.rows, r.nrows * sizeof(*rows));
    r.rows = rows;
    r.nrows += 100;
    runs[0] = r.runs[0];
    for (size_t i = 1; i <= more_runs; i++) {
        runs[i] = runs[0];
        runs[i].id = chart_name(a, "20260412", "-", "0000000", i);
        runs[i].began = tl_instant_of(SAMPLE_AT(6, 30, 0) + (int64_t)i * hours * TL_HOUR, TL_MS);
        runs[i].ended = TL_INSTANT_NONE;
        runs[i].noutages = 0;
    }
    r.runs = runs;
    r.nruns = 1 + more_runs;
    return r;
}

#endif
