#ifndef TTS_LIMITER_H
#define TTS_LIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Write to OUT the N samples of PCM times GAIN (a factor), with their true peaks (ITU-R BS.1770,
 * annex 2) held below CEILING (of full scale, at most 1): some milliseconds around each that would
 * pass it are turned down, smoothly. Return whether there were any.
 */
bool limiter_apply(int16_t *out, const int16_t *pcm, size_t n, float gain, float ceiling);

#endif
