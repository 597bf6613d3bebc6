/* label.h - private to ingest/: names of inputs as they stand in output. Only labels: nothing is
 * ever opened by them. */
#ifndef TL_INGEST_LABEL_H
#define TL_INGEST_LABEL_H

#include "core/str.h"

/* Appends a name of the file system: control characters become '?', bad UTF-8 U+FFFD. */
void label_add(struct tl_buf *out, struct tl_str name);
/* Appends an archive's name for a member in the same way, without root, ".", ".." and empty parts;
 * "unnamed" where nothing is left. */
void label_add_member(struct tl_buf *out, struct tl_str name);
/* True when a part of the path is a dot-file or dot-folder. */
bool label_is_hidden(struct tl_str name);

#endif
