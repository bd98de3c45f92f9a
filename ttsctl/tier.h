#ifndef TTS_CTL_TIER_H
#define TTS_CTL_TIER_H

#include "../common/media/media_level.h"
#include "../store/tier_admin.h"
#include "ctl.h"

/* The levels of storage for "ttsctl tier". */

struct tier_options {
	bool json, dry_run;
	uint64_t number;   /* of lines at most */
	uint64_t project;  /* 0: not given */
	const char *level; /* NULL: not given */
	const char *name;  /* of a file, or a number of a sentence */
};

/* Each returns the exit status. */

/* ------------------------------------------------------------------ ttsctl/tier_list.c */
int tier_run_list(const struct ctl *ctl, struct pool *pool, const struct tier_options *o);
int tier_run_top(const struct ctl *ctl, struct pool *pool, const struct tier_options *o);
int tier_run_failed(const struct ctl *ctl, struct pool *pool, const struct tier_options *o);
int tier_run_pins(const struct ctl *ctl, struct pool *pool, const struct tier_options *o);

/* ------------------------------------------------------------------ ttsctl/tier_show.c */
int tier_run_show(const struct ctl *ctl, struct pool *pool, const struct tier_options *o);
int tier_run_history(const struct ctl *ctl, struct pool *pool, const struct tier_options *o);

/* ------------------------------------------------------------------ ttsctl/tier_pending.c */
int tier_run_pending(const struct ctl *ctl, struct pool *pool, const struct tier_options *o);

/* The score of a file now. */
double tier_now(const struct ctl *ctl, double lw);

/* Write what is known of a file, as members of an object. */
void tier_put_json_row(const struct ctl *ctl, const struct tier_row *row);

/* A score with one digit after the point, rounded down, so that one below a threshold is not shown
 * as having reached it. */
const char *tier_score_text(struct pool *pool, double score);

/* The size of a file, "?" if it is not known: it was never moved. */
const char *tier_bytes_text(uint64_t bytes);

/* The state of one level on this host. */
struct tier_place {
	int error; /* why it cannot be used; 0: it can */
	bool has_room;
	struct media_room room;
	bool full;    /* over its high mark: the coldest files leave it */
	bool crowded; /* over its low mark: a file only takes the place of colder ones */
};

/* SUM is what the database has of it. */
void tier_look(
    const struct ctl *ctl, unsigned rank, const struct tier_sum *sum, struct tier_place *out);

#endif
