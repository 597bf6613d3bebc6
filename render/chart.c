/* chart.c - the gnuplot script of a chart, and all its files. */
#include "render/chart.h"

#include <inttypes.h>
#include <string.h>

enum { CHART_FINE_HEIGHT = 8000, SCRIPT_MAX = 1 << 20, CHART_MEMORY = 256 << 20 };

/* Pixels as a fraction of the page: "0.183333" */
static void
fraction(struct tl_buf *b, int px, int whole)
{
    tl_buf_addf(b, "%d.%06d", px / whole, (int)((int64_t)(px % whole) * 1000000 / whole));
}

static void
write_head(const struct chart *c, struct tl_buf *b)
{
    tl_buf_addf(
        b,
        "# %.*s.gp - a chart by tideline. To make its pictures again, here in this folder:\n"
        "#     gnuplot %.*s.gp\n"
        "# It makes %.*s.svg and %.*s.png of the .dat files beside it. Change what you like.\n",
        TL_FMT(c->stem), TL_FMT(c->stem), TL_FMT(c->stem), TL_FMT(c->stem));
    tl_buf_addf(
        b,
        "# The page is in pixels from its upper left corner. In a panel y is in pixels from its\n"
        "# upper edge");
    if (c->from != TL_TIME_NONE) {
        tl_buf_addf(b, ", x in seconds since ");
        tl_time_print(b, c->base);
    }
    tl_buf_addf(b,
                ".\n\nreset\nset encoding utf8\n"
                "set datafile separator \"\\t\"\nset datafile commentschars \"\"\n"
                "width = %d\nheight = %d\nfine = %d # pixels of the PNG to one of the page\n\n",
                (int)CHART_WIDTH, c->height, c->height > CHART_FINE_HEIGHT ? 1 : 2);
}

static void
write_styles(struct tl_buf *b)
{
    static const struct {
        const char *name, *colour, *band;
        int point;
    } styles[] = {
#define X(name, colour, band, point, legend) {#name, colour, band, point},
        CHART_STYLE_MAP(X)
#undef X
    };

    tl_buf_addf(
        b,
        "# Colours by the number in the column `style`; the number + %d is the light bar of the\n"
        "# same thing. Okabe and Ito's palette, which colour-blind readers can tell apart.\n",
        (int)CHART_BAND);
    for (int i = 0; i < (int)CHART_NSTYLES; i++) {
        tl_buf_addf(b,
                    "set linetype %d linecolor rgb \"%s\" # %s\n"
                    "set linetype %d linecolor rgb \"%s\"\n",
                    i + 1, styles[i].colour, styles[i].name, i + 1 + CHART_BAND, styles[i].band);
    }
    tl_buf_addf(b, "# and the shapes of marks\npoints = \"");
    for (int i = 0; i < (int)CHART_NSTYLES; i++)
        tl_buf_addf(b, "%s%d", i > 0 ? " " : "", styles[i].point);
    tl_buf_addf(b, "\"\npoint(style) = int(word(points, int(style)))\n\n");
}

/* The page in both formats; gnuplot's own PNG writer stands in where pngcairo was not built in. */
static const char terminals[] =
    "do for [kind in \"svg png\"] {\n"
    "    if (kind eq \"svg\") {\n"
    "        set terminal svg noenhanced size width,height background \"#ffffff\" \\\n"
    "            font \"Helvetica,Arial,sans-serif\" name \"timeline\"\n"
    "        bold = \"sans-serif Bold\"\n"
    "        mark = 0.75\n"
    "    }\n"
    "    if (kind eq \"png\" && strstrt(GPVAL_TERMINALS, \" pngcairo \") > 0) {\n"
    "        # its font sizes are points, not pixels\n"
    "        set terminal pngcairo noenhanced size fine*width,fine*height background \"#ffffff\" "
    "\\\n"
    "            font \"DejaVu Sans\" fontscale 0.75*fine linewidth fine pointscale 1.3*fine\n"
    "        bold = \"DejaVu Sans Bold\"\n"
    "        mark = 0.9\n"
    "    }\n"
    "    if (kind eq \"png\" && strstrt(GPVAL_TERMINALS, \" pngcairo \") == 0) {\n"
    "        set terminal png noenhanced size width,height background \"#ffffff\"\n"
    "        bold = \"\"\n"
    "        mark = 0.9\n"
    "    }\n";

