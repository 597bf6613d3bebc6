/* write.c - the evidence of a world as files, with a script that hands them to the program. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/sim/messages.h"
#include "tests/sim/sim.h"

struct out {
    FILE *f;
    const struct world *w;
    const struct input *in;
};

static void
put_time(FILE *f, tl_time t, int64_t res_us, char middle, const char *end)
{
    struct tl_civil c = tl_time_civil(t);

    fprintf(f, "%04d-%02d-%02d%c%02d:%02d", (int)c.year, c.month, c.day, middle, c.hour, c.minute);
    if (res_us < TL_MINUTE)
        fprintf(f, ":%02d", c.second);
    if (res_us < TL_SECOND)
        fprintf(f, ".%03d", c.us / 1000);
    fprintf(f, "%s", end);
}

static void
put_text(FILE *f, const char *s)
{
    for (; *s; s++)
        fprintf(f, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
}

static const char *
arn_kind(const struct res *r)
{
    return r->kind == TL_KIND_CLUSTER          ? "cluster"
           : r->kind == TL_KIND_INSTANCE       ? "db"
           : !strncmp(r->id, "bgd-", 4)        ? "deployment"
           : r->kind == TL_KIND_GLOBAL_CLUSTER ? "global-cluster"
           : !strcmp(r->id, "their-snap")      ? "cluster-snapshot"
                                               : "pg";
}

static const char *
source_type(const struct res *r)
{
    return r->kind == TL_KIND_CLUSTER     ? "db-cluster"
           : r->kind == TL_KIND_INSTANCE  ? "db-instance"
           : !strncmp(r->id, "bgd-", 4)   ? "blue-green-deployment"
           : !strcmp(r->id, "their-snap") ? "db-cluster-snapshot"
                                          : "db-parameter-group";
}

static void
put_arn(FILE *f, const struct res *r)
{
    fprintf(f, "arn:aws:rds:%s:%s:%s:%s", r->region, r->account, arn_kind(r), r->id);
}

/* ---- lists of facts ---- */

static void
put_api(const struct out *o, const struct fact *x, const struct res *r)
{
    fprintf(o->f, "{\"SourceIdentifier\": \"%s\", \"SourceType\": \"%s\", \"Message\": \"", r->id,
            source_type(r));
    put_text(o->f, x->text);
    fprintf(o->f, "\", \"EventCategories\": [], \"SourceArn\": \"");
    put_arn(o->f, r);
    fprintf(o->f, "\", \"Date\": \"");
    put_time(o->f, x->t, TL_MS, 'T', "Z\"}\n");
}

static void
put_bridge(const struct out *o, const struct fact *x, const struct res *r)
{
    fprintf(o->f,
            "{\"version\": \"0\", \"id\": \"e-%d\", \"detail-type\": \"RDS DB Event\", \"source\": "
            "\"aws.rds\", \"account\": \"%s\", \"region\": \"%s\", \"time\": \"",
            fact_id(o->w, x), r->account, r->region);
    put_time(o->f, x->t, TL_SECOND, 'T', "Z\", \"resources\": [\"");
    put_arn(o->f, r);
    fprintf(o->f,
            "\"], \"detail\": {\"SourceType\": \"%s\", \"SourceIdentifier\": \"%s\", "
            "\"SourceArn\": \"",
            r->kind == TL_KIND_CLUSTER    ? "CLUSTER"
            : r->kind == TL_KIND_INSTANCE ? "DB_INSTANCE"
                                          : source_type(r),
            r->id);
    put_arn(o->f, r);
    fprintf(o->f, "\", \"EventCategories\": [], \"Message\": \"");
    put_text(o->f, x->text);
    fprintf(o->f, "\", \"Date\": \"");
    put_time(o->f, x->t, TL_MS, 'T', "Z\"}}\n");
}

static void
put_sns(const struct out *o, const struct fact *x, const struct res *r)
{
    fprintf(o->f, "{\"Event Source\": \"%s\", \"Event Time\": \"", source_type(r));
    put_time(o->f, x->t, TL_MS, ' ', "\", \"Source ID\": \"");
    fprintf(o->f, "%s\", \"Source ARN\": \"", r->id);
    put_arn(o->f, r);
    fprintf(o->f, "\", \"Event Message\": \"");
    put_text(o->f, x->text);
    fprintf(o->f, "\"}\n");
}

