#ifndef TTS_COUNT_TIER_H
#define TTS_COUNT_TIER_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/base/conf.h"
#include "../common/work/tier_stats.h"
#include "../store/db/db.h"
#include "../store/tier.h"

/*
 * What this run has done, where the next one and others can see it; see common/work/tier_stats.h.
 * Open it when the lock is held.
 */
void count_open(const struct conf *conf);

/* Of nginx's log: lines that were read, and the fetches in them that were counted and that were
 * not, because one client had more than its share. */
void count_fetches(uint64_t lines, uint64_t counted, uint64_t dropped);

/* Whether the log could be read, and how many bytes of it are left to be read. */
void count_fetch_log(bool ok, uint64_t lag);

/* A level as it is when the run begins. */
void count_level(unsigned rank, bool usable, bool full, uint64_t size, uint64_t free_bytes);

/* Its files when the run ends. */
void count_sum(unsigned rank, const struct tier_sum *sum);

void count_claimed(size_t n);
void count_taken_back(size_t n);
void count_released(size_t n);
void count_failed(size_t n);
void count_swept(uint64_t n);
void count_pruned(uint64_t n);

/* The row says that the file was moved. */
void count_moved(const struct tier_move *move);

/*
 * Where a walk over rows goes on that is longer than a run, TIER_LOOKED_TO or TIER_PRUNED_TO: after
 * the row with this id, 0 for the first one. Forgotten when the machine is started: then it begins
 * anew.
 */
uint64_t count_cursor(enum tier_counter walk);
void count_cursor_moves(enum tier_counter walk, uint64_t id);

/* The row is another program's. */
void count_stale(size_t n);

/* The run ends with the exit status STATUS: log what it did. DB may be NULL. */
void count_end(const struct db *db, int status);

#endif
