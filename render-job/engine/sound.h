#ifndef TTS_SOUND_H
#define TTS_SOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../common/base/conf.h"
#include "../../common/say/voice.h"
#include "level.h"
#include "mp3.h"
#include "pcm.h"
#include "slot.h"

/*
 * The way of a sentence from the engine to the MP3: collected, cut at its ends, looked at, brought
 * to its loudness, encoded.
 */

/* What is the same for all sentences of a voice. */
struct sound_terms {
	struct mp3 *mp3;
	int sample_rate; /* of the engine */
	uint64_t samples_max;
	int lead_ms, trail_ms; /* at the normal rate */
	struct level level;
};

/* False (logged) if there is no such MP3. The voice is still to be set. */
bool sound_prepare(struct sound_terms *terms, const struct conf *conf, int sample_rate);
void sound_set_voice(struct sound_terms *terms, const struct voice *voice);

/* The most memory in bytes that a sound takes on its way. */
size_t sound_memory(const struct sound_terms *terms);

/* One sentence; lives as long as the process. */
struct sound {
	const struct sound_terms *terms;
	struct pcm pcm;
	enum child_end too_long; /* what it means that there is more sound than there may be */
	struct slot_word *words; /* SLOT_WORDS_MAX of them; NULL: nobody asks for them */
	size_t words_n;
	/* Set by sound_finish. */
	uint64_t samples;
	double loudness; /* LUFS; LOUDNESS_NONE if it is too short to tell */
};

/* Begin what is to be spoken at PERCENT of the normal rate, a text of so many code points. */
void sound_begin(
    struct sound *sound, const struct sound_terms *terms, uint32_t percent, size_t chars);

/* The ear of a struct sound. */
bool sound_add(void *sound, const int16_t *pcm, size_t n);
void sound_word(void *sound, uint32_t at, uint32_t n, uint64_t sample);

/*
 * Make the MP3, and count the samples of the words from its beginning. CHILD_SPOKEN, or why there
 * is none.
 */
enum child_end sound_finish(struct sound *sound, struct mp3_out *out);

#endif
