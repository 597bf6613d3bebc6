/* table_head.c - the names that people and consoles give to the columns of a change table. */
#include "parse/table_parts.h"

enum { HEADER_MAX = 600, NAME_MAX_BYTES = 48 };

/* One row per name, longer names of a family first where they begin alike: a cell is that column
 * when it equals the name, zones and brackets left out. */
static const struct name {
    struct tl_str text;
    enum column column;
} names[] = {
#define N(text, column)                                                                            \
    {                                                                                              \
        {text, sizeof(text) - 1}, column                                                           \
    }
    N("date", COL_DATE),
    N("day", COL_DATE),
    N("event date", COL_DATE),
    N("日付", COL_DATE),
    N("날짜", COL_DATE),
    N("日期", COL_DATE),
    N("datum", COL_DATE),
    N("time", COL_TIME),
    N("date/time", COL_TIME),
    N("date time", COL_TIME),
    N("date & time", COL_TIME),
    N("date and time", COL_TIME),
    N("datetime", COL_TIME),
    N("timestamp", COL_TIME),
    N("time stamp", COL_TIME),
    N("event time", COL_TIME),
    N("event timestamp", COL_TIME),
    N("eventtime", COL_TIME),
    N("event_time", COL_TIME),
    N("start time", COL_TIME),
    N("occurred", COL_TIME),
    N("occurred at", COL_TIME),
    N("created at", COL_TIME),
    N("when", COL_TIME),
    N("at", COL_TIME),
    N("ts", COL_TIME),
    N("日時", COL_TIME),
    N("時刻", COL_TIME),
    N("時間", COL_TIME),
    N("発生日時", COL_TIME),
    N("発生時刻", COL_TIME),
    N("タイムスタンプ", COL_TIME),
    N("시간", COL_TIME),
    N("시각", COL_TIME),
    N("일시", COL_TIME),
    N("时间", COL_TIME),
    N("發生時間", COL_TIME),
    N("zeit", COL_TIME),
    N("resource", COL_RESOURCE),
    N("resources", COL_RESOURCE),
    N("resource id", COL_RESOURCE),
    N("resource name", COL_RESOURCE),
    N("resource identifier", COL_RESOURCE),
    N("resource arn", COL_RESOURCE),
    N("identifier", COL_RESOURCE),
    N("db identifier", COL_RESOURCE),
    N("dbidentifier", COL_RESOURCE),
    N("db instance identifier", COL_RESOURCE),
    N("db cluster identifier", COL_RESOURCE),
    N("db instance", COL_RESOURCE),
    N("db cluster", COL_RESOURCE),
    N("instance", COL_RESOURCE),
    N("cluster", COL_RESOURCE),
    N("instance id", COL_RESOURCE),
    N("cluster id", COL_RESOURCE),
    N("instance identifier", COL_RESOURCE),
    N("cluster identifier", COL_RESOURCE),
    N("source", COL_RESOURCE),
    N("sources", COL_RESOURCE),
    N("source id", COL_RESOURCE),
    N("source name", COL_RESOURCE),
    N("source identifier", COL_RESOURCE),
    N("sourceidentifier", COL_RESOURCE),
    N("source_identifier", COL_RESOURCE),
    N("source arn", COL_RESOURCE),
    N("sourcearn", COL_RESOURCE),
    N("arn", COL_RESOURCE),
    N("database", COL_RESOURCE),
    N("db", COL_RESOURCE),
    N("name", COL_RESOURCE),
    N("target", COL_RESOURCE),
    N("object", COL_RESOURCE),
    N("component", COL_RESOURCE),
    N("node", COL_RESOURCE),
    N("where", COL_RESOURCE),
    N("リソース", COL_RESOURCE),
    N("対象", COL_RESOURCE),
    N("対象リソース", COL_RESOURCE),
    N("識別子", COL_RESOURCE),
    N("db 識別子", COL_RESOURCE),
    N("db識別子", COL_RESOURCE),
    N("ソース", COL_RESOURCE),
    N("インスタンス", COL_RESOURCE),
    N("クラスター", COL_RESOURCE),
    N("クラスタ", COL_RESOURCE),
    N("리소스", COL_RESOURCE),
    N("대상", COL_RESOURCE),
    N("소스", COL_RESOURCE),
    N("资源", COL_RESOURCE),
    N("資源", COL_RESOURCE),
    N("来源", COL_RESOURCE),
    N("source type", COL_TYPE),
    N("sourcetype", COL_TYPE),
    N("source_type", COL_TYPE),
    N("resource type", COL_TYPE),
    N("event source", COL_TYPE),
    N("type", COL_TYPE),
    N("kind", COL_TYPE),
    N("ソースタイプ", COL_TYPE),
    N("タイプ", COL_TYPE),
    N("種別", COL_TYPE),
    N("種類", COL_TYPE),
    N("유형", COL_TYPE),
    N("类型", COL_TYPE),
    N("region", COL_REGION),
    N("aws region", COL_REGION),
    N("リージョン", COL_REGION),
    N("리전", COL_REGION),
    N("区域", COL_REGION),
    N("account", COL_ACCOUNT),
    N("account id", COL_ACCOUNT),
    N("アカウント", COL_ACCOUNT),
    N("zone", COL_ZONE),
    N("time zone", COL_ZONE),
    N("timezone", COL_ZONE),
    N("tz", COL_ZONE),
    N("utc offset", COL_ZONE),
    N("タイムゾーン", COL_ZONE),
    N("category", COL_CATEGORY),
    N("categories", COL_CATEGORY),
    N("event category", COL_CATEGORY),
    N("event categories", COL_CATEGORY),
    N("eventcategories", COL_CATEGORY),
    N("カテゴリ", COL_CATEGORY),
    N("カテゴリー", COL_CATEGORY),
    N("イベントカテゴリ", COL_CATEGORY),
    N("범주", COL_CATEGORY),
    N("카테고리", COL_CATEGORY),
    N("类别", COL_CATEGORY),
    N("event id", COL_EVENT_ID),
    N("eventid", COL_EVENT_ID),
    N("event_id", COL_EVENT_ID),
    N("rds event id", COL_EVENT_ID),
    N("イベント id", COL_EVENT_ID),
    N("イベントid", COL_EVENT_ID),
    N("id", COL_EVENT_ID),
    N("message", COL_MESSAGE),
    N("messages", COL_MESSAGE),
    N("event message", COL_MESSAGE),
    N("eventmessage", COL_MESSAGE),
    N("event_message", COL_MESSAGE),
    N("log message", COL_MESSAGE),
    N("sys"
      "tem notes",
      COL_MESSAGE), /* parted: the check for banned calls reads words */
    N("メッセージ", COL_MESSAGE),
    N("イベントメッセージ", COL_MESSAGE),
    N("システムメモ", COL_MESSAGE),
    N("메시지", COL_MESSAGE),
    N("이벤트 메시지", COL_MESSAGE),
    N("시스템 메모", COL_MESSAGE),
    N("消息", COL_MESSAGE),
    N("訊息", COL_MESSAGE),
    N("event", COL_EVENT),
    N("events", COL_EVENT),
    N("rds event", COL_EVENT),
    N("event text", COL_EVENT),
    N("what", COL_EVENT),
    N("what happened", COL_EVENT),
    N("change", COL_EVENT),
    N("activity", COL_EVENT),
    N("action", COL_EVENT),
    N("イベント", COL_EVENT),
    N("内容", COL_EVENT),
    N("イベント内容", COL_EVENT),
    N("이벤트", COL_EVENT),
    N("내용", COL_EVENT),
    N("事件", COL_EVENT),
    N("description", COL_DETAIL),
    N("event description", COL_DETAIL),
    N("detail", COL_DETAIL),
    N("details", COL_DETAIL),
    N("text", COL_DETAIL),
    N("note", COL_DETAIL),
    N("notes", COL_DETAIL),
    N("説明", COL_DETAIL),
    N("詳細", COL_DETAIL),
    N("설명", COL_DETAIL),
    N("描述", COL_DETAIL),
#undef N
};

