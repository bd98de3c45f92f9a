#ifndef TTS_SPEAK_H
#define TTS_SPEAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../common/say/voice.h"

/*
 * The speech engine. It must not be trusted: it crashes on some texts, and keeps state from one
 * sentence to the next and from one voice to the next. So a process loads it once, sets at most one
 * voice and speaks at most one sentence; for more, fork first.
 */

/*
 * Load the engine and its data. Return the sample rate of everything it will speak, in Hz, or -1,
 * logged. The environment must not name another location of the data.
 */
int speak_open(void);

/* The engine's version, and the directory that holds its data; after speak_open. */
const char *speak_version(void);
const char *speak_data_dir(void);

/* Set the voice. False if its data are missing. */
bool speak_voice(const struct voice *voice);

/* Receives N samples. Returns false to stop. */
typedef bool speak_sink(void *to, const int16_t *pcm, size_t n);

/*
 * Receives a word: N code points from AT (counted from 0) of the text begin with sample SAMPLE of
 * everything the sink gets, now or later. A number, or a character that the engine spells out, is
 * reported as several words at one position; positions can be wrong or go backwards there.
 */
typedef void speak_word(void *to, uint32_t at, uint32_t n, uint64_t sample);

/* The receiver of sound and words; both functions are called with TO. */
struct speak_ear {
	speak_sink *sink;
	speak_word *word; /* NULL: words are not needed */
	void *to;
};

enum speak_end {
	SPEAK_DONE,
	SPEAK_STOPPED, /* the sink asked to stop */
	SPEAK_ERROR,   /* the engine refused */
};

/*
 * Speak TEXT, which contains no control characters (see say_text), at PERCENT of normal speed with
 * unchanged pitch, as plain text: no markup of any kind is interpreted. The samples depend only on
 * text, voice, speed and library versions if this is the first sentence of the process.
 */
enum speak_end speak_say(const char *text, size_t len, int percent, const struct speak_ear *ear);

/*
 * From now on interpret [[...]] in a text as phonemes. Only for a text in which the pronunciation
 * dictionary put them; say_text lets no others through.
 */
void speak_phonemes(void);

/* LEN bytes of a text from OFFSET, and the voice that speaks them, as an index into voices[]. */
struct speak_part {
	uint32_t offset, len;
	uint32_t voice;
};

/*
 * Speak N parts of the cleaned TEXT one after another, each with its voice, as one sentence. No
 * file is opened in a process that has called datafiles_load. The samples depend only on what
 * speak_say names, on the voice that was set before, and on the parts.
 */
enum speak_end speak_parts(const char *text, const struct speak_part *parts, size_t n, int percent,
    const struct speak_ear *ear);

#endif
