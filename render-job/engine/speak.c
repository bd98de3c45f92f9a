#include "speak.h"

#include <stdlib.h>
#include <string.h>

#include <espeak-ng/speak_lib.h>

#include "../../common/base/utf8.h"
#include "../../common/base/log.h"
#include "stretch.h"

/*
 * How much sound the engine hands over at a time. The samples depend on it (2,000 ms gives others
 * than 100 or 500), so it is no setting.
 */
#define CHUNK_MS 200

/*
 * Near its normal rate, in words a minute, the engine's durations follow what it is asked for to a
 * few percent. It takes 80 to 450, but at 300 some languages are a quarter longer than that and
 * others an eighth shorter: farther from it the normal rate is stretched.
 */
#define WPM_NORMAL 175
#define WPM_MIN 160
#define WPM_MAX 190

/* One sentence on its way from the engine to the sink. */
static struct {
	const struct speak_ear *ear;
	struct stretch *stretch; /* NULL when the engine's own rate is the right one */
	double factor;		 /* by which that makes it faster */
	int wpm;		 /* the engine's own rate */
	bool stopped;
	uint64_t heard, before; /* samples of the engine: so far, and before this part */
	uint32_t offset;	/* code points before this part */
} saying;

static int sample_rate;
static bool phonemes; /* [[...]] means them */

/* Pass on which words begin. */
static void
words(const espeak_EVENT *event)
{
	for (; event->type != espeakEVENT_LIST_TERMINATED; event++)
		if (event->type == espeakEVENT_WORD && event->text_position > 0 &&
		    event->length > 0 && event->sample >= 0) {
			uint64_t sample = saying.before + (uint64_t)event->sample;
			saying.ear->word(saying.ear->to,
			    saying.offset + (uint32_t)event->text_position - 1,
			    (uint32_t)event->length, (uint64_t)((double)sample / saying.factor));
		}
}

static int
heard(short *pcm, int n, espeak_EVENT *events)
{
	const struct speak_ear *ear = saying.ear;
	if (events != NULL && ear->word != NULL && !saying.stopped)
		words(events);
	if (pcm == NULL || n <= 0 || saying.stopped)
		return saying.stopped;
	saying.heard += (uint64_t)n;
	bool more = saying.stretch != NULL
			? stretch_write(saying.stretch, pcm, (size_t)n, ear->sink, ear->to)
			: ear->sink(ear->to, pcm, (size_t)n);
	saying.stopped = !more;
	return saying.stopped;
}

int
speak_open(void)
{
	sample_rate =
	    espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, CHUNK_MS, NULL, espeakINITIALIZE_DONT_EXIT);
	if (sample_rate <= 0) {
		log_error(
		    "cannot load the speech engine: its data are missing or of another version");
		return -1;
	}
	espeak_SetSynthCallback(heard);
	return sample_rate;
}

const char *
speak_version(void)
{
	return espeak_Info(NULL);
}

const char *
speak_data_dir(void)
{
	const char *dir = NULL;
	espeak_Info(&dir);
	return dir;
}

bool
speak_voice(const struct voice *voice)
{
	return espeak_SetVoiceByName(voice->engine) == EE_OK;
}

void
speak_phonemes(void)
{
	phonemes = true;
}

/* Prepare for PERCENT of the normal rate. False when there is no memory. */
static bool
begin(int percent, const struct speak_ear *ear)
{
	int wpm = (WPM_NORMAL * percent + 50) / 100;
	int own = wpm < WPM_MIN || wpm > WPM_MAX ? WPM_NORMAL : wpm;
	memset(&saying, 0, sizeof(saying));
	saying.ear = ear;
	saying.wpm = own;
	saying.factor = 1;
	srand(1); /* the engine draws its noise from rand() */
	if (own == wpm)
		return true;
	saying.factor = WPM_NORMAL * percent / 100.0 / own;
	saying.stretch = stretch_new(sample_rate, saying.factor);
	return saying.stretch != NULL;
}

/* Have the LEN bytes at TEXT said, which a NUL follows, with the voice that is set. */
static bool
synth(const char *text, size_t len)
{
	saying.before = saying.heard;
	/* A new voice brings a rate of its own. */
	if (espeak_SetParameter(espeakRATE, saying.wpm, 0) != EE_OK)
		return false;
	/* Of the other flags one lets the engine run markup that the text brings. */
	return espeak_Synth(text, len + 1, 0, POS_CHARACTER, 0,
		   espeakCHARS_UTF8 | (phonemes ? espeakPHONEMES : 0), NULL, NULL) == EE_OK;
}

static enum speak_end
finish(bool said)
{
	if (!saying.stopped && said && saying.stretch != NULL)
		saying.stopped = !stretch_end(saying.stretch, saying.ear->sink, saying.ear->to);
	if (saying.stopped)
		return SPEAK_STOPPED;
	return said ? SPEAK_DONE : SPEAK_ERROR;
}

enum speak_end
speak_say(const char *text, size_t len, int percent, const struct speak_ear *ear)
{
	return finish(begin(percent, ear) && synth(text, len));
}

/* Say one part; its sentence goes on when MORE. */
static bool
say_part(const char *text, const struct speak_part *part, bool more)
{
	char *copy = malloc(part->len + 2);
	size_t len = part->len;

	if (copy == NULL)
		return false;
	memcpy(copy, text + part->offset, len);
	/* So that the voice does not fall as at the end of a sentence. The end makes no pause. */
	if (more)
		copy[len++] = ',';
	copy[len] = '\0';
	saying.offset = (uint32_t)utf8_count(text, part->offset);
	bool said = synth(copy, len);
	free(copy);
	return said;
}

enum speak_end
speak_parts(const char *text, const struct speak_part *parts, size_t n, int percent,
    const struct speak_ear *ear)
{
	bool said = begin(percent, ear);
	for (size_t i = 0; i < n && said && !saying.stopped; i++) {
		/* A voice whose data are gone leaves the text to the one that spoke last. */
		const char *last = voices[parts[i > 0 ? i - 1 : 0].voice].engine;
		if (!speak_voice(&voices[parts[i].voice]))
			said = espeak_SetVoiceByName(last) == EE_OK;
		said = said && say_part(text, &parts[i], i + 1 < n);
	}
	return finish(said);
}
