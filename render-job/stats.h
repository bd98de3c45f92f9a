#ifndef TTS_STATS_H
#define TTS_STATS_H

#include "../common/base/conf.h"
#include "../common/base/throttle.h"
#include "../store/queue.h"
#include "run.h"

/*
 * What this renderer has done, where the next one and others can see it; see
 * common/work/render_stats.h. Open it when the lock is ours; children never have it.
 */
void stats_open(const struct conf *conf);

/* The throttles that all runs on this host share. */
struct throttle *stats_throttles(void);

/* Where the run notes the projects it publishes for: MEDIA_NOTES numbers, see media.h. */
uint64_t *stats_publishing(void);

/* Look how much room there is where the sounds are. OK: it can be used. */
void stats_media(const struct conf *conf, bool ok);

void stats_claimed(struct run_sum *sum, size_t n);

/* Claims of others that were taken back. Looking for them is a sign of life, also when N is 0. */
void stats_taken_back(uint64_t n);

/* How a child ended; counted if it is a failure. */
void stats_ending(const struct ending *e);

/* A sentence that no child need try. */
void stats_unspeakable(void);

/* What was written about a claim, or that it was stale. */
void stats_result(struct run_sum *sum, const struct result *r);

/* The run ends with the exit status STATUS. DB may be NULL. */
void stats_end(const struct db *db, const struct run_sum *sum, int status);

/* How long the run has lasted. */
uint64_t stats_run_ms(void);

#endif
