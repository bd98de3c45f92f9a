#include "level.h"

#include <math.h>
#include <stdbool.h>

#include "limiter.h"
#include "loudness.h"

/*
 * The gain known for the voice is nearly right for most of its sentences, so it is tried first: to
 * measure is the dearest part of all.
 */
#define TRIES 6
#define SLOPE_MIN 0.2
#define GAIN_MAX 40.0 /* more would be made of noise */

static float
factor(double db)
{
	return (float)pow(10, db / 20);
}

double
level_set(const struct level *level, int16_t *out, const int16_t *pcm, size_t n, double *gain)
{
	bool own = n * 1000 >= (uint64_t)LEVEL_OWN_MS * (uint64_t)level->sample_rate;
	double lufs = LOUDNESS_NONE, step = 0, slope = 1;
	*gain = level->target == 0 ? 0 : level->gain;
	for (int i = 0; i < TRIES; i++) {
		double last = lufs;
		limiter_apply(out, pcm, n, factor(*gain), factor(level->ceiling));
		lufs = loudness_measure(out, n, level->sample_rate);
		double off = level->target - lufs;
		if (level->target == 0 || !own || lufs == LOUDNESS_NONE ||
		    fabs(off) <= level->tolerance)
			break;
		/* The more is turned down, the less becomes of each dB. */
		if (i > 0 && step != 0)
			slope = fmax(SLOPE_MIN, fmin((lufs - last) / step, 1));
		step = fmin(off / slope, GAIN_MAX - *gain);
		*gain += step;
	}
	return lufs;
}
