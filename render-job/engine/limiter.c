#include "limiter.h"

#include <math.h>
#include <stdlib.h>

#include "pcm.h"

/*
 * The gain is determined once per block of this many samples (3 ms at 22,050 Hz) and interpolated
 * linearly between blocks, so almost all of a sound is only multiplied.
 */
#define BLOCK 64
#define FULL 32768.0f

/* The signal can exceed the limit between samples only if a sample reaches this part of it. */
#define NEAR 0.7f

/* How many points between two samples are computed, from how many samples on each side. */
#define PHASES 3
#define TAPS 6

static float kernel[PHASES][2 * TAPS];

/* A sinc with a Hann window. */
static void
kernel_init(void)
{
	if (kernel[0][TAPS] != 0)
		return;
	for (int p = 0; p < PHASES; p++)
		for (int t = 0; t < 2 * TAPS; t++) {
			double x = t - (TAPS - 1) - (p + 1) / (PHASES + 1.0);
			double window = 0.5 + 0.5 * cos(M_PI * x / TAPS);
			kernel[p][t] = (float)(sin(M_PI * x) / (M_PI * x) * window);
		}
}

/* The highest magnitude between sample AT and the next one. */
static float
peak_between(const int16_t *pcm, size_t n, size_t at)
{
	float highest = 0;
	for (int p = 0; p < PHASES; p++) {
		float sum = 0;
		for (size_t t = 0; t < 2 * (size_t)TAPS; t++) {
			size_t i = at + t - (TAPS - 1); /* negative indexes wrap to beyond N */
			sum += i < n ? kernel[p][t] * (float)pcm[i] : 0;
		}
		sum = fabsf(sum);
		highest = sum > highest ? sum : highest;
	}
	return highest;
}

static int
sample_magnitude(const int16_t *pcm, size_t n, size_t i)
{
	return i < n ? abs(pcm[i]) : 0;
}

/* The true peak of the block at START, whose highest sample is HIGHEST. */
static float
true_peak(const int16_t *pcm, size_t n, size_t start, size_t end, int highest, float near)
{
	float peak = (float)highest;
	for (size_t i = start; i < end; i++) {
		int here = sample_magnitude(pcm, n, i);
		if ((float)here < near || here < sample_magnitude(pcm, n, i - 1) ||
		    here < sample_magnitude(pcm, n, i + 1))
			continue;
		peak = fmaxf(peak, fmaxf(peak_between(pcm, n, i - 1), peak_between(pcm, n, i)));
	}
	return peak;
}

/* Several sums in parallel, because the compiler must not reorder floating-point additions. */
#define LANES 8

static float
energy_of(const int16_t *pcm, size_t n)
{
	float sums[LANES] = {0}, energy = 0;
	for (size_t i = 0; i + LANES <= n; i += LANES)
		for (size_t k = 0; k < LANES; k++)
			sums[k] += (float)pcm[i + k] * (float)pcm[i + k];
	for (size_t k = 0; k < LANES; k++)
		energy += sums[k];
	return energy;
}

static size_t
block_size(size_t n, size_t b)
{
	size_t left = n - b * BLOCK;
	return left < BLOCK ? left : BLOCK;
}

/* Compute for each block the additional factor it can have, at most 1. False if all are 1. */
static bool
find_peaks(float *allowed, const int16_t *pcm, size_t n, float limit)
{
	bool any = false;
	for (size_t b = 0; b * BLOCK < n; b++) {
		size_t start = b * BLOCK, part = block_size(n, b);
		int highest = pcm_highest(pcm + start, part);
		allowed[b] = 1;
		if ((float)highest < NEAR * limit)
			continue;
		float peak = true_peak(pcm, n, start, start + part, highest, NEAR * limit);
		if (peak <= limit)
			continue;
		allowed[b] = limit / peak;
		any = true;
	}
	return any;
}

static float
min3(float a, float b, float c)
{
	return fminf(a, fminf(b, c));
}

/*
 * Smooth the factors: take the minimum of three blocks, then the mean of those, which again exceeds
 * none of the three.
 */
static void
smooth_factors(float *to, const float *allowed, size_t blocks)
{
	float before = min3(allowed[0], allowed[0], allowed[blocks > 1]), here = before;
	for (size_t b = 0; b < blocks; b++) {
		size_t next = b + 1 < blocks ? b + 1 : b, last = b + 2 < blocks ? b + 2 : next;
		float after = min3(allowed[b], allowed[next], allowed[last]);
		to[b] = (before + 2 * here + after) / 4;
		before = here;
		here = after;
	}
}

static void
scale_samples(int16_t *pcm, size_t n, float gain, float step)
{
	for (size_t i = 0; i < n; i++) {
		float exact = (float)pcm[i] * (gain + step * (float)(int)i);
		pcm[i] = (int16_t)((int)(exact + FULL + 0.5f) - (int)FULL);
	}
}

/* The factor at the end of block B, where the next one begins. */
static float
factor_at_end(const struct limiter *limiter, size_t b)
{
	const float *held = limiter->held;
	return b + 1 < limiter->blocks ? fminf(held[b], held[b + 1]) : held[b];
}

static double
energy_loss(const struct limiter *limiter, const int16_t *pcm, size_t n)
{
	double all = 0, left = 0, from = limiter->held[0];
	for (size_t b = 0; b < limiter->blocks; b++) {
		double to = factor_at_end(limiter, b), mean = (from + to) / 2;
		double energy = energy_of(pcm + b * BLOCK, block_size(n, b));
		all += energy;
		left += energy * mean * mean;
		from = to;
	}
	return left > 0 ? 10 * log10(all / left) : 0;
}

bool
limiter_plan(struct limiter *limiter, const int16_t *pcm, size_t n, float gain, float ceiling)
{
	float limit = ceiling * FULL / gain;
	*limiter = (struct limiter){.blocks = (n + BLOCK - 1) / BLOCK};
	if ((float)pcm_highest(pcm, n) < NEAR * limit)
		return false;
	float *held = malloc(2 * limiter->blocks * sizeof held[0]);
	if (held == NULL)
		abort(); /* as the engine does: without memory the child cannot continue */
	float *peaks = held + limiter->blocks;
	kernel_init();
	if (!find_peaks(peaks, pcm, n, limit)) {
		free(held);
		return false;
	}
	smooth_factors(held, peaks, limiter->blocks);
	limiter->held = held;
	limiter->loss = energy_loss(limiter, pcm, n);
	return true;
}

void
limiter_apply(const struct limiter *limiter, int16_t *pcm, size_t n, float gain)
{
	if (limiter->held == NULL && gain == 1)
		return;
	if (limiter->held == NULL) {
		scale_samples(pcm, n, gain, 0);
		return;
	}
	float from = limiter->held[0];
	for (size_t b = 0; b < limiter->blocks; b++) {
		float to = factor_at_end(limiter, b);
		scale_samples(
		    pcm + b * BLOCK, block_size(n, b), gain * from, gain * (to - from) / BLOCK);
		from = to;
	}
}

void
limiter_free(struct limiter *limiter)
{
	free(limiter->held);
	*limiter = (struct limiter){0};
}
