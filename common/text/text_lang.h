#ifndef TTS_TEXT_LANG_H
#define TTS_TEXT_LANG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/mem.h"

/*
 * What a language's writing adds to the rules for the ends of sentences: lists of words, in lower
 * case, one space between them, abbreviations without their last full stop. An abbreviation that is
 * written with spaces ("z. B.") stands here without them ("z.b").
 */
enum word {
	W_TITLE,     /* comes before a name, never last: "Dr" */
	W_NUMBERED,  /* an abbreviation only before a number: "No" */
	W_MID,	     /* never last: "e.g" */
	W_END,	     /* can be last; it is when a word of W_STARTER follows: "Inc" */
	W_SOFT,	     /* can be last; it is when a capital letter follows: "etc" */
	W_TIME,	     /* as W_SOFT, but not in the opening words of a sentence: "a.m" */
	W_YEAR,	     /* as W_TIME after a number, otherwise as W_TITLE: Russian "г" */
	W_STARTER,   /* with a capital letter it nearly always begins a sentence: "The" */
	W_FOLLOWER,  /* comes after a time: "Monday", "EST" */
	W_NOT_SAID,  /* has a sign of W_SAID and does not tell: Chinese "知道" */
	W_SAID,	     /* tells who spoke: "“Stop!” John said." */
	W_BANG,	     /* a name with an exclamation mark: "Yahoo" */
	W_TAIL,	     /* after a closing quote it goes on with the sentence: Korean "고" */
	W_TAIL_BARE, /* the same where no quote was closed: "간다.라고 적혀" */
	W_TAIL_DET,  /* of W_TAIL; begins a sentence as well, if what is quoted has ended: "이" */
	W_TAIL_VERB, /* the same, and any word that begins with it: "라고" */
	W_FINAL,     /* a word, or syllable, that ends a sentence where an ellipsis follows */
	W_CLOSING,  /* ends a sentence that has no mark when a space follows: Thai "ครับ" */
	W_SUFFIX,   /* of a host or file name: "com" */
	W_COMPOUND, /* W_NUMBERED at the end of a longer word: "Goethestr" */
	W_HANGING,  /* never the last of a sentence, so that a line it ends goes on: "the" */
	W_KINDS
};

struct profile {
	const char *language; /* primary subtag */
	const char *script;   /* ISO 15924; "" is any */
	bool ordinal;	      /* a number with a full stop is an ordinal: "3. Oktober" */
	const char *words[W_KINDS];
	const char *clauses; /* marks that end a sentence too, between long clauses; NULL: none */
	const char *markers; /* frequent words that tell the language from others in its script */
};

extern const struct profile text_latin[];
extern const size_t text_latin_n;
extern const struct profile text_other[];
extern const size_t text_other_n;

/* The words of one text's languages, one for each script. */
struct lexicon;

/*
 * Collect the words for a text: those of LANGUAGE, a BCP 47 tag, and of the likeliest language for
 * every other script. "" finds the language of Latin script by frequent words.
 */
struct lexicon *lexicon_new(struct pool *pool, const char *language, const char *text, size_t len);

/* A set of 1U << enum word for a word in lower case, 0 if it is unknown. */
uint32_t lexicon_find(const struct lexicon *lexicon, const char *word, size_t len);

/* Whether the mark C behind the letter BEFORE ends a clause that stands alone: Arabic "،". */
bool lexicon_clause(const struct lexicon *lexicon, uint32_t c, uint32_t before);

/* Whether the Latin-script language writes ordinals with a full stop. */
bool lexicon_ordinal(const struct lexicon *lexicon);

#endif