static void
write_terminals(const struct chart *c, struct tl_buf *b)
{
    tl_buf_add(b, TL_STR(terminals));
    tl_buf_addf(b,
                "    set output \"%.*s.\".kind\n"
                "    set multiplot\n"
                "    unset key\n"
                "    unset ytics\n\n",
                TL_FMT(c->stem));
}

static void
write_margins(struct tl_buf *b, int left, int right, int top, int bottom, int height)
{
    static const char *const sides[] = {"lmargin", "rmargin", "tmargin", "bmargin"};
    const int px[] = {left, right, height - top, height - bottom};

    for (int i = 0; i < 4; i++) {
        tl_buf_addf(b, "    set %s at screen ", sides[i]);
        fraction(b, px[i], i < 2 ? CHART_WIDTH : height);
        tl_buf_addf(b, "\n");
    }
}

/* A file of a panel, quoted for the script: "timeline-zoom1-bars.dat" */
static void
file_name(const struct chart *c, const char *panel, const char *what, struct tl_buf *b)
{
    tl_buf_addf(b, "%.*s-%s-%s.dat", TL_FMT(c->stem), panel, what);
}

/* The start of a plot of one file; what follows says how. */
static void
write_clause(const struct chart *c, const char *panel, const char *what, bool *first,
             struct tl_buf *b)
{
    tl_buf_addf(b, *first ? "    plot \"" : ", \\\n         \"");
    file_name(c, panel, what, b);
    tl_buf_addf(b, "\" skip 1 using ");
    *first = false;
}

static void
write_plot(const struct chart *c, const char *panel, const struct chart_data *d, struct tl_buf *b)
{
    static const struct {
        const char *side, *colour;
        int size, bold;
    } fonts[] = {
#define X(name, side, size, bold, colour) {side, colour, size, bold},
        CHART_FONT_MAP(X)
#undef X
    };
    bool first = true;

    if (d->bars.n > 0) {
        write_clause(c, panel, "bars", &first, b);
        tl_buf_addf(b, "(0.5*($1+$2)):(0.5*($3+$4)):1:2:3:4:5 with boxxyerror "
                       "fillstyle solid noborder linecolor variable");
    }
    if (d->marks.n > 0) {
        write_clause(c, panel, "marks", &first, b);
        tl_buf_addf(b,
                    "1:2:(point($3)):3 with points pointsize mark linewidth 1.5 pointtype variable "
                    "linecolor variable");
    }
    for (int i = 0; i < (int)CHART_NFONTS; i++) {
        if (!d->fonts[i])
            continue;
        write_clause(c, panel, "text", &first, b);
        tl_buf_addf(b,
                    "($3 == %d ? $1 : NaN):2:4 with labels %s noenhanced font %s\",%d\" "
                    "textcolor rgb \"%s\"",
                    i + 1, fonts[i].side, fonts[i].bold ? "bold." : "", fonts[i].size,
                    fonts[i].colour);
    }
    tl_buf_addf(b, first ? "    # nothing is known of it\n\n" : "\n\n");
}

static void
write_page(const struct chart *c, const struct chart_data *d, struct tl_buf *b)
{
    tl_buf_addf(b, "    # the page: title, legend, names of the lanes, notes\n");
    write_margins(b, 0, CHART_WIDTH, 0, c->height, c->height);
    tl_buf_addf(b, "    unset border\n    unset xtics\n    unset grid\n"
                   "    set xrange [0:width]\n    set yrange [height:0]\n");
    write_plot(c, "page", d, b);
}

static void
write_panel(const struct chart *c, const struct chart_panel *p, const struct chart_data *d,
            struct tl_buf *b)
{
    tl_buf_addf(b, "    # %s, from ", p->name);
    tl_time_print(b, p->from);
    tl_buf_addf(b, " to ");
    tl_time_print(b, p->to);
    tl_buf_addf(b, "\n");
    write_margins(b, c->left, c->left + c->inner, p->top, p->top + p->height, c->height);
    tl_buf_addf(b, "    set border 1 linecolor rgb \"#888888\"\n"
                   "    set grid xtics back linetype 1 linecolor rgb \"#E2E2E2\" linewidth 1\n"
                   "    set xtics out nomirror scale 0.6 font \",10\" textcolor rgb \"#444444\" (");
    for (size_t i = 0; i < p->ntics; i++) {
        tl_buf_addf(b, "%s\"%s\" ", i > 0 ? ", " : "", p->tics[i].text);
        chart_seconds_print(b, p->tics[i].at - c->base);
    }
    tl_buf_addf(b, ")\n    set xrange [");
    chart_seconds_print(b, p->from - c->base);
    tl_buf_addf(b, ":");
    chart_seconds_print(b, p->to - c->base);
    tl_buf_addf(b, "]\n    set yrange [%d:0]\n", p->height);
    write_plot(c, p->name, d, b);
}

