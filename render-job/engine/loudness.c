#include "loudness.h"

#include <stdlib.h>

#include <ebur128.h>

double
loudness_measure(const int16_t *pcm, size_t n, int sample_rate)
{
	double lufs = LOUDNESS_NONE;
	ebur128_state *state = ebur128_init(1, (unsigned long)sample_rate, EBUR128_MODE_I);
	if (state == NULL)
		abort();
	if (ebur128_add_frames_short(state, pcm, n) != EBUR128_SUCCESS ||
	    ebur128_loudness_global(state, &lufs) != EBUR128_SUCCESS || !(lufs > LOUDNESS_NONE))
		lufs = LOUDNESS_NONE;
	ebur128_destroy(&state);
	return lufs;
}
