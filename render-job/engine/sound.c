#include "sound.h"

#include <stdlib.h>

#include "gain.h"
#include "loudness.h"

#define PEAK_DBTP (-1.5) /* the limit of the true peaks of an MP3 */

/* Half of 0.5 LU; the other half allows for the encoder and for differences between meters. */
#define TOLERANCE_LU 0.25

/*
 * The maximum sound of a text at normal speed: what takes the engine longest, spelling out the name
 * of a character, stays below this. A voice stuck in a loop does not.
 */
#define ABSURD_SEC 10
#define ABSURD_SEC_CHAR 3

bool
sound_prepare(struct sound_terms *terms, const struct conf *conf, int sample_rate)
{
	int mp3_rate = conf->mp3.sample_rate_hz > 0 ? conf->mp3.sample_rate_hz : sample_rate;
	*terms = (struct sound_terms){
	    .mp3 = mp3_new(sample_rate, mp3_rate, conf->mp3.bitrate_kbps, conf->mp3.quality),
	    .sample_rate = sample_rate,
	    .samples_max = (uint64_t)conf->speech.max_seconds * (uint64_t)sample_rate,
	    .lead_ms = conf->speech.lead_ms,
	    .trail_ms = conf->speech.trail_ms,
	    .level =
		{
		    .sample_rate = sample_rate,
		    .target = conf->speech.loudness_lufs,
		    .tolerance = TOLERANCE_LU,
		    .ceiling = PEAK_DBTP - mp3_overshoot(mp3_rate, conf->mp3.bitrate_kbps),
		},
	};
	return terms->mp3 != NULL;
}

void
sound_set_voice(struct sound_terms *terms, const struct voice *voice)
{
	terms->level.gain = gain_known(voice) + terms->level.target - GAIN_TARGET;
}

/* The number of samples of a pause; pauses scale with the speed of the speech. */
static size_t
silence_samples(const struct sound_terms *terms, int ms, uint32_t percent)
{
	return (size_t)ms * (size_t)terms->sample_rate / (10 * (size_t)percent);
}

size_t
sound_memory(const struct sound_terms *terms)
{
	size_t lead = silence_samples(terms, terms->lead_ms, 25),
	       trail = silence_samples(terms, terms->trail_ms, 25);
	/* The engine's sound, and a fifth more for the processing steps. */
	return pcm_memory(terms->samples_max, lead, trail) * 12 / 10;
}

void
sound_begin(struct sound *sound, const struct sound_terms *terms, uint32_t percent, size_t chars)
{
	uint64_t sec = ABSURD_SEC + ABSURD_SEC_CHAR * (uint64_t)chars;
	uint64_t absurd = sec * (uint64_t)terms->sample_rate * 100 / percent;
	bool cut_off = absurd < terms->samples_max;
	*sound = (struct sound){
	    .terms = terms,
	    .too_long = cut_off ? CHILD_ABSURD : CHILD_LONG,
	};
	pcm_begin(&sound->pcm, cut_off ? absurd : terms->samples_max,
	    silence_samples(terms, terms->lead_ms, percent),
	    silence_samples(terms, terms->trail_ms, percent));
}

bool
sound_add(void *sound, const int16_t *pcm, size_t n)
{
	return pcm_add(&((struct sound *)sound)->pcm, pcm, n);
}

void
sound_word(void *sound, uint32_t at, uint32_t n, uint64_t sample)
{
	struct sound *s = sound;
	if (s->words != NULL && s->words_n < SLOT_WORDS_MAX)
		s->words[s->words_n++] = (struct slot_word){at, n, sample};
}

/* Adjust the words: CUT samples were removed from the beginning of the sound. */
static void
shift_words(struct sound *sound, int64_t cut)
{
	for (size_t i = 0; i < sound->words_n; i++) {
		int64_t sample = (int64_t)sound->words[i].sample - cut;
		sound->words[i].sample = sample > 0 ? (uint64_t)sample : 0;
	}
}

static enum child_end
sound_encode(struct sound *sound, const int16_t *pcm, size_t n, struct mp3_out *out)
{
	enum mp3_end end = mp3_encode(sound->terms->mp3, pcm, n, out);
	if (end == MP3_OK)
		end = mp3_finish(sound->terms->mp3, out);
	return end == MP3_OK ? CHILD_SPOKEN : end == MP3_FULL ? CHILD_LONG : CHILD_ENCODER;
}

enum child_end
sound_finish(struct sound *sound, struct mp3_out *out)
{
	struct pcm *pcm = &sound->pcm;
	int64_t cut;
	switch (pcm_trim(pcm, &cut)) {
	case PCM_SILENT:
		return CHILD_SILENT;
	case PCM_CLIPPED:
		return CHILD_CLIPPED;
	case PCM_LONG:
		return sound->too_long;
	case PCM_GOOD:
		break;
	}
	sound->samples = pcm->n;
	shift_words(sound, cut);
	double gain;
	sound->loudness = level_set(&sound->terms->level, pcm->data, pcm->n, &gain);
	return sound_encode(sound, pcm->data, pcm->n, out);
}