/* ---- the files ---- */

static void
add_file(const struct chart *c, struct chart_files *out, const char *panel, const char *what,
         struct tl_buf *text)
{
    struct chart_file *f = &out->list[out->n];

    if (text->n == 0)
        return;
    tl_buf_init(&f->name, 400);
    if (panel)
        file_name(c, panel, what, &f->name);
    else
        tl_buf_addf(&f->name, "%.*s.gp", TL_FMT(c->stem));
    f->text = *text;
    tl_buf_init(text, 1);
    out->n++;
}

static void
add_data(const struct chart *c, struct chart_files *out, const char *panel, struct chart_data *d)
{
    add_file(c, out, panel, "bars", &d->bars);
    add_file(c, out, panel, "marks", &d->marks);
    add_file(c, out, panel, "text", &d->text);
}

void
chart_files_free(struct chart_files *f)
{
    for (size_t i = 0; i < f->n; i++) {
        tl_buf_free(&f->list[i].name);
        tl_buf_free(&f->list[i].text);
    }
    f->n = 0;
}

static void
measure(struct chart *c)
{
    int widest = 80;

    for (size_t i = 0; i < c->nlanes; i++) {
        int name = chart_text_px(c->lanes[i].name, CHART_TEXT, false);
        int note = chart_text_px(c->lanes[i].note, CHART_TEXT - 1, false);
        int region = chart_text_px(c->lanes[i].region, 12, true);

        widest = name > widest ? name : widest;
        widest = note > widest ? note : widest;
        widest = region > widest && region < 250 ? region : widest;
    }
    c->left = 24 + widest + 22;
    c->inner = CHART_WIDTH - 44 - c->left; /* half of the last tic stands beside it */
}

void
chart_lay_out(struct chart *c)
{
    chart_window(c);
    if (c->from == TL_TIME_NONE)
        return;
    chart_lanes(c);
    measure(c);
    if (!c->failed)
        chart_items(c);
    if (!c->failed)
        chart_panels(c);
    for (size_t i = 0; i < c->npanels && !c->failed; i++) {
        chart_axis(c, &c->panels[i]);
        chart_pack(c, &c->panels[i]);
    }
}

static void
write_all(struct chart *c, struct chart_files *out)
{
    struct chart_data page, data[CHART_MAX_ZOOMS + 1];
    struct tl_buf b;

    tl_buf_init(&b, SCRIPT_MAX);
    chart_data_init(&page);
    for (size_t i = 0; i < c->npanels; i++) {
        chart_data_init(&data[i]);
        if (!c->failed)
            chart_draw(c, &c->panels[i], &data[i]);
    }
    if (!c->failed) {
        chart_page(c, &page);
        write_head(c, &b);
        write_styles(&b);
        write_terminals(c, &b);
        write_page(c, &page, &b);
    }
    for (size_t i = 0; i < c->npanels && !c->failed; i++)
        write_panel(c, &c->panels[i], &data[i], &b);
    tl_buf_addf(&b, "    unset multiplot\n    unset output\n}\n");
    if (b.failed && !c->failed)
        c->failed = b.failed;
    add_file(c, out, NULL, NULL, &b);
    add_data(c, out, "page", &page);
    for (size_t i = 0; i < c->npanels; i++)
        add_data(c, out, c->panels[i].name, &data[i]);
    tl_buf_free(&b);
    chart_data_free(&page);
    for (size_t i = 0; i < c->npanels; i++)
        chart_data_free(&data[i]);
}

enum tl_status
chart_build(const struct tl_report *r, const struct tl_render_options *o, struct chart_scope scope,
            struct tl_str stem, struct chart_files *out, struct tl_error *err)
{
    struct tl_arena arena;
    struct chart c = {.r = r, .o = o, .arena = &arena, .scope = scope, .stem = stem};

    tl_arena_init(&arena, CHART_MEMORY);
    out->n = 0;
    chart_lay_out(&c);
    write_all(&c, out);
    for (size_t i = 0; i < out->n && !c.failed; i++)
        c.failed = out->list[i].text.failed ? out->list[i].text.failed : out->list[i].name.failed;
    tl_arena_free(&arena);
    if (!c.failed)
        return TL_OK;
    chart_files_free(out);
    return tl_fail(err, c.failed, 0, "the chart of the report cannot be made: %s",
                   tl_status_text(c.failed));
}