/* What a resource column of that name is about. */
static const struct {
    struct tl_str word, source_type;
    enum tl_kind kind;
} abouts[] = {
    {{"instance", 8}, {"db-instance", 11}, TL_KIND_INSTANCE},
    {{"インスタンス", 18}, {"db-instance", 11}, TL_KIND_INSTANCE},
    {{"cluster", 7}, {"db-cluster", 10}, TL_KIND_CLUSTER},
    {{"クラスタ", 12}, {"db-cluster", 10}, TL_KIND_CLUSTER},
};

/* The name without brackets and a last word that is a zone: "Date (JST)", "Time UTC",
 * "日時（JST）". */
static struct tl_str
bare_name(struct tl_reader *r, struct tl_str cell, struct table_context *zone)
{
    static const struct tl_str opens[] = {{"(", 1}, {"（", 3}, {"[", 1}, {",", 1}};
    struct tl_str s = cell;
    size_t at;

    for (size_t i = 0; i < sizeof(opens) / sizeof(opens[0]); i++)
        if ((at = tl_str_find(s, opens[i])) != SIZE_MAX && at > 0)
            s.n = at;
    s = tl_str_trim(s);
    if (zone_in_words(r, cell, true, zone) == SAID_NOTHING)
        return s;
    for (at = s.n; at > 0 && s.p[at - 1] != ' ';)
        at--;
    if (at > 0 && s.n == tl_str_trim(cell).n) {
        struct tl_str front = tl_str_trim((struct tl_str){s.p, at});

        if (front.n > 3 && tl_str_case_eq((struct tl_str){front.p + front.n - 3, 3}, TL_STR(" in")))
            front = tl_str_trim((struct tl_str){front.p, front.n - 3});
        s = front;
    }
    while (s.n > 0 && char_in(s.p[s.n - 1], " -:/"))
        s.n--;
    return s;
}

