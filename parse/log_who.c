/* log_who.c - whose log it is. */
#include "parse/log.h"

void
log_name_hints(struct tl_reader *r)
{
    (void)r;
}

void
log_who(struct tl_reader *r, struct tl_str stream, struct tl_event *ev)
{
    ev->who.kind = tl_source_type(TL_STR("db-instance"), &ev->who.source_type);
    ev->who.id = stream.n > 0 ? reader_keep(r, stream) : TL_STR("");
}
