#ifndef TTS_TEXT_WORDS_H
#define TTS_TEXT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/mem.h"

/* The role of a code point in the words of a text. */
enum word_mark {
	WORD_IN = 1,	 /* it belongs to a word */
	WORD_BEGINS = 2, /* and begins it, although the code point before belongs to another word */
	WORD_MAY_CUT = 4, /* its script has no spaces: a word may begin here */
	WORD_SPACE = 8,	  /* white space */
};

/*
 * Mark the words of valid UTF-8: the result holds the marks of each of its *N code points. A word
 * is the text between spaces without the punctuation around it, and contains something speakable.
 * The result is in POOL.
 */
uint8_t *text_words(struct pool *pool, const char *text, size_t len, size_t *n);

#endif
