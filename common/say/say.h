#ifndef TTS_SAY_H
#define TTS_SAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/mem.h"

/* Converts an author's text to the text that the engine gets ("said text"), and maps positions
 * of one to the other. The author's own text is never changed. */

#define SAY_TEXT_MAX 65535 /* maximum length in bytes of a said text and of an author's text */

/*
 * A run of the said text and the corresponding run of the author's text, in code points. Runs are
 * in order and cover both texts without gaps. Verbatim: both have the same length, and code point i
 * of one corresponds to code point i of the other.
 */
struct say_run {
	uint32_t said, said_len, author, author_len;
	bool verbatim;
};

struct said {
	char *text; /* UTF-8 for the engine, without control characters; NUL-terminated */
	size_t len;
	const struct say_run *runs;
	size_t runs_n;
	bool phonemes; /* it contains [[...]] from a lexicon entry, to be read as phonemes */
};

/* The dictionary entries that apply to a sentence: see lexicon.h. */
struct lexicon;

/*
 * Return the text that the engine gets for the LEN bytes at TEXT (valid UTF-8, at most SAY_TEXT_MAX
 * bytes) spoken in LANGUAGE (BCP 47), with the entries of LEXICON, which may be NULL. It contains
 * "[[" only where the lexicon put phonemes. The same arguments always give the same result, which
 * is in POOL.
 */
struct said say_text(struct pool *pool, const char *text, size_t len, const char *language,
    const struct lexicon *lexicon);

/*
 * The same for a text that has crashed the engine: of several signs in a row only the first is
 * left, and what is there four times or more in a row ("ha ha ha ha") is left once; if there is
 * nothing of the kind, doubled letters are made single. No digit is left out. Positions are those
 * of the author's text, as with say_text.
 */
struct said say_text_softened(struct pool *pool, const char *text, size_t len, const char *language,
    const struct lexicon *lexicon);

/*
 * The author's code points [*OFFSET, *OFFSET + *LENGTH) to which the said code points [AT, AT + N)
 * correspond; a run that is not verbatim counts as a whole. Positions beyond the said text count as
 * its end.
 */
void say_author(
    const struct said *said, uint32_t at, uint32_t n, uint32_t *offset, uint32_t *length);

#endif
