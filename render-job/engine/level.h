#ifndef TTS_LEVEL_H
#define TTS_LEVEL_H

#include <stddef.h>
#include <stdint.h>

/* From so much sound on its own loudness is set; what is shorter says too little about it. */
#define LEVEL_OWN_MS 3000

struct level {
	int sample_rate;
	double target; /* LUFS; 0: the sound is left as loud as it is */
	double gain;   /* dB, that makes a usual sentence of this voice as loud as the target */
	double
	    tolerance;	/* LU, within which a sound that has a loudness of its own is the target */
	double ceiling; /* dB of full scale, for the true peaks */
};

/*
 * Set the loudness of the N samples at PCM, for which *GAIN dB were needed. Return what they
 * measure then, in LUFS; LOUDNESS_NONE if it is too short to tell, or there is no target.
 */
double level_set(const struct level *level, int16_t *pcm, size_t n, double *gain);

#endif
