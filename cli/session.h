/*
 * session.h - what the commands share: options resolved, rules compiled, the result's way out.
 */
#ifndef TL_CLI_SESSION_H
#define TL_CLI_SESSION_H

#include "cli/options.h"
#include "cli/out.h"
#include "parse/parse.h"
#include "render/render.h"

struct session {
    struct options o;
    struct tl_arena arena; /* what belongs to the command line */
    struct tl_zones *zones;
    const struct tl_zone *tz, *input_tz; /* input_tz NULL: none given */
    struct tl_hints *hints;              /* of each operand */
    struct tl_catalogue *catalogue;      /* NULL until session_rules */
    char rules_sha256[65];
    struct tl_render_options render;
    bool terminal; /* the result goes to one */
    unsigned threads;
    struct out out;
    bool incomplete; /* something could not be read: said already, makes exit 1 */
    uint64_t odd;    /* records that could not be read: --strict makes exit 1 */
};

enum tl_status session_open(struct session *s, int argc, const char *const *argv,
                            struct tl_error *err);
/* Zones, hints, --color and -o. Nothing has been read yet. */
enum tl_status session_prepare(struct session *s, struct tl_error *err);
/* Compiles the built-in rules and those of --rules. */
enum tl_status session_rules(struct session *s, struct tl_error *err);
/* Adds one more file of rules; `texts` collects what is hashed. */
enum tl_status session_add_rules(struct session *s, struct tl_str path, struct tl_buf *texts,
                                 struct tl_error *err);
void session_close(struct session *s);

/* Says a sentence that -q takes away. */
__attribute__((format(printf, 2, 3))) void cli_note(const struct session *s, const char *fmt, ...);

/* True when a signal has asked to stop. */
bool interrupted(void);

/* The commands. Failures of inputs are said as they come; what is returned ends the command. */
enum tl_status cmd_report(struct session *s, struct tl_error *err);
enum tl_status cmd_events(struct session *s, struct tl_error *err);
enum tl_status cmd_detect(struct session *s, struct tl_error *err);
enum tl_status cmd_rules(struct session *s, struct tl_error *err);
enum tl_status cmd_help(struct session *s, struct tl_error *err);

#endif
