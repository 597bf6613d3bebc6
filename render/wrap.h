/*
 * wrap.h - private to render/: text as columns of a terminal.
 *
 * Works on clean text (wrap_clean); widths are those of the characters that a reader sees: two for
 * East Asian wide ones, none for combining ones. What belongs together is never torn apart.
 */
#ifndef TL_RENDER_WRAP_H
#define TL_RENDER_WRAP_H

#include "core/str.h"

/*
 * Appends s so that it can do nothing but show: line ends and tabs become blanks, runs of blanks
 * one, those at the ends go; controls and format marks become \x1b or \u202e; bad bytes U+FFFD.
 * With ascii, dashes, arrows and the like of this project become ASCII too.
 */
void wrap_clean(struct tl_buf *out, struct tl_str s, bool ascii);

/* Columns of clean text. */
size_t wrap_columns(struct tl_str clean);

/*
 * Takes the next line of at most `columns` (>= 2) columns off the front of *rest: at a blank where
 * there is one, else behind '-', '/', '.' and the like or between wide characters, else anywhere.
 * False when nothing is left. *width: columns of *line.
 */
bool wrap_line(struct tl_str *rest, size_t columns, struct tl_str *line, size_t *width);

#endif
