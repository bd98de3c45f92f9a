#include "speak.h"

#include <stdlib.h>
#include <string.h>

#include <espeak-ng/speak_lib.h>

#include "../../common/base/utf8.h"
#include "../../common/base/log.h"
#include "stretch.h"

/*
 * How much sound the engine delivers at a time. The samples depend on it (2,000 ms gives other
 * samples than 100 or 500), so it is not configurable.
 */
#define CHUNK_MS 200

/*
 * Near its normal rate, in words per minute, the engine's actual speed is within a few percent of
 * the requested one. It accepts 80 to 450, but at 300 some languages take a quarter longer and
 * others an eighth less time. So for speeds further away, the sound at the normal rate is
 * stretched.
 */
#define WPM_NORMAL 175
#define WPM_MIN 160
#define WPM_MAX 190

/* State while a sentence is spoken. */
static struct {
	const struct speak_ear *ear;
	struct stretch *stretch; /* NULL if the engine's own rate is used */
	double factor;		 /* speed-up by stretching */
	int wpm;		 /* the rate requested from the engine */
	bool stopped;
	uint64_t samples, before; /* samples from the engine: so far, and before this part */
	uint32_t offset;	  /* code points before this part */
} saying;

static int sample_rate;
static bool phonemes; /* [[...]] are phonemes */

/* Report the words that begin. */
static void
report_words(const espeak_EVENT *event)
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
on_samples(short *pcm, int n, espeak_EVENT *events)
{
	const struct speak_ear *ear = saying.ear;
	if (events != NULL && ear->word != NULL && !saying.stopped)
		report_words(events);
	if (pcm == NULL || n <= 0 || saying.stopped)
		return saying.stopped;
	saying.samples += (uint64_t)n;
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
	espeak_SetSynthCallback(on_samples);
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

/* Prepare to speak at PERCENT of normal speed. False if memory runs out. */
static bool
saying_begin(int percent, const struct speak_ear *ear)
{
	int wpm = (WPM_NORMAL * percent + 50) / 100;
	int own = wpm < WPM_MIN || wpm > WPM_MAX ? WPM_NORMAL : wpm;
	memset(&saying, 0, sizeof saying);
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

/* Speak the LEN bytes at TEXT, which are NUL-terminated, with the current voice. */
static bool
synthesize(const char *text, size_t len)
{
	saying.before = saying.samples;
	/* Setting a voice resets the rate. */
	if (espeak_SetParameter(espeakRATE, saying.wpm, 0) != EE_OK)
		return false;
	/* Another flag would let the engine interpret markup in the text. */
	return espeak_Synth(text, len + 1, 0, POS_CHARACTER, 0,
		   espeakCHARS_UTF8 | (phonemes ? espeakPHONEMES : 0), NULL, NULL) == EE_OK;
}

static enum speak_end
saying_end(bool said)
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
	return saying_end(saying_begin(percent, ear) && synthesize(text, len));
}

/* Speak one part. MORE: the sentence continues after it. */
static bool
say_part(const char *text, const struct speak_part *part, bool more)
{
	char *copy = malloc(part->len + 2);
	size_t len = part->len;

	if (copy == NULL)
		return false;
	memcpy(copy, text + part->offset, len);
	/* A comma keeps the voice from falling as at the end of a sentence; at the end of a text
	 * it makes no pause. */
	if (more)
		copy[len++] = ',';
	copy[len] = '\0';
	saying.offset = (uint32_t)utf8_count(text, part->offset);
	bool said = synthesize(copy, len);
	free(copy);
	return said;
}

enum speak_end
speak_parts(const char *text, const struct speak_part *parts, size_t n, int percent,
    const struct speak_ear *ear)
{
	bool said = saying_begin(percent, ear);
	for (size_t i = 0; i < n && said && !saying.stopped; i++) {
		/* If the data of a voice are missing, the previous voice speaks the part. */
		const char *last = voices[parts[i > 0 ? i - 1 : 0].voice].engine;
		if (!speak_voice(&voices[parts[i].voice]))
			said = espeak_SetVoiceByName(last) == EE_OK;
		said = said && say_part(text, &parts[i], i + 1 < n);
	}
	return saying_end(said);
}