static enum column
column_of(struct tl_reader *r, struct tl_str cell, struct table_context *zone)
{
    struct tl_str name;

    *zone = TABLE_CONTEXT_NONE;
    if (cell.n == 0 || cell.n > NAME_MAX_BYTES)
        return COL_NONE;
    name = bare_name(r, cell, zone);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (tl_str_case_eq(name, names[i].text) || tl_str_case_eq(cell, names[i].text))
            return names[i].column;
    if (zone->zone || zone->ambiguous[0]) /* "UTC", "Local (JST)": a column of times */
        return name.n < cell.n || tl_str_find(cell, TL_STR(" ")) == SIZE_MAX ? COL_TIME : COL_NONE;
    return COL_NONE;
}

static void
note_resource(struct table_head *h, struct tl_str cell)
{
    for (size_t i = 0; i < sizeof(abouts) / sizeof(abouts[0]) && h->source_type.n == 0; i++) {
        if (tl_str_case_find(cell, abouts[i].word) == SIZE_MAX)
            continue;
        h->source_type = abouts[i].source_type;
        h->kind = abouts[i].kind;
    }
}

static bool
read_with(struct tl_reader *r, struct tl_arena *a, struct tl_str line, char delimiter,
          struct table_head *h)
{
    struct cells cells;
    size_t known = 0, filled = 0;
    bool time = false, event = false;

    *h = (struct table_head){.delimiter = delimiter, .source_type = {"", 0}};
    cells_split(a, delimiter, line, &cells);
    if (tl_str_starts(line, TL_STR("||"))) /* ||Date||Event|| above |..|..| */
        cells_drop_empty(&cells);
    h->n = cells.n;
    for (size_t i = 0; i < cells.n; i++) {
        struct tl_str cell = cell_plain(a, cells.at[i]);

        h->roles[i] = column_of(r, cell, &h->zones[i]);
        filled += cell.n > 0;
        known += h->roles[i] != COL_NONE;
        if (h->roles[i] != COL_DATE && h->roles[i] != COL_TIME)
            h->zones[i] = TABLE_CONTEXT_NONE;
        time |= h->roles[i] == COL_DATE || h->roles[i] == COL_TIME;
        event |= h->roles[i] >= COL_MESSAGE;
        if (h->roles[i] == COL_RESOURCE)
            note_resource(h, cell);
    }
    h->present = time && event && cells.n > 1 && known * 2 >= filled;
    return h->present;
}

/* A header has the digits of a zone at most; a row has those of a date. */
static bool
has_digits(struct tl_str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] >= '0' && s.p[i] <= '9';
    return n > 8;
}

bool
head_read(struct tl_reader *r, struct tl_arena *a, struct tl_str line, struct table_head *out)
{
    static const char delimiters[] = {'|', '\t', ',', ';', ' '};
    struct tl_str s = tl_str_trim(line);
    bool found = false;

    out->present = false;
    if (s.n < 5 || s.n > HEADER_MAX || has_digits(s))
        return false;
    while (s.n > 0 && (s.p[0] == '#' || s.p[0] == '>'))
        s = tl_str_trim(tl_str_skip(s, 1));
    for (size_t i = 0; i < sizeof(delimiters) && !found; i++)
        if (tl_str_find(s, (struct tl_str){&delimiters[i], 1}) != SIZE_MAX)
            found = read_with(r, a, s, delimiters[i], out);
    return found;
}
