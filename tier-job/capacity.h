#ifndef TTS_CAPACITY_H
#define TTS_CAPACITY_H

#include <sys/types.h>

#include "../common/base/conf.h"
#include "../store/tier.h"

/*
 * How full the levels are. A level is full above levels.high_percent of its max_bytes or of its
 * file system, or below its free_bytes; then it is emptied to levels.low_percent. What is moved in
 * this run counts at its target at once, and at the level that it leaves not before the next run,
 * as the old copies are removed at the end.
 */
struct capacity {
	const struct conf *conf;
	struct capacity_level {
		bool usable;
		bool apart;	  /* a lower level is on another file system */
		uint64_t used;	  /* bytes of the files that have a row */
		uint64_t fs_used; /* of the file system, by whatever */
		uint64_t fs_size;
		double coldest; /* see struct tier_sum */
	} v[CONF_LEVELS];
};

/* Look at all levels; SUMS are by rank. */
void capacity_look(
    struct capacity *c, const struct conf *conf, const struct tier_sum sums[CONF_LEVELS]);

/* Bit mask of the levels that can be used; of those, the ones that can take files. */
unsigned capacity_usable(const struct capacity *c);
unsigned capacity_open(const struct capacity *c);

/* Whether a file of BYTES fits at a level without making it full. */
bool capacity_takes(const struct capacity *c, unsigned rank, uint64_t bytes);

/* The score a file must have to be moved up to a level: 0 if there is room, otherwise more by
 * levels.replace_percent than the coldest that would have to leave; INFINITY if it is full and none
 * can leave. */
double capacity_lw_min(const struct capacity *c, unsigned rank);

bool capacity_full(const struct capacity *c, unsigned rank);

/* How many bytes must leave a full level; 0 if it is not full. */
uint64_t capacity_excess(const struct capacity *c, unsigned rank);

/* How many bytes a level takes before it is full, as far as files that leave it make room. */
uint64_t capacity_left(const struct capacity *c, unsigned rank);

/* How many times as hot a file has to be as one whose place it takes, as a difference of scores. */
double capacity_margin(const struct capacity *c);

/* A file has come to a level. */
void capacity_add(struct capacity *c, unsigned rank, uint64_t bytes);

#endif
