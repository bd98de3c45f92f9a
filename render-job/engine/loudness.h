#ifndef TTS_LOUDNESS_H
#define TTS_LOUDNESS_H

#include <stddef.h>
#include <stdint.h>

/* The loudness of a sound that is too short or too quiet to measure. */
#define LOUDNESS_NONE (-200.0)

/*
 * Measure N mono samples by EBU R 128: the integrated loudness in LUFS, as of one channel.
 * LOUDNESS_NONE for less than 400 ms, or if no part is above the gate.
 */
double loudness_measure(const int16_t *pcm, size_t n, int sample_rate);

#endif
