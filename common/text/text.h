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

/* Tell whether there is a letter, digit or other sign that a voice could say. */
bool text_speakable(const char *s, size_t len);

/* A piece of a text: DATA points into the text and is not terminated. */
struct slice {
	const char *data;
	size_t len;
};

struct sentences {
	struct slice *v;
	size_t n;
};

/*
 * Cut valid UTF-8 into sentences, each 1 to MAX_CHARS code points and trimmed. Every character of
 * the text that is not white space is in exactly one sentence, in order. A sentence longer than
 * MAX_CHARS is cut at a clause, then at a space, never inside a grapheme (UAX #29) unless one
 * grapheme alone is longer. A piece with nothing to speak joins its neighbour, if there is room.
 * LANGUAGE is a BCP 47 tag or "" (found by script). The same input always gives the same result.
 * The slices point into TEXT and live as long as it does; the array lives in POOL.
 */
struct sentences text_split(
    struct pool *pool, const char *text, size_t len, const char *language, size_t max_chars);

/*
 * Find the language of a whole text: by its script ("ko", "ja", "cmn", "th" …) and, where several
 * languages share one, by its letters and words ("de", "vi", "uk", "fa", "mr" …). FALLBACK where
 * nothing tells, "" if there is none. The same text always gives the same; it is FALLBACK itself or
 * static. There need not be a voice for it.
 */
const char *text_language(const char *s, size_t len, const char *fallback);

/*
 * The same for a sentence that stands in a text in the language CONTEXT, which it is then taken for
 * unless much speaks for another.
 */
const char *text_language_in(const char *s, size_t len, const char *context);

#endif
