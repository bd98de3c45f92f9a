#ifndef TTS_LIMITER_H
#define TTS_LIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a sound is held below a ceiling. */
struct limiter {
	float *held; /* what each block of samples is multiplied with besides; NULL: 1 everywhere */
	size_t blocks;
	double loss; /* of energy, in dB, that this costs */
};

/*
 * Find out what to do so that the N samples of PCM times GAIN (a factor) have no true peak (ITU-R
 * BS.1770, annex 2) above CEILING (of full scale, at most 1): some milliseconds around each that
 * would pass it are turned down, smoothly. Return whether there are any.
 */
bool limiter_plan(struct limiter *limiter, const int16_t *pcm, size_t n, float gain, float ceiling);

/* Multiply the N samples of PCM with GAIN, as planned for it. */
void limiter_apply(const struct limiter *limiter, int16_t *pcm, size_t n, float gain);

void limiter_free(struct limiter *limiter);

#endif
