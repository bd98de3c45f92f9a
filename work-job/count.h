#ifndef TTS_COUNT_WORK_H
#define TTS_COUNT_WORK_H

#include "../common/base/conf.h"
#include "../store/work.h"
#include "trash.h"

/*
 * What this run has done, where the next one and others can see it; see common/work/work_stats.h.
 * Open it when the lock is held.
 */
void count_open(const struct conf *conf);

/* Whether the files of sounds can be removed. */
void count_media(bool usable);

void count_claimed(size_t n);
void count_taken_back(uint64_t n);
void count_step(void);
void count_pruned(uint64_t n);
void count_events_pruned(uint64_t n);

/* What was written about a claim of KIND, or that it was stale. */
void count_result(enum work_kind kind, const struct work_result *result);

void count_trash(const struct trash_sum *trash);

/* The run ends with the exit status STATUS: log what it did. DB may be NULL. */
void count_end(const struct db *db, int status);

#endif
