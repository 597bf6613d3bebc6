/*
 * json_parts.h - private to render/: the objects that the report and the stream of events share.
 */
#ifndef TL_RENDER_JSON_PARTS_H
#define TL_RENDER_JSON_PARTS_H

#include "render/json_out.h"

/* An event in the three groups of keys that stand between those on which report and stream
 * differ (`n`, `run`; `fused`; `resource_key`; `input` .. `inferred`). */
void json_event_when(struct json *j, const struct tl_event *ev);
void json_event_who(struct json *j, const struct tl_event *ev);
void json_event_what(struct json *j, const struct tl_event *ev);
void json_event_rest(struct json *j, const struct tl_event *ev);

/* The members of an element of `inputs`, `name` to `rule_limits`. */
void json_source_members(struct json *j, const struct tl_source *s);

/* The members of `runs[]`, as objects of the array `key`. */
void json_runs(struct json *j, const struct tl_report *r);
void json_outages(struct json *j, struct tl_str key, const struct tl_outage *o, size_t n);
void json_findings(struct json *j, struct tl_str key, const struct tl_finding *f, size_t n);

#endif
