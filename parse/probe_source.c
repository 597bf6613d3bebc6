/* probe_source.c - what stands around a loop's output: its source, its sleep, the host it asks. */
#include <string.h>

#include "core/names.h"
#include "parse/probe.h"

#define W(lit)                                                                                     \
    {                                                                                              \
        (lit), sizeof(lit) - 1                                                                     \
    }
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

/* ---- source lines ---- */

/* Past "$ ", "[ec2-user@ip-10-0-0-1 ~]$ ", "mydb=> ": a prompt before a command. */
static bool
skip_prompt(struct tl_str *s)
{
    size_t n = 0;
    bool blank = false, user = s->n > 0 && s->p[0] == '[';

    while (n < s->n && n < 100 && !strchr("$#>%", s->p[n])) {
        blank |= s->p[n] == ' ';
        user |= s->p[n] == '@';
        n++;
    }
    if (n + 1 >= s->n || n == 100 || s->p[n + 1] != ' ' || (blank && !user))
        return false;
    if (n > 0 && !strchr("]=~- ", s->p[n - 1]) && !is_word_char(s->p[n - 1]))
        return false;
    if (s->p[n] == '%' && n > 0 && is_digit(s->p[n - 1]))
        return false;
    *s = tl_str_skip(*s, n + 2);
    return true;
}

/* "ENDPOINT=my-db.…", "DB_HOST='…'" */
static bool
is_assignment(struct tl_str s)
{
    size_t n = 0;

    while (n < s.n && ((s.p[n] >= 'A' && s.p[n] <= 'Z') || s.p[n] == '_' || is_digit(s.p[n])))
        n++;
    return n > 1 && n < s.n && s.p[n] == '=' && !is_digit(s.p[0]);
}

bool
probe_is_source(struct tl_str line)
{
    static const struct tl_str commands[] = {
        W("while"),  W("for"),    W("until"),      W("do"),         W("done"),   W("sleep"),
        W("date"),   W("psql"),   W("mysql"),      W("nc"),         W("curl"),   W("echo"),
        W("export"), W("watch"),  W("printf"),     W("if"),         W("then"),   W("fi"),
        W("else"),   W("import"), W("usleep"),     W("set"),        W("local"),  W("try:"),
        W("#"),      W("--"),     W("//"),         W("aws"),        W("ssh"),    W("python3"),
        W("bash"),   W("sh"),     W("pg_isready"), W("mysqladmin"), W("+"),      W("Start-Sleep"),
        W("python"), W("done;"),  W("do;"),        W("}"),          W("{"),      W("while(true)"),
        W("sudo"),   W("nohup"),  W("date;"),      W("fi;"),        W("timeout")};
    static const struct tl_str starts[] = {W("#!"),         W("time.sleep("), W("Thread.sleep("),
                                           W("./"),         W("done &"),      W("while("),
                                           W("PGPASSWORD=")};
    struct tl_str s = tl_str_trim(line), word = s;

    if (skip_prompt(&s) || is_assignment(s))
        return true;
    for (word.n = 0; word.n < s.n && s.p[word.n] != ' ' && s.p[word.n] != '\t';)
        word.n++;
    for (size_t i = 0; i < COUNT(commands); i++)
        if (tl_str_eq(word, commands[i]))
            return true;
    for (size_t i = 0; i < COUNT(starts); i++)
        if (tl_str_starts(s, starts[i]))
            return true;
    return false;
}

/* ---- the host ---- */

static bool
is_host_char(char c)
{
    return is_word_char(c) || c == '.' || c == '-';
}

/* A name of more than one label, with a letter in its last: "10.0.3.43" is an address. */
static bool
is_host_name(struct tl_str s)
{
    size_t dot = SIZE_MAX;

    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '.')
            dot = i;
    if (s.n < 4 || s.n > 253 || dot == SIZE_MAX || dot == 0 || dot + 2 >= s.n)
        return false;
    return !is_digit(s.p[dot + 1]) && s.p[0] != '-' && s.p[0] != '.';
}

static bool
find_rds_host(struct tl_str text, struct tl_str *host)
{
    static const struct tl_str tail = W(".rds.amazonaws.com");
    size_t from = 0;

    for (;;) {
        size_t at = tl_str_find(tl_str_skip(text, from), tail), begin, end;
        struct tl_host h;

        if (at == SIZE_MAX)
            return false;
        at += from;
        end = at + tail.n;
        for (begin = at; begin > 0 && is_host_char(text.p[begin - 1]);)
            begin--;
        if (tl_str_starts(tl_str_skip(text, end), TL_STR(".cn")))
            end += 3;
        *host = (struct tl_str){text.p + begin, end - begin};
        if (host->n <= 253 && (end == text.n || !is_word_char(text.p[end])) &&
            tl_host_read(*host, &h))
            return true;
        from = at + tail.n;
    }
}

/* "db.example.net:5432 - no response": what pg_isready says. */
static bool
host_before_port(struct tl_str text, struct tl_str *host)
{
    struct tl_str rest;
    int64_t port;

    for (host->n = 0; host->n < text.n && is_host_char(text.p[host->n]);)
        host->n++;
    host->p = text.p;
    rest = tl_str_skip(text, host->n);
    if (rest.n == 0 || rest.p[0] != ':')
        return false;
    rest = tl_str_skip(rest, 1);
    return tl_str_int(&rest, &port) && tl_str_starts(rest, TL_STR(" - ")) && is_host_name(*host);
}

