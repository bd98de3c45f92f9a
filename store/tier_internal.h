#ifndef TTS_STORE_TIER_INTERNAL_H
#define TTS_STORE_TIER_INTERNAL_H

#include "internal.h"
#include "tier.h"
#include "tier_score.h"

/* What the files of store/tier*.c share. */

/* The levels of the configuration as the database knows them, and its clock. */
struct tier_levels {
	uint64_t ids[CONF_LEVELS]; /* of each rank */
	uint64_t top_max_count;
	double now; /* seconds since 1970 */
	int half_life_sec;
};

/* RC_NOT_READY until tier_levels_apply has been called with this configuration. */
enum rc tier_levels_read(struct db *db, struct pool *pool, struct tier_levels *out);

/* The rank of a level by its id; RC_NOT_READY if it is not configured. */
enum rc tier_rank(
    const struct db *db, const struct tier_levels *levels, uint64_t id, unsigned *rank);

/* A number with a fraction, as an argument. */
struct arg tier_real(struct pool *pool, double d);
/* A number that is NULL if it is 0. */
struct arg tier_number_or_null(uint64_t number);

double tier_cell_real(const struct cell *cell);

/* Raise max_count of the highest level to that of a file with this score and total. *RAISED is the
 * new one, or 0. */
enum rc tier_raise(
    struct db *db, const struct tier_levels *levels, uint64_t total, double lw, uint64_t *raised);
void tier_log_raised(const struct db *db, uint64_t raised);

/* What is added to the row of a file, or is that of a new one. */
struct tier_heat {
	const char *name;
	struct tier_object object;
	uint64_t total;
	double lw;
	int64_t at; /* ms since 1970 */
};

/* N is at most DB_CHUNK. */
enum rc tier_heat_add(struct db *db, struct pool *pool, const struct tier_levels *levels,
    const struct tier_heat *v, size_t n);

/* A file, and its path if a row of the database names it. */
struct tier_named {
	const char *name;
	struct tier_object object;
	const char *path; /* out: "" if none does */
	uint64_t bytes;	  /* out: 0 if not known */
};
enum rc tier_paths(struct db *db, struct pool *pool, struct tier_named *v, size_t n);

/* The delay in seconds before a move is tried again after its Nth failure (from 0). */
#define TIER_AGAIN_SEC 3600
uint32_t tier_again_sec(unsigned n);

#endif
