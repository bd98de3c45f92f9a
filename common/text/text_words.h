#ifndef TTS_TEXT_WORDS_H
#define TTS_TEXT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/mem.h"

/* What a code point is to the words of a text. */
enum word_mark {
	WORD_IN = 1,	 /* it belongs to a word */
	WORD_BEGINS = 2, /* and begins one, though the one before it belongs to another */
	WORD_MAY_CUT =
	    4,		/* and is of a script without spaces: it may begin one, if anybody knows */
	WORD_SPACE = 8, /* white space */
};

/*
 * Mark the words of valid UTF-8: each of its *N code points gets its marks. A word is what stands
 * between spaces, without the punctuation around it; it has something to say in it. Lives in POOL.
 */
uint8_t *text_words(struct pool *pool, const char *text, size_t len, size_t *n);

#endif
