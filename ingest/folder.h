/*
 * folder.h - private to ingest/: the files below a folder, in the byte order of their paths.
 */
#ifndef TL_INGEST_FOLDER_H
#define TL_INGEST_FOLDER_H

#include "core/str.h"

struct folder;

/* `root` is copied. At most `depth` folders within each other, `entries` names in all. TL_EINPUT
 * when it cannot be listed. */
enum tl_status folder_open(struct tl_str root, unsigned depth, uint64_t entries,
                           struct folder **out, struct tl_error *err);
/*
 * The next regular file, opened: *fd is the caller's; *path (NUL-terminated, valid until the next
 * call) is its path below root. A folder or file that cannot be read is TL_EINPUT or TL_ELIMIT,
 * once; calling again goes on behind it.
 */
enum tl_status folder_next(struct folder *f, struct tl_str *path, int *fd, bool *got,
                           struct tl_error *err);
void folder_close(struct folder *f); /* NULL is allowed */

#endif
