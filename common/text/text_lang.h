#ifndef TTS_TEXT_LANG_H
#define TTS_TEXT_LANG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/mem.h"

/*
 * The lists of words that a language adds to the rules for the ends of sentences, in lower case and
 * separated by one space. Abbreviations are listed without their last full stop, and those written
 * with spaces ("z. B.") without the spaces ("z.b").
 */
enum word {
	W_TITLE,     /* precedes a name, never ends a sentence: "Dr" */
	W_NUMBERED,  /* an abbreviation only if a number follows: "No" */
	W_MID,	     /* never ends a sentence: "e.g" */
	W_END,	     /* ends a sentence if a word of W_STARTER follows: "Inc" */
	W_SOFT,	     /* ends a sentence if a capital letter follows: "etc" */
	W_TIME,	     /* as W_SOFT, but not among the first words of a sentence: "a.m" */
	W_YEAR,	     /* after a number as W_TIME, otherwise as W_TITLE: Russian "г" */
	W_STARTER,   /* capitalized, it nearly always begins a sentence: "The" */
	W_FOLLOWER,  /* follows a time: "Monday", "EST" */
	W_NOT_SAID,  /* contains a character of W_SAID but is no such verb: Chinese "知道" */
	W_SAID,	     /* a verb of speech: "“Stop!” John said." */
	W_BANG,	     /* a name with an exclamation mark: "Yahoo" */
	W_TAIL,	     /* continues the sentence after a closing quote: Korean "고" */
	W_TAIL_BARE, /* the same without a closing quote: "간다.라고 적혀" */
	W_TAIL_DET,  /* of W_TAIL, but begins a sentence if the quoted one has ended: "이" */
	W_TAIL_VERB, /* as W_TAIL, also as a prefix of a word: "라고" */
	W_FINAL,     /* a word or syllable that ends a sentence before an ellipsis */
	W_CLOSING,   /* ends a sentence without a mark if a space follows: Thai "ครับ" */
	W_SUFFIX,    /* suffix of a host or file name: "com" */
	W_COMPOUND,  /* acts as W_NUMBERED at the end of a longer word: "Goethestr" */
	W_HANGING,   /* never ends a sentence, so a line that ends with it continues: "the" */
	W_KINDS
};

struct profile {
	const char *language; /* primary subtag */
	const char *script;   /* ISO 15924; "": any */
	bool ordinal;	      /* a number with a full stop is an ordinal: "3. Oktober" */
	const char *words[W_KINDS];
	const char *clauses; /* marks that also end a sentence, between long clauses; NULL: none */
	const char *markers; /* frequent words that identify the language within its script */
};

extern const struct profile text_latin[];
extern const size_t text_latin_n;
extern const struct profile text_other[];
extern const size_t text_other_n;

/* The words of a text's languages, one language for each script. */
struct wordlist;

/*
 * Collect the words for a text: those of LANGUAGE, a BCP 47 tag, and of the most likely language
 * for every other script. If LANGUAGE is "", the language of Latin script is detected by its
 * frequent words.
 */
struct wordlist *wordlist_new(
    struct pool *pool, const char *language, const char *text, size_t len);

/* The set of 1U << enum word for a word in lower case, 0 if it is unknown. */
uint32_t wordlist_find(const struct wordlist *wordlist, const char *word, size_t len);

/* Whether the mark C after the letter BEFORE ends a clause that can be a sentence: Arabic "،". */
bool wordlist_clause(const struct wordlist *wordlist, uint32_t c, uint32_t before);

/* Whether the language of Latin script writes ordinals with a full stop. */
bool wordlist_ordinal(const struct wordlist *wordlist);

#endif