static void
put_row(const struct out *o, const struct fact *x, const struct res *r)
{
    const char *kind = r->kind == TL_KIND_CLUSTER ? "DB cluster" : "DB instance";

    fprintf(o->f, "| ");
    put_time(o->f, x->t, o->in->res_us, ' ', " | ");
    if (o->in->labels)
        fprintf(o->f, "%s %s | ", r->region, kind);
    else
        fprintf(o->f, "%s | %s | %s | ", r->id, r->kind == TL_KIND_OTHER ? source_type(r) : kind,
                r->region);
    fprintf(o->f, "%s |\n", x->text);
}

static void
put_call(const struct out *o, const struct fact *x, const struct res *r)
{
    const char *param = r->kind == TL_KIND_CLUSTER          ? "dBClusterIdentifier"
                        : r->kind == TL_KIND_INSTANCE       ? "dBInstanceIdentifier"
                        : r->kind == TL_KIND_GLOBAL_CLUSTER ? "globalClusterIdentifier"
                                                            : "blueGreenDeploymentIdentifier";

    fprintf(o->f,
            "{\"eventVersion\": \"1.08\", \"eventSource\": \"rds.amazonaws.com\", "
            "\"eventName\": \"%s\", \"eventID\": \"e-%d\", \"awsRegion\": \"%s\", "
            "\"recipientAccountId\": \"%s\", \"readOnly\": false, \"requestParameters\": "
            "{\"%s\": \"%s\"",
            x->call, fact_id(o->w, x), x->called_in, r->account, param, r->id);
    if (x->version[0])
        fprintf(o->f, ", \"engineVersion\": \"%s\"", x->version);
    fprintf(o->f, "}, \"eventTime\": \"");
    put_time(o->f, x->t, TL_SECOND, 'T', "Z\"}\n");
}

static void
write_list(const struct out *o)
{
    static void (*const put[])(const struct out *, const struct fact *,
                               const struct res *) = {[IN_API] = put_api,
                                                      [IN_BRIDGE] = put_bridge,
                                                      [IN_SNS] = put_sns,
                                                      [IN_TABLE] = put_row,
                                                      [IN_TRAIL] = put_call};

    if (o->in->kind == IN_TABLE)
        fprintf(o->f, "%s|\n|---|---|---|%s\n",
                o->in->labels ? "| Date (UTC) | Resource | Event "
                              : "| Date (UTC) | Resource | Type | Region | Event ",
                o->in->labels ? "" : "---|---|");
    for (size_t i = 0; i < o->in->n; i++) {
        const struct fact *x = &o->w->facts[o->in->records[i].fact];

        put[o->in->kind](o, x, &o->w->res[x->res]);
    }
}

/* ---- topology, loops, logs ---- */

static void
write_topology(const struct out *o)
{
    for (size_t i = 0; i < o->in->n; i++) {
        const struct res *r = &o->w->res[o->in->records[i].fact];

        if (r->kind == TL_KIND_GLOBAL_CLUSTER) {
            fprintf(o->f, "{\"GlobalClusters\": [{\"GlobalClusterIdentifier\": \"%s\"}]}\n", r->id);
            continue;
        }
        fprintf(o->f, r->kind == TL_KIND_CLUSTER ? "{\"DBClusters\": [{\"DBClusterArn\": \""
                                                 : "{\"DBInstances\": [{\"DBInstanceArn\": \"");
        put_arn(o->f, r);
        fprintf(o->f, "\", \"%s\": \"%s\"",
                r->kind == TL_KIND_CLUSTER ? "DBClusterIdentifier" : "DBInstanceIdentifier", r->id);
        if (r->kind == TL_KIND_INSTANCE && r->cluster >= 0)
            fprintf(o->f, ", \"DBClusterIdentifier\": \"%s\"", o->w->res[r->cluster].id);
        if (r->kind == TL_KIND_CLUSTER && r->global >= 0)
            fprintf(o->f, ", \"GlobalClusterIdentifier\": \"%s\"", o->w->res[r->global].id);
        fprintf(o->f, "}]}\n");
    }
}

