#ifndef TTS_LEXICON_H
#define TTS_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/mem.h"

/* A pronunciation dictionary: how its author wants words and phrases to be spoken. */

enum lexicon_match {
	LEXICON_WORD,	  /* whole words, ignoring case; Korean particles may follow */
	LEXICON_EXACT,	  /* exactly these characters, anywhere */
	LEXICON_PHONEMES, /* whole words, spoken as the engine's phoneme mnemonics */
	LEXICON_MATCHES,
};

struct lexicon_entry {
	uint64_t id;
	uint64_t project; /* 0: all projects of the user */
	enum lexicon_match match;
	const char *language; /* BCP 47; "": all languages */
	const char *from, *to;
};

/* The names are "word", "exact" and "phonemes"; any other name gives LEXICON_MATCHES. */
const char *lexicon_match_name(enum lexicon_match match);
enum lexicon_match lexicon_match_named(const char *name);

/* Tell whether S consists of phoneme mnemonics only, and of nothing that could end them or
 * switch the language. */
bool lexicon_mnemonics(const char *s);

/* Return the normalized FROM. Two entries with the same match, project, language and key match
 * the same text. */
const char *lexicon_key(struct pool *pool, const struct lexicon_entry *entry);

/*
 * Prepare the N entries at V, all of one user, for the sentences of PROJECT; entries of other
 * projects are left out. At each position the longest match wins, and among matches of equal length
 * the project's own entry. Replaced text is not matched again. Returns NULL, which matches nothing,
 * if no entry is left. V must live as long as the result, which is in POOL.
 */
struct lexicon *lexicon_make(
    struct pool *pool, const struct lexicon_entry *v, size_t n, uint64_t project);

/* The entry that matches at TEXT[AT] in a sentence in LANGUAGE, and the *LENGTH of the match;
 * NULL if there is none. */
const struct lexicon_entry *lexicon_at(const struct lexicon *lexicon, const char *text, size_t len,
    size_t at, const char *language, size_t *length);

/* Tell whether the entry with this ID changes how a sentence is spoken. */
bool lexicon_touches(
    const struct lexicon *lexicon, uint64_t id, const char *text, size_t len, const char *language);

/* Tell whether ENTRY matches anywhere, regardless of other entries and of the language. */
bool lexicon_matches(const struct lexicon_entry *entry, const char *text, size_t len);

#endif
