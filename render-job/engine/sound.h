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
 * The pipeline from the engine to the MP3: collect, trim, check, bring to the target loudness,
 * encode.
 */

/* The settings shared by all sentences of a voice. */
struct sound_terms {
	struct mp3 *mp3;
	int sample_rate; /* of the engine */
	uint64_t samples_max;
	int lead_ms, trail_ms; /* at normal speed */
	struct level level;
};

/* False, logged, if MP3 does not support the configured format. Call sound_set_voice next. */
bool sound_prepare(struct sound_terms *terms, const struct conf *conf, int sample_rate);
void sound_set_voice(struct sound_terms *terms, const struct voice *voice);

/* The maximum memory in bytes that the pipeline uses for a sound. */
size_t sound_memory(const struct sound_terms *terms);

/* The sound of one sentence; lives as long as the process. */
struct sound {
	const struct sound_terms *terms;
	struct pcm pcm;
	enum child_end too_long; /* how to report too much sound */
	struct slot_word *words; /* room for SLOT_WORDS_MAX; NULL: words are not recorded */
	size_t words_n;
	/* Set by sound_finish. */
	uint64_t samples;
	double loudness; /* LUFS; LOUDNESS_NONE if it is too short to measure */
};

/* Begin the sound of a text of CHARS code points, spoken at PERCENT of normal speed. */
void sound_begin(
    struct sound *sound, const struct sound_terms *terms, uint32_t percent, size_t chars);

/* The functions of a struct speak_ear that feed a struct sound. */
bool sound_add(void *sound, const int16_t *pcm, size_t n);
void sound_word(void *sound, uint32_t at, uint32_t n, uint64_t sample);

/*
 * Make the MP3, and make the samples of the words relative to its beginning. Returns CHILD_SPOKEN,
 * or the reason why there is no MP3.
 */
enum child_end sound_finish(struct sound *sound, struct mp3_out *out);

#endif
