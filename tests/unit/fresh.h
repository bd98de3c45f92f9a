#ifndef TTS_TEST_FRESH_H
#define TTS_TEST_FRESH_H

/* Speaks a sentence in a fresh process without a sandbox: the reference for other results. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/say/say.h"
#include "../../common/say/voice.h"
#include "../../render-job/engine/sound.h"
#include "../../render-job/engine/speak.h"

#define FRESH_SAMPLES (60 * 22050)

struct fresh {
	int rate;
	enum speak_end end;
	size_t samples; /* samples from the engine */
	int16_t pcm[FRESH_SAMPLES];
	enum child_end sound_end;
	size_t sound_samples; /* samples after processing, as encoded */
	double loudness;
	struct mp3_out mp3;
	uint8_t mp3_data[60 * 48 * 125 + 65536];
};

struct fresh_way {
	struct fresh *fresh;
	struct sound sound;
};

static inline bool
fresh_sink(void *to, const int16_t *pcm, size_t n)
{
	struct fresh_way *way = to;
	struct fresh *fresh = way->fresh;

	if (fresh->samples + n > FRESH_SAMPLES)
		return false;
	memcpy(fresh->pcm + fresh->samples, pcm, n * sizeof pcm[0]);
	fresh->samples += n;
	return sound_add(&way->sound, pcm, n);
}

/* The text to speak, by VOICE or in PARTS. */
struct fresh_what {
	const char *voice, *text;
	int percent;
	const struct speak_part *parts;
	size_t parts_n;
};

/* Load the engine and prepare the sound pipeline, configured like the tests of the workers. */
static inline void
fresh_open(struct fresh_way *way, struct sound_terms *terms, const char *voice, int percent)
{
	const struct conf conf = {
	    .speech = {.loudness_lufs = -18, .lead_ms = 50, .trail_ms = 150, .max_seconds = 60},
	    .mp3 = {.bitrate_kbps = 48, .quality = 7}};
	const struct voice *found = voice_by_id(voice);

	way->fresh->rate = speak_open();
	if (found == NULL || !sound_prepare(terms, &conf, way->fresh->rate) || !speak_voice(found))
		_exit(1);
	sound_set_voice(terms, found);
	sound_begin(&way->sound, terms, (uint32_t)percent, FRESH_SAMPLES);
}

static inline void
fresh_say(struct fresh *fresh, const struct fresh_what *what)
{
	struct fresh_way way = {.fresh = fresh};
	struct sound_terms terms;
	struct pool *pool = pool_new();
	struct said said = say_text(pool, what->text, strlen(what->text), "und", NULL);

	fresh_open(&way, &terms, what->voice, what->percent);
	const struct speak_ear ear = {fresh_sink, NULL, &way};
	fresh->end = what->parts_n > 0
			 ? speak_parts(said.text, what->parts, what->parts_n, what->percent, &ear)
			 : speak_say(said.text, said.len, what->percent, &ear);
	if (fresh->end != SPEAK_DONE)
		return;
	fresh->sound_end = sound_finish(&way.sound, &fresh->mp3);
	fresh->sound_samples = way.sound.samples;
	fresh->loudness = way.sound.loudness;
}

/* Speak in a new process. Unmap the result with fresh_free. NULL if the process died. */
static inline struct fresh *
fresh_speak_parts(const struct fresh_what *what)
{
	struct fresh *fresh =
	    mmap(NULL, sizeof *fresh, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;

	assert_ptr_not_equal(fresh, MAP_FAILED);
	fresh->mp3 = (struct mp3_out){fresh->mp3_data, 0, sizeof fresh->mp3_data};
	pid_t pid = fork();
	if (pid == 0) {
		/* Disable cmocka's handlers, which would continue the tests in this process. */
		signal(SIGSEGV, SIG_DFL);
		signal(SIGABRT, SIG_DFL);
		signal(SIGFPE, SIG_DFL);
		signal(SIGILL, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		fresh_say(fresh, what);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status == 0)
		return fresh;
	munmap(fresh, sizeof *fresh);
	return NULL;
}

static inline struct fresh *
fresh_speak(const char *voice, const char *text, int percent)
{
	return fresh_speak_parts(
	    &(struct fresh_what){.voice = voice, .text = text, .percent = percent});
}

static inline void
fresh_free(struct fresh *fresh)
{
	munmap(fresh, sizeof *fresh);
}

#endif
