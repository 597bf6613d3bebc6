/*
 * clean.h - private to render/: what outside text may do to the place it is shown in.
 *
 * Log text can hold anything: half characters, escape sequences that repaint a terminal, marks that
 * reverse the direction of writing so that a line reads as another. Every writer steps through it
 * with clean_next and shows what clean_hidden names as a visible code.
 */
#ifndef TL_RENDER_CLEAN_H
#define TL_RENDER_CLEAN_H

#include "core/time.h"

#define CLEAN_BAD INT32_C(-1)

/* Takes one character off the front of *rest (not empty). Its bytes; *cp is its code point, or
 * CLEAN_BAD for a byte that belongs to no character of UTF-8. */
struct tl_str clean_next(struct tl_str *rest, int32_t *cp);

/* True for characters that act instead of showing: controls, bidirectional and other format marks,
 * line and paragraph separators, NUL. A joiner within emoji (U+200C, U+200D) shows. */
bool clean_hidden(int32_t cp);

/* True for a time that RFC 3339 can say: years 0001 to 9999; not for TL_TIME_NONE. Streams can
 * claim any time. */
bool clean_dated(tl_time t);

/* How many bytes at the front of s are printable ASCII other than '"' and '\'. */
size_t clean_plain(struct tl_str s);

#endif
