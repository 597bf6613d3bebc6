/*
 * json_out.h - private to render/: JSON as it is written, value by value, into a buffer.
 *
 * No tree, and where there is a sink what is done with leaves the buffer: a report of a million
 * rows takes no memory here. Any bytes give valid
 * UTF-8 JSON: what is no UTF-8 becomes U+FFFD (NUL too, which few readers take), what would act on
 * a terminal is written \uXXXX. Pretty: two blanks a level, and whatever fits is put on one line.
 */
#ifndef TL_RENDER_JSON_OUT_H
#define TL_RENDER_JSON_OUT_H

#include "render/renderers.h"

enum { JSON_DEPTH = 16 };

struct json {
    struct tl_buf *out;                /* borrowed; its failure is the printer's */
    const struct tl_render_sink *sink; /* borrowed; NULL: none */
    bool pretty;
    bool named;     /* the next value has its name already */
    unsigned depth; /* open objects and arrays, at most JSON_DEPTH */
    struct {
        size_t start;    /* of its first byte inside; what is tall needs none */
        size_t column;   /* the bytes before it on its line */
        bool used, tall; /* it has an element; one of them takes several lines */
    } open[JSON_DEPTH];
    size_t line; /* where the line begins that is being written */
    int64_t day; /* day_text is this day since 1970 */
    char day_text[10];
};

void json_init(struct json *j, struct tl_buf *out, bool pretty);
void json_end(struct json *j); /* after the outermost value: a line end */

#define JSON_NOKEY ((struct tl_str){NULL, 0}) /* an element of an array */

/* '{' or '[', until the json_close with its twin. */
void json_open(struct json *j, struct tl_str key, char bracket);
void json_close(struct json *j, char bracket);

/* A name that comes from outside, for the member that follows with JSON_NOKEY. All other keys are
 * ours: printable ASCII without '"' and '\\'. */
void json_name(struct json *j, struct tl_str key);

/* One member (or, with JSON_NOKEY, element) each. What "not known" is, becomes null. */
void json_null(struct json *j, struct tl_str key);
void json_bool(struct json *j, struct tl_str key, bool v);
void json_text(struct json *j, struct tl_str key, struct tl_str v); /* empty: "" */
void json_str(struct json *j, struct tl_str key, struct tl_str v);  /* empty: null */
void json_int(struct json *j, struct tl_str key, int64_t v);        /* TL_UNKNOWN: null */
void json_uint(struct json *j, struct tl_str key, uint64_t v);
void json_nth(struct json *j, struct tl_str key, uint32_t index); /* index + 1; TL_NO_INDEX: null */
void json_line(struct json *j, struct tl_str key, uint32_t line); /* 0: null */
void json_time(struct json *j, struct tl_str key, tl_time t);     /* also null out of 0001..9999 */
void json_seconds(struct json *j, struct tl_str key, int64_t us);
void json_millis(struct json *j, struct tl_str key,
                 int64_t us); /* 0.001: a part of a millisecond */
/* What json_time leaves off, 0..999 us each; null when there is nothing. */
void json_us(struct json *j, struct tl_str key, const tl_time *t, size_t n);
void json_span(struct json *j, struct tl_str key, struct tl_span s);
void json_instant(struct json *j, struct tl_str key, struct tl_instant t);
void json_nths(struct json *j, struct tl_str key, const uint32_t *index, size_t n);
void json_strs(struct json *j, struct tl_str key, const struct tl_str *v, size_t n);

#endif
