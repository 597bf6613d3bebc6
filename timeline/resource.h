/*
 * resource.h - private to timeline/: the resources of a reconstruction and who belongs to whom.
 */
#ifndef TL_TIMELINE_RESOURCE_H
#define TL_TIMELINE_RESOURCE_H

#include "timeline/build.h"

/* Who the record of an item is about, as far as it is known by now. */
struct tl_ident item_ident(const struct tl_builder *b, const struct item *it);

/* Whether a record without an identifier means an instance by a label. */
bool item_is_labelled_instance(const struct item *it);
/* Gives those of n items of one input that share a label the identifier that one of them has. */
enum tl_status items_name_labels(struct tl_builder *b, struct item **items, size_t n);

/* Whether a topology says that it had this role. */
bool res_has_role(const struct res *r, enum tl_role role);

/* What an ARN (number of a text, not 0) says; NULL: no room. */
const struct arn_memo *memo_arn(struct tl_builder *b, uint32_t arn);
/* What is remembered of who an item is of; NULL: its record alone does not tell. */
struct who_memo *memo_who(struct tl_builder *b, const struct item *it);
enum tl_status memo_init(struct tl_builder *b);

/* The resource of an identity, made when it is new. Without a region it is one of `input` alone. */
enum tl_status res_of(struct tl_builder *b, const struct tl_ident *who, uint32_t input,
                      uint32_t *res);
/* NONE: there is none. *res is set unless there is no room. */
enum tl_status res_find(struct tl_builder *b, const struct tl_ident *who, uint32_t input,
                        uint32_t *res);

/* Remembers which account a region, kind and id belong to; accounts_fill gives it to those that do
 * not know theirs, where there is only one. */
enum tl_status accounts_note(struct tl_builder *b, const struct tl_ident *who);
enum tl_status accounts_fill(struct tl_builder *b, struct tl_ident *who);

/* Members of clusters: `proved` by a record, else by name or as the only one of a region. */
void res_join(struct tl_builder *b, uint32_t member, uint32_t cluster, bool proved);
enum tl_status res_memberships(struct tl_builder *b);

/* Where the ending of a blue/green deployment begins, "-green-x1y2z3" or "-old1"; SIZE_MAX: there
 * is none. */
size_t res_switched_ending(struct tl_str id);

/* The only cluster and instance that each region has. */
struct only {
    uint32_t cluster, instance; /* with an identifier; NONE: none or several */
    uint32_t label_cluster;     /* with a label only */
    uint32_t nclusters, ninstances, nlabels;
    uint32_t label, label_input; /* of the labelled instance met last; 0: none */
    bool labels_differ;          /* one input calls its instances there by several labels */
};
struct only_list {
    struct strings regions;
    struct only *list;
    size_t cap;
};
enum tl_status only_count(struct tl_builder *b, struct only_list *o);
/* NULL: the region has no resource. */
struct only *only_of(struct tl_builder *b, struct only_list *o, struct tl_str region,
                     uint32_t input);
/* Fills labels_differ: what the rows of each table call the instances that have no place yet. */
enum tl_status only_compare_labels(struct tl_builder *b, struct only_list *o);

#endif
