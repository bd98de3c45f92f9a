#ifndef TTS_LIMITER_H
#define TTS_LIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A plan to keep a sound below a ceiling. */
struct limiter {
	float *held; /* additional factor of each block of samples; NULL: all are 1 */
	size_t blocks;
	double loss; /* lost energy in dB */
};

/*
 * Plan how to keep the true peaks (ITU-R BS.1770, annex 2) of the N samples of PCM, multiplied by
 * GAIN (a factor), below CEILING (relative to full scale, at most 1): some milliseconds around each
 * peak above it are turned down smoothly. Return whether there are any.
 */
bool limiter_plan(struct limiter *limiter, const int16_t *pcm, size_t n, float gain, float ceiling);

/* Multiply the N samples of PCM by GAIN, following the plan made for it. */
void limiter_apply(const struct limiter *limiter, int16_t *pcm, size_t n, float gain);

void limiter_free(struct limiter *limiter);

#endif
