#ifndef TTS_SAY_H
#define TTS_SAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/mem.h"

/* What the engine is given for an author's text, and which part of the one stands for which of the
 * other. The author's own text is never changed. */

#define SAY_TEXT_MAX 65535 /* bytes of a said text, at most; of an author's as well */

/*
 * A run of the said text and the run of the author's text it stands for, in code points. Runs are
 * in order and cover both texts without a gap. Verbatim: the two are equally long, and code point i
 * of the one stands for code point i of the other.
 */
struct say_run {
	uint32_t said, said_len, author, author_len;
	bool verbatim;
};

struct said {
	char *text; /* UTF-8 as the engine gets it, without control characters; NUL-terminated */
	size_t len;
	const struct say_run *runs;
	size_t runs_n;
	bool phonemes; /* it has [[...]] from a lexicon entry, which the engine is to read so */
};

/* The entries of a pronunciation dictionary that hold for a sentence: lexicon.h. */
struct lexicon;

/*
 * What the engine is given for the LEN bytes at TEXT (valid UTF-8, SAY_TEXT_MAX bytes at most)
 * spoken in LANGUAGE (BCP 47), with the entries of LEXICON, which may be NULL. It never holds "[["
 * but where the lexicon put phonemes. The same arguments always give the same result, which lives
 * in POOL.
 */
struct said say_text(struct pool *pool, const char *text, size_t len, const char *language,
    const struct lexicon *lexicon);

/*
 * The author's code points [*OFFSET, *OFFSET + *LENGTH) that the said code points [AT, AT + N)
 * stand for: all of a run that is touched, if it is not verbatim. What lies behind the said text
 * counts as its end.
 */
void say_author(
    const struct said *said, uint32_t at, uint32_t n, uint32_t *offset, uint32_t *length);

#endif
