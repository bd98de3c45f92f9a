#include "ending.h"

#include "mp3.h"

void
ending_read(const struct conf *conf, const struct slot *slot, size_t slot_size, struct ending *e)
{
	e->phase = slot->phase < PHASES ? slot->phase : PHASE_PREPARING;
	e->child = slot->end < CHILD_ENDS ? slot->end : CHILD_NONE;
	if (e->ended != ENDED_SPOKEN)
		return;
	e->samples = slot->samples;
	e->mp3 = slot->mp3;
	e->mp3_len = slot->mp3_len;
	e->loudness = slot->loudness;
	e->words = slot->words;
	e->words_n = slot->words_n < SLOT_WORDS_MAX ? slot->words_n : SLOT_WORDS_MAX;
	uint64_t samples_max = (uint64_t)conf->speech.max_seconds * (uint64_t)e->sample_rate;
	int mp3_rate = conf->mp3.sample_rate_hz;
	if (mp3_rate == 0)
		mp3_rate = e->sample_rate;
	if (e->child == CHILD_NONE)
		e->ended = ENDED_CRASHED;
	else if (e->child != CHILD_SPOKEN)
		e->ended = ENDED_REFUSED;
	else if (e->samples > samples_max || e->mp3_len > slot_size - sizeof *slot ||
		 !mp3_whole(e->mp3, e->mp3_len, mp3_rate, conf->mp3.bitrate_kbps))
		e->ended = ENDED_CRASHED;
}
