#ifndef TTS_LOUDNESS_H
#define TTS_LOUDNESS_H

#include <stddef.h>
#include <stdint.h>

/* What nothing is as loud as: there is too little sound to say how loud it is. */
#define LOUDNESS_NONE (-200.0)

/*
 * Measure N mono samples by EBU R 128: the integrated loudness in LUFS, as of one channel.
 * LOUDNESS_NONE for less than 400 ms, or when none of it is above the gate.
 */
double loudness_measure(const int16_t *pcm, size_t n, int sample_rate);

#endif
