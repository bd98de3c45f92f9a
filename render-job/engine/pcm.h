#ifndef TTS_PCM_H
#define TTS_PCM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The complete sound of a sentence between the engine and the encoder. It is collected first
 * because the silence at its end and its loudness are known only when it is complete. It lives as
 * long as the process, which speaks one sentence.
 */
struct pcm {
	int16_t *data; /* after pcm_trim, the final sound */
	size_t n;
	size_t lead, trail; /* samples of silence before and after the audible part */
	size_t max;	    /* maximum number of samples */
	size_t cap, ready;
};

/* The assessment of a sound. */
enum pcm_verdict {
	PCM_GOOD,
	PCM_SILENT,  /* nothing is audible */
	PCM_CLIPPED, /* it is clipped at full scale for so long that it is noise */
	PCM_LONG,    /* it is longer than MAX */
};

/* Begin a sound of at most MAX samples. */
void pcm_begin(struct pcm *pcm, size_t max, size_t lead, size_t trail);

/* Append N samples. False if there would be more than MAX. */
bool pcm_add(struct pcm *pcm, const int16_t *data, size_t n);

/* The highest magnitude of N samples, 0 to 32,768. */
int pcm_highest(const int16_t *data, size_t n);

/*
 * Trim or pad the silence at both ends, so that LEAD samples precede the first audible one and
 * TRAIL samples follow the last. *CUT is set to the number of samples removed at the beginning,
 * negative if silence was added there.
 */
enum pcm_verdict pcm_trim(struct pcm *pcm, int64_t *cut);

/* The maximum memory in bytes of a sound of MAX samples. */
size_t pcm_memory(size_t max, size_t lead, size_t trail);

#endif
