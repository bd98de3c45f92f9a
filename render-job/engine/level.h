#ifndef TTS_LEVEL_H
#define TTS_LEVEL_H

#include <stddef.h>
#include <stdint.h>

/* Sounds of at least this length are levelled by their own loudness, shorter ones in part by that
 * which is typical of their voice. */
#define LEVEL_OWN_MS 3000

struct level {
	int sample_rate;
	double target;	  /* LUFS; 0: the loudness is left as it is */
	double gain;	  /* dB that bring a typical sentence of this voice to the target */
	double tolerance; /* LU; how far a measured sound may be off */
	double ceiling;	  /* dB relative to full scale; limit of the true peaks */
};

/*
 * Bring the N samples at PCM to the target; *GAIN is set to the gain applied, in dB. Return their
 * loudness afterwards in LUFS; LOUDNESS_NONE if the sound is too short to measure or there is no
 * target.
 */
double level_set(const struct level *how, int16_t *pcm, size_t n, double *gain);

#endif