static void
put_failure(const struct out *o, const struct loop *l, const struct attempt *a)
{
    static const char *const words[TL_NFAILURES] = {
        [TL_FAILURE_REFUSED] = "Connection refused",
        [TL_FAILURE_STARTING_UP] = "FATAL:  the database system is starting up",
        [TL_FAILURE_TIMEOUT] = "timeout expired"};

    if (l->named)
        fprintf(o->f,
                " psql: error: connection to server at \"%s\" (10.3.4.5), port 5432 failed: %s\n",
                o->w->res[l->res].host, words[a->failure]);
    else
        fprintf(o->f, " psql: error: could not connect to server: %s\n", words[a->failure]);
}

static void
write_loop(const struct out *o)
{
    const struct loop *l = &o->w->loops[o->in->loop];

    for (size_t i = 0; i < l->n; i++) {
        const struct attempt *a = &l->attempts[i];

        if (a->gone)
            continue;
        if (a->gap)
            fprintf(o->f, "...\n");
        put_time(o->f, (l->stamps == STAMP_END ? a->end : a->start) + l->offset_us, l->res_us, ' ',
                 "");
        if (a->failure)
            put_failure(o, l, a);
        else
            fprintf(o->f, " %s\n", a->version[0] ? a->version : "1");
    }
}

static void
write_log(const struct out *o)
{
    for (size_t i = 0; i < o->in->n; i++) {
        const struct line *l = &o->w->lines[o->in->records[i].fact];
        bool refuses = strstr(l->text, "system is s") && strstr(l->text, "ing ");

        put_time(o->f, l->t + o->in->offset_us, o->in->res_us, ' ', " UTC");
        fprintf(o->f, "::@:[%d]:%s:  %s", 512, refuses ? "FATAL" : "LOG", l->text);
        if (l->says != TL_TIME_NONE) {
            fprintf(o->f, " ");
            put_time(o->f, l->says + o->in->offset_us, TL_SECOND, ' ', " UTC");
        }
        fprintf(o->f, "\n");
    }
}

/* ---- all of it ---- */

static void
put_options(FILE *script, const struct world *w, const struct input *in)
{
    const struct res *r = &w->res[in->res];

    if (in->kind == IN_LOOP) {
        const struct loop *l = &w->loops[in->loop];

        fprintf(script, " --as probe,endpoint=%s%s", r->host,
                l->stamps == STAMP_END ? ",stamp=end" : "");
        if (l->sleep_known)
            fprintf(script, ",sleep=%lldms", (long long)(l->sleep_us / TL_MS));
    } else if (in->kind == IN_LOG) {
        fprintf(script, " --as pg-stderr,instance=%s,region=%s", r->id, r->region);
    } else {
        fprintf(script, " --as auto");
    }
}

int
write_world(const struct world *w, const char *dir)
{
    char name[600];
    FILE *script;

    mkdir(dir, 0777);
    snprintf(name, sizeof(name), "%s/args", dir);
    script = fopen(name, "w");
    for (size_t i = 0; script && i < w->ninputs; i++) {
        struct out o = {.w = w, .in = &w->inputs[i]};
        char flat[NAME];

        snprintf(flat, sizeof(flat), "%s", o.in->name);
        for (char *p = flat; *p; p++)
            *p = *p == '/' ? '.' : *p;
        snprintf(name, sizeof(name), "%s/%s", dir, flat);
        o.f = fopen(name, "w");
        if (!o.f)
            break;
        if (o.in->kind == IN_LOOP)
            write_loop(&o);
        else if (o.in->kind == IN_LOG)
            write_log(&o);
        else if (o.in->kind == IN_TOPOLOGY)
            write_topology(&o);
        else
            write_list(&o);
        fclose(o.f);
        put_options(script, w, o.in);
        fprintf(script, " %s", name);
    }
    if (!script)
        return 1;
    fclose(script);
    return 0;
}