bool
probe_find_host(struct tl_str text, struct tl_str *host)
{
    /* What clients write before the name of a host that is not RDS's own. */
    static const struct tl_str before[] = {
        W("connection to server at \""),
        W("on host \""),
        W("host name \""),
        W("server on '"),
        W("server host '"),
        W("ailed to connect to "),
        W("connect to host "),
        W("connect to "),
        W("resolve host: "),
        W("onnection to "),
        W("connecting to "),
        W("resolve host name "),
        W("Connected to "),
        W("/dev/tcp/"),
    };

    if (text.n > 4096)
        text.n = 4096;
    if (find_rds_host(text, host) || host_before_port(text, host))
        return true;
    for (size_t i = 0; i < COUNT(before); i++) {
        size_t at = tl_str_find(text, before[i]);
        struct tl_str s;

        if (at == SIZE_MAX)
            continue;
        s = tl_str_skip(text, at + before[i].n);
        for (host->n = 0; host->n < s.n && is_host_char(s.p[host->n]);)
            host->n++;
        host->p = s.p;
        while (host->n > 0 && s.p[host->n - 1] == '.')
            host->n--;
        if (is_host_name(*host))
            return true;
    }
    return false;
}

/* ---- the sleep ---- */

/* A number with what stands behind it as its unit; `unit_us` is that of a bare number. */
static bool
read_amount(struct tl_str s, int64_t unit_us, int64_t *us)
{
    static const struct {
        struct tl_str text;
        int64_t us;
    } units[] = {
        {W("ms"), TL_MS},
        {W(" * time.Millisecond"), TL_MS},
        {W("*time.Millisecond"), TL_MS},
        {W(" * time.Second"), TL_SECOND},
        {W("*time.Second"), TL_SECOND},
        {W("s"), TL_SECOND},
        {W("m"), TL_MINUTE},
    };
    int64_t whole = 0, part = 0, scale = 1000000;
    bool digits;

    digits = tl_str_int(&s, &whole) && whole <= 1000000000;
    if (s.n > 1 && s.p[0] == '.' && is_digit(s.p[1])) {
        digits = true;
        for (s = tl_str_skip(s, 1); s.n > 0 && is_digit(s.p[0]); s = tl_str_skip(s, 1)) {
            scale /= 10;
            part += (s.p[0] - '0') * scale;
        }
    }
    if (!digits)
        return false;
    for (size_t i = 0; i < COUNT(units); i++) {
        if (!tl_str_starts(s, units[i].text))
            continue;
        unit_us = units[i].us;
        s = tl_str_skip(s, units[i].text.n);
        break;
    }
    *us = whole * unit_us + part * unit_us / 1000000;
    return (s.n == 0 || !is_word_char(s.p[0])) && *us > 0;
}

bool
probe_find_sleep(struct tl_str line, int64_t *us)
{
    static const struct {
        struct tl_str text;
        int64_t unit_us;
    } rows[] = {
        {W("Start-Sleep -Milliseconds "), TL_MS},
        {W("Start-Sleep -ms "), TL_MS},
        {W("Start-Sleep -m "), TL_MS},
        {W("Start-Sleep -Seconds "), TL_SECOND},
        {W("Start-Sleep -s "), TL_SECOND},
        {W("Start-Sleep "), TL_SECOND},
        {W("Thread.sleep("), TL_MS},
        {W("Thread.Sleep("), TL_MS},
        {W("TimeUnit.MILLISECONDS.sleep("), TL_MS},
        {W("TimeUnit.SECONDS.sleep("), TL_SECOND},
        {W("Task.Delay("), TL_MS},
        {W("sleep(Duration::from_millis("), TL_MS},
        {W("sleep(Duration::from_secs("), TL_SECOND},
        {W("time.Sleep("), 0}, /* Go: only with the unit behind it */
        {W("time.sleep("), TL_SECOND},
        {W("asyncio.sleep("), TL_SECOND},
        {W("usleep("), 1},
        {W("usleep "), 1},
        {W("watch -n "), TL_SECOND},
        {W("watch -n"), TL_SECOND},
        {W("watch --interval="), TL_SECOND},
        {W("watch --interval "), TL_SECOND},
        {W("sleep "), TL_SECOND},
    };
    bool any = false;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tl_str s = line;
        size_t at;
        int64_t got;

        while ((at = tl_str_find(s, rows[i].text)) != SIZE_MAX) {
            bool own = at == 0 || (!is_word_char(s.p[at - 1]) && s.p[at - 1] != '.');

            s = tl_str_skip(s, at + rows[i].text.n);
            if (!own || !read_amount(s, rows[i].unit_us, &got) || (any && got >= *us))
                continue;
            *us = got;
            any = true;
        }
    }
    return any;
}

void
probe_print_seconds(struct tl_buf *b, int64_t us)
{
    char part[8];
    int64_t rest = us % TL_SECOND;
    size_t n = 6;

    for (size_t i = n; i > 0; i--) {
        part[i - 1] = (char)('0' + rest % 10);
        rest /= 10;
    }
    while (n > 0 && part[n - 1] == '0')
        n--;
    tl_buf_addf(b, "%lld", (long long)(us / TL_SECOND));
    if (n > 0)
        tl_buf_addf(b, ".%.*s", (int)n, part);
}
