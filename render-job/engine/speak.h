#ifndef TTS_SPEAK_H
#define TTS_SPEAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../common/say/voice.h"

/*
 * The speech engine. It is not to be trusted with a text: it crashes, keeps state from one sentence
 * to the next and from one voice to the next. So a process loads it once, sets one voice at most
 * and speaks one sentence at most; whoever wants more forks first.
 */

/*
 * Load the engine and its data. Return the sample rate in Hz of everything it will say, or -1
 * (logged). The environment must not name another place of the data.
 */
int speak_open(void);

/* The engine's version, and the directory that holds its data; after speak_open. */
const char *speak_version(void);
const char *speak_data_dir(void);

/* Set the voice. False if its data are not there. */
bool speak_voice(const struct voice *voice);

/* Take N samples; false: that is enough, stop. */
typedef bool speak_sink(void *to, const int16_t *pcm, size_t n);

/*
 * Hear of a word: N code points from AT (from 0) of what is spoken begin with sample SAMPLE of all
 * that the sink is given, now or later. What the engine says of a number or of a sign that it has
 * to spell is several words of one place, and places may be wrong or go back there.
 */
typedef void speak_word(void *to, uint32_t at, uint32_t n, uint64_t sample);

/* Who listens: both functions are called with TO. */
struct speak_ear {
	speak_sink *sink;
	speak_word *word; /* NULL: it is only about the sound */
	void *to;
};

enum speak_end {
	SPEAK_DONE,
	SPEAK_STOPPED, /* the sink had enough */
	SPEAK_ERROR,   /* the engine refused */
};

/*
 * Speak TEXT, which has no control characters (see say_text), at PERCENT of the normal rate, the
 * pitch as it is, as plain text: no markup of any kind means anything. The samples depend on text,
 * voice, rate and library versions alone if this is the first sentence of the process.
 */
enum speak_end speak_say(const char *text, size_t len, int percent, const struct speak_ear *ear);

/*
 * From now on take [[...]] in a text for phonemes: only of a text in which the pronunciation
 * dictionary put them, for say_text lets no others through.
 */
void speak_phonemes(void);

/* LEN bytes of a text from OFFSET, and the voice that speaks them: an index in voices[]. */
struct speak_part {
	uint32_t offset, len;
	uint32_t voice;
};

/*
 * Speak N parts of cleaned TEXT one after the other, each with its voice, as one sentence. Needs no
 * file in a process that has called datafiles_load. What speak_say promises of the samples holds
 * with the voice that was set before this and the parts counted in.
 */
enum speak_end speak_parts(const char *text, const struct speak_part *parts, size_t n, int percent,
    const struct speak_ear *ear);

#endif
