#ifndef TTS_TEXT_GRAMS_H
#define TTS_TEXT_GRAMS_H

#include <stddef.h>
#include <stdint.h>

/* What letters and words say about the language of a text, for text_language.c. */

#define GRAM_LANGUAGES_MAX 64

/* The languages there is something to say about; by their tags. */
extern const char *const gram_languages[];
extern const size_t gram_languages_n; /* at most GRAM_LANGUAGES_MAX */

/* Where a language, a BCP 47 tag, stands in gram_languages; gram_languages_n if nowhere. */
size_t gram_language(const char *tag);

/*
 * For a word of N letters in lower case (its marks and apostrophes included), add to SCORE of each
 * language what the sequences of its letters say for it: 30 * ln(p / p0) for one that comes up in
 * that language with probability p, where p0 is that of what hardly ever does.
 */
void grams_add(const uint32_t *word, size_t n, int64_t score[]);

/* The same for the word as a whole, if it is one of the commonest of a language: BONUS. */
void words_add(const uint32_t *word, size_t n, int64_t bonus, int64_t score[]);

#endif
