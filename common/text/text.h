#ifndef TTS_TEXT_H
#define TTS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/mem.h"

/*
 * Move *S and *LEN past leading and trailing white space (Unicode White_Space, and U+FEFF). What
 * remains points into the same memory.
 */
void text_trim(const char **s, size_t *len);

/* Tell whether the text contains a letter, a digit or another character that a voice can say. */
bool text_speakable(const char *s, size_t len);

/* Tell whether at least half of the letters are of scripts that a voice can read. It spells those
 * of others, Khmer for instance: a name for each letter. */
bool text_readable(const char *s, size_t len);

/* A part of a text: DATA points into the text and is not NUL-terminated. */
struct slice {
	const char *data;
	size_t len;
};

struct sentences {
	struct slice *v;
	size_t n;
};

/*
 * Split valid UTF-8 into sentences, each 1 to MAX_CHARS code points long and trimmed. Every
 * character of the text that is not white space is in exactly one sentence, in order. A sentence
 * longer than MAX_CHARS is cut after a clause, otherwise at a space, and never inside a grapheme
 * (UAX #29) unless a single grapheme is longer. A part without anything to speak is joined to its
 * neighbour if there is room. LANGUAGE is a BCP 47 tag, or "" to detect it by script. The same
 * input always gives the same result. The slices point into TEXT and live as long as it does; the
 * array is in POOL.
 */
struct sentences text_split(
    struct pool *pool, const char *text, size_t len, const char *language, size_t max_chars);

/*
 * Detect the language of a whole text: by its script ("ko", "ja", "cmn", "th" …) and, where several
 * languages share one, by its letters and words ("de", "vi", "uk", "fa", "mr" …). Returns FALLBACK
 * (which may be "") if there is no evidence. The same text always gives the same result, which is
 * FALLBACK itself or a static string. There may be no voice for it.
 */
const char *text_language(const char *s, size_t len, const char *fallback);

/*
 * The same for a sentence of a text in the language CONTEXT. The result is CONTEXT unless there is
 * strong evidence for another language.
 */
const char *text_language_in(const char *s, size_t len, const char *context);

#endif
