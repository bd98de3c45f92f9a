#ifndef TTS_COUNT_PIPELINE_H
#define TTS_COUNT_PIPELINE_H

#include "../common/base/conf.h"
#include "../store/stage.h"

/*
 * What this run has done, where the next one and others can see it; see
 * common/work/pipeline_stats.h. Open it when the lock is held.
 */
void count_open(const struct conf *conf, enum stage stage);

void count_claimed(size_t n);
void count_taken_back(uint64_t n);
void count_expired(uint64_t n);
void count_pruned(uint64_t n);

/* A claim ended with waiting for sentences. */
void count_waits(void);

/* What was written about a claim. */
void count_result(const struct stage_result *result);

/* The run ends with the exit status STATUS: log what it did. DB may be NULL. */
void count_end(const struct db *db, int status);

#endif
