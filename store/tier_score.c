#include "tier_score.h"

#include <math.h>

double
tier_weight(int half_life_sec, double now)
{
	return half_life_sec == 0 ? 0 : (now - TIER_LANDMARK) / half_life_sec;
}

double
tier_score_add(double lw, uint64_t n, int half_life_sec, double at)
{
	double x;

	if (n == 0)
		return lw;
	x = log2((double)n) + tier_weight(half_life_sec, at);
	return fmax(lw, x) + log2(1 + exp2(-fabs(lw - x)));
}

double
tier_score(double lw, int half_life_sec, double now)
{
	return exp2(lw - tier_weight(half_life_sec, now));
}

double
tier_score_lw(double score, int half_life_sec, double now)
{
	return log2(score) + tier_weight(half_life_sec, now);
}

/* Sums of logarithms are not exact, counts are: a score of 2000 must not be just below it. */
static bool
reaches(double score, double count)
{
	return score >= count * (1 - TIER_EXACT);
}

unsigned
tier_score_level(const struct conf *conf, double score)
{
	unsigned level = 0;

	while (level + 1 < conf->levels.n &&
	       reaches(score, (double)conf->levels.v[level + 1].min_count))
		level++;
	return level;
}

unsigned
tier_score_target(const struct conf *conf, unsigned level, double score)
{
	const struct conf_level *at = &conf->levels.v[level];
	unsigned target = tier_score_level(conf, score);

	if (target < level && reaches(score, at->keep_ratio * (double)at->min_count))
		return level;
	return target;
}
