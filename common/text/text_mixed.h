#ifndef TTS_TEXT_MIXED_H
#define TTS_TEXT_MIXED_H

#include <stddef.h>

#include "../base/mem.h"

/* A part of a text, in bytes, and the language it is spoken in. */
struct text_run {
	size_t offset, len;
	const char *language; /* BCP 47; a static string, or the argument LANGUAGE */
};

struct text_runs {
	struct text_run *v;
	size_t n;
};

/*
 * Cut valid UTF-8 where a voice for LANGUAGE cannot read on: the speech engine switches to some
 * other scripts within a sentence, and of the others it only names the letters. Latin letters
 * within another script are taken for English. Runs are in order and cover the text without gaps;
 * none is empty, except the only run of an empty text. A text that needs no cutting is one run. The
 * same text is always cut in the same way. V is in POOL.
 */
struct text_runs text_mixed(struct pool *pool, const char *text, size_t len, const char *language);

#endif
