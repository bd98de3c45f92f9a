#ifndef TTS_LEXICON_H
#define TTS_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/mem.h"

/* A pronunciation dictionary: what its author wants to be said for what is written. */

enum lexicon_match {
	LEXICON_WORD,	  /* whole words, without case; in Korean particles may follow */
	LEXICON_EXACT,	  /* wherever it stands, as it stands */
	LEXICON_PHONEMES, /* words, said by the engine's phoneme mnemonics */
	LEXICON_MATCHES,
};

struct lexicon_entry {
	uint64_t id;
	uint64_t project; /* 0: all of the user's */
	enum lexicon_match match;
	const char *language; /* BCP 47; "" for all */
	const char *from, *to;
};

/* "word", "exact", "phonemes"; LEXICON_MATCHES for any other name. */
const char *lexicon_match_name(enum lexicon_match match);
enum lexicon_match lexicon_match_named(const char *name);

/* Tell whether S is phoneme mnemonics and nothing that could end or leave them. */
bool lexicon_mnemonics(const char *s);

/* What an entry matches is told by match, project, language, and FROM folded like this. */
const char *lexicon_key(struct pool *pool, const struct lexicon_entry *entry);

/*
 * Prepare the N entries at V of one user for the sentences of PROJECT; those of other projects are
 * left out. At each place the longest match counts, of equally long ones that of the project; what
 * was replaced is not looked at again. NULL, which matches nothing, if no entry is left. V must
 * live as long as the result, which lives in POOL.
 */
struct lexicon *lexicon_make(
    struct pool *pool, const struct lexicon_entry *v, size_t n, uint64_t project);

/* The entry that matches at TEXT[AT] in a sentence of LANGUAGE, and the *LENGTH of what it matches;
 * NULL if there is none. */
const struct lexicon_entry *lexicon_at(const struct lexicon *lexicon, const char *text, size_t len,
    size_t at, const char *language, size_t *length);

/* Tell whether a sentence is said otherwise because of the entry with this ID. */
bool lexicon_touches(
    const struct lexicon *lexicon, uint64_t id, const char *text, size_t len, const char *language);

/* Tell whether ENTRY matches anywhere, whatever other entries there are and in any language. */
bool lexicon_matches(const struct lexicon_entry *entry, const char *text, size_t len);

#endif
