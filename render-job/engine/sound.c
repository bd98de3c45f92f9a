#include "sound.h"

#include <stdlib.h>

#include "gain.h"
#include "loudness.h"

#define PEAK_DBTP (-1.5) /* what no true peak of an MP3 is to pass */

/* Half of 0.5 LU; the rest is for what the encoder changes and what other meters see otherwise. */
#define TOLERANCE_LU 0.25

/*
 * So much sound there may be for a text at the normal rate: what the engine takes longest for, the
 * name of a sign that it has no other way to say, stays below this. A voice that loops does not.
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

/* Of silence: pauses have the rate of the speech. */
static size_t
silence(const struct sound_terms *terms, int ms, uint32_t percent)
{
	return (size_t)ms * (size_t)terms->sample_rate / (10 * (size_t)percent);
}

size_t
sound_memory(const struct sound_terms *terms)
{
	size_t lead = silence(terms, terms->lead_ms, 25),
	       trail = silence(terms, terms->trail_ms, 25);
	/* What the engine made, and a fifth for those who look at it. */
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
	    silence(terms, terms->lead_ms, percent), silence(terms, terms->trail_ms, percent));
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

/* The sound begins CUT samples later than what the engine made. */
static void
move_words(struct sound *sound, int64_t cut)
{
	for (size_t i = 0; i < sound->words_n; i++) {
		int64_t sample = (int64_t)sound->words[i].sample - cut;
		sound->words[i].sample = sample > 0 ? (uint64_t)sample : 0;
	}
}

static enum child_end
encode(struct sound *sound, const int16_t *pcm, size_t n, struct mp3_out *out)
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
	move_words(sound, cut);
	double gain;
	sound->loudness = level_set(&sound->terms->level, pcm->data, pcm->n, &gain);
	return encode(sound, pcm->data, pcm->n, out);
}
