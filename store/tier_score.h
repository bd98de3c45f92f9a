#ifndef TTS_STORE_TIER_SCORE_H
#define TTS_STORE_TIER_SCORE_H

#include <stdint.h>

#include "../common/base/conf.h"

/*
 * Scores of files: forward decay. A fetch at time t weighs 2^((t - landmark) / half-life), and LW
 * is log2 of the sum of the weights of a file. So the order of any two files never changes by
 * waiting, and nothing has to be rewritten as time passes: it is the thresholds that rise. The
 * score, the number of fetches with each one halved after each half-life, is 2^(LW - (now -
 * landmark) / half-life). With half-life 0 all fetches weigh 1, and LW is log2 of their number.
 *
 * Times are in seconds since 1970.
 */

#define TIER_LANDMARK 1577836800.0 /* 2020-01-01, as in the trigger content_moved */
#define TIER_NEVER (-1e9)	   /* the LW of a file that was never fetched */

/* By how much, relatively, a score may be off, so that one of exactly min_count is not below it. */
#define TIER_EXACT 1e-9

/* How far thresholds have risen: log2 of the weight of a fetch at that time. */
double tier_weight(int half_life_sec, double now);

/* LW after N more fetches at that time. */
double tier_score_add(double lw, uint64_t n, int half_life_sec, double at);

/* The score that LW is at that time, and the LW that a score is. */
double tier_score(double lw, int half_life_sec, double now);
double tier_score_lw(double score, int half_life_sec, double now);

/* The rank of the level for a score: the highest whose min_count it has. */
unsigned tier_score_level(const struct conf *conf, double score);

/* Where a file with this score on LEVEL belongs: a higher level from its min_count on, a lower one
 * only below keep_ratio × min_count of its own. */
unsigned tier_score_target(const struct conf *conf, unsigned level, double score);

#endif
