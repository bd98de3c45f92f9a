#ifndef TTS_TEXT_MIXED_H
#define TTS_TEXT_MIXED_H

#include <stddef.h>

#include "../base/mem.h"

/* A stretch of a text, in bytes, and the language it is to be spoken in. */
struct text_run {
	size_t offset, len;
	const char *language; /* BCP 47; it outlives the process, or was given */
};

struct text_runs {
	struct text_run *v;
	size_t n;
};

/*
 * Cut valid UTF-8 where a voice for LANGUAGE could not go on by itself: the speech engine passes
 * into some other scripts within a sentence, and of the rest it says the names of the letters. What
 * stands in Latin letters in the midst of another script is taken for English. Runs are in order,
 * cover the text without a gap and are never empty but for an empty text's; a text that needs no
 * cutting is one run. The same text is always cut the same. V lives in POOL.
 */
struct text_runs text_mixed(struct pool *pool, const char *text, size_t len, const char *language);

#endif
