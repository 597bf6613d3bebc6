/* pg_scan.c - the time, the client and the statement of a record, as PostgreSQL writes them. */
#include "parse/pg_scan.h"

/* "<+03>" is how a zone is called that has no letters. */
static bool
read_bracketed(struct tl_reader *r, struct tl_str text, size_t zone_at, struct tl_stamp *out)
{
    struct tl_str open, left, inner, right;
    char plain[64];

    if (!tl_str_cut(tl_str_skip(text, zone_at), '<', &left, &open) ||
        !tl_str_cut(open, '>', &inner, &right) || tl_str_trim(right).n > 0 ||
        zone_at + 1 + inner.n > sizeof(plain))
        return false;
    memcpy(plain, text.p, zone_at);
    plain[zone_at] = ' ';
    memcpy(plain + zone_at + 1, inner.p, inner.n);
    inner = (struct tl_str){plain, zone_at + 1 + inner.n};
    return tl_stamp_read(&inner, r->in.zones, out) && inner.n == 0;
}

bool
pg_stamp_read(struct tl_reader *r, struct tl_str text, struct tl_stamp *out)
{
    struct tl_str rest = text, zone;
    struct tl_stamp bare, st;

    if (!tl_stamp_read_iso(&rest, &bare))
        return false;
    bare.dated = true;
    zone = tl_str_trim(rest);
    rest = text;
    if (zone.n == 0)
        st = bare;
    else if (!read_bracketed(r, text, (size_t)(zone.p - text.p), &st) &&
             (!tl_stamp_read(&rest, r->in.zones, &st) || tl_str_trim(rest).n > 0)) {
        /* a zone that nobody here knows is as good as an ambiguous one: it has to be asked for */
        st = bare;
        st.zone = TL_ZONE_AMBIGUOUS;
    }
    st.zone_text = zone;
    *out = st;
    return true;
}

struct tl_str
pg_client(struct tl_str from)
{
    size_t n = from.n;

    while (n > 0 && from.p[n - 1] >= '0' && from.p[n - 1] <= '9')
        n--;
    if (n > 1 && n < from.n && from.p[n - 1] == ':')
        from.n = n - 1;
    return from;
}

void
pg_sql(struct log_record *out, struct tl_str sql)
{
    size_t n = sql.n < PG_SQL_MAX ? sql.n : PG_SQL_MAX;

    if (out->nfields == 0 || !tl_str_eq(out->fields[0].text, TL_STR("FATAL")))
        return;
    while (n < sql.n && n > 0 && ((unsigned char)sql.p[n] & 0xc0) == 0x80)
        n--; /* not inside a character */
    log_text(out, TL_STR("sql"), (struct tl_str){sql.p, n});
}
