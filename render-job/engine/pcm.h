#ifndef TTS_PCM_H
#define TTS_PCM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The sound of a sentence between the engine and the encoder, all of it: silence at its ends and
 * how loud it is show only when it is over. Lives as long as the process, which speaks one
 * sentence.
 */
struct pcm {
	int16_t *data; /* of the whole sound, once it is trimmed */
	size_t n;
	size_t lead, trail; /* samples of silence there will be before and after what is heard */
	size_t max;	    /* samples there may be */
	size_t cap, ready;
};

/* What a sound turned out to be. */
enum pcm_verdict {
	PCM_GOOD,
	PCM_SILENT,  /* there is nothing to hear */
	PCM_CLIPPED, /* it is cut off at full scale for so long that it is noise */
	PCM_LONG,    /* it does not fit into MAX */
};

/* Begin a sound of at most MAX samples. */
void pcm_begin(struct pcm *pcm, size_t max, size_t lead, size_t trail);

/* Append N samples. False when there would be more than MAX. */
bool pcm_add(struct pcm *pcm, const int16_t *data, size_t n);

/* How far the one of N samples that is farthest from 0 is from it: 0 to 32,768. */
int pcm_highest(const int16_t *data, size_t n);

/*
 * Cut or fill up the silence at both ends, so that LEAD samples come before the first that can be
 * heard and TRAIL after the last. *CUT says how many samples later the sound begins now: less than
 * 0 if silence was put before it.
 */
enum pcm_verdict pcm_trim(struct pcm *pcm, int64_t *cut);

/* The memory in bytes that a sound of MAX samples takes at most. */
size_t pcm_memory(size_t max, size_t lead, size_t trail);

#endif
