/*
 * json_doc.h - private to parse/: one element as a tree (cJSON), and its texts as views.
 *
 * Views live as long as the tree.
 */
#ifndef TL_PARSE_JSON_DOC_H
#define TL_PARSE_JSON_DOC_H

#include <cjson/cJSON.h>

#include "core/str.h"

/*
 * The tree of the first JSON value in `text` (what stands behind it is not looked at); *out NULL:
 * it is not valid JSON. Release with cJSON_Delete. Commas before closing brackets, raw control
 * bytes, lone surrogates and unknown escapes are forgiven; NUL, which no text here may hold,
 * becomes U+FFFD. `room` is for the rewritten text. TL_ENOMEM is all that can fail.
 */
enum tl_status doc_read(struct tl_str text, struct tl_buf *room, cJSON **out);

/* The text of a value: "" when it is NULL or no string. */
struct tl_str doc_string(const cJSON *value);
/* The text of a member that is a string, else "". obj may be NULL. Keys are case-sensitive. */
struct tl_str doc_text(const cJSON *obj, const char *key);
/* The member, or NULL. */
const cJSON *doc_get(const cJSON *obj, const char *key);
/* The same for members asked for in the order in which they stand, without starting over. */
struct doc_cursor {
    const cJSON *obj, *next;
};
const cJSON *doc_step(struct doc_cursor *c, const char *key);
/* A boolean, also as a text: 1, 0; -1: it says neither. */
int doc_truth(const cJSON *value);
/* A whole number of at most 2^53; false: it is none. */
bool doc_integer(const cJSON *value, int64_t *out);

#endif
