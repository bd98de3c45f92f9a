#ifndef TTS_TEXT_GRAMS_H
#define TTS_TEXT_GRAMS_H

#include <stddef.h>
#include <stdint.h>

/* Evidence for the language of a text from its letters and words, for text_language.c. */

#define GRAM_LANGUAGES_MAX 64

/* The tags of the languages that can be detected. */
extern const char *const gram_languages[];
extern const size_t gram_languages_n; /* at most GRAM_LANGUAGES_MAX */

/* Index of a language, given as a BCP 47 tag, in gram_languages; gram_languages_n if it is not
 * there. */
size_t gram_language(const char *tag);

/*
 * For a word of N letters in lower case (including its marks and apostrophes), add to the SCORE of
 * each language the weight of its letter sequences: 30 * ln(p / p0) for a sequence that occurs in
 * that language with probability p, where p0 is the probability of one that practically never
 * occurs.
 */
void grams_add(const uint32_t *word, size_t n, int64_t score[]);

/* Add BONUS to the SCORE of each language that has the whole word among its most common words. */
void words_add(const uint32_t *word, size_t n, int64_t bonus, int64_t score[]);

#endif
