#include "speak.h"

#include <stdlib.h>
#include <string.h>

#include <espeak-ng/speak_lib.h>

#include "../common/log.h"
#include "stretch.h"

/*
 * How much sound the engine hands over at a time. The samples depend on it (2,000 ms gives others
 * than 100 or 500), so it is no setting.
 */
#define CHUNK_MS 200

/*
 * The engine's own rates, in words a minute, within which its durations follow what it is asked for
 * to a few percent. It takes 80 to 450, but is up to 15 % off near the ends.
 */
#define WPM_NORMAL 175
#define WPM_MIN 90
#define WPM_MAX 300

/* One sentence on its way from the engine to the sink. */
static struct {
	speak_sink *sink;
	void *to;
	struct stretch *stretch; /* NULL when the engine's own rate is the right one */
	bool stopped;
} saying;

static int sample_rate;

static int
heard(short *pcm, int n, espeak_EVENT *events)
{
	if (pcm == NULL || n <= 0 || saying.stopped)
		return saying.stopped;
	bool more = saying.stretch != NULL
			? stretch_write(saying.stretch, pcm, (size_t)n, saying.sink, saying.to)
			: saying.sink(saying.to, pcm, (size_t)n);
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

int
speak_percent(int speed)
{
	return speed <= 4 ? speed * 100 : speed;
}

enum speak_end
speak_say(const char *text, size_t len, int percent, speak_sink *sink, void *to)
{
	int wpm = (WPM_NORMAL * percent + 50) / 100;
	int own = wpm < WPM_MIN ? WPM_MIN : wpm > WPM_MAX ? WPM_MAX : wpm;
	saying.sink = sink;
	saying.to = to;
	saying.stopped = false;
	saying.stretch = NULL;
	if (own != wpm) {
		double factor = WPM_NORMAL * percent / 100.0 / own;
		saying.stretch = stretch_new(sample_rate, factor);
		if (saying.stretch == NULL)
			return SPEAK_ERROR;
	}
	srand(1); /* the engine draws its noise from rand() */
	if (espeak_SetParameter(espeakRATE, own, 0) != EE_OK)
		return SPEAK_ERROR;
	/* Of the flags only the encoding: with others the engine runs markup that the text brings.
	 */
	espeak_ERROR e =
	    espeak_Synth(text, len + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, NULL, NULL);
	if (!saying.stopped && e == EE_OK && saying.stretch != NULL)
		saying.stopped = !stretch_end(saying.stretch, sink, to);
	if (saying.stopped)
		return SPEAK_STOPPED;
	return e == EE_OK ? SPEAK_DONE : SPEAK_ERROR;
}
