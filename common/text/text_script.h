#ifndef TTS_TEXT_SCRIPT_H
#define TTS_TEXT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Scripts and the languages that are written in them, for the files text_*.c. A language that is
 * named with no script writes Latin.
 */
struct script {
	const char *code;     /* ISO 15924 */
	const char *language; /* what it is read as when nothing else is known; "" for Latin */
	const char *others;   /* the other languages that are written in it, with spaces between */
	unsigned weight;      /* letters of an alphabet that one sign stands for */
};

#define SCRIPT_LATIN 0
#define SCRIPTS_MAX 32

extern const struct script scripts[];
extern const size_t scripts_n; /* at most SCRIPTS_MAX */

/* The script of a letter, an index in scripts[]; scripts_n if it is none of them. */
size_t script_of(uint32_t letter);

/* Whether LANGUAGE, a BCP 47 tag, is written in it; "fa-Latn" is written in both. */
bool script_writes(size_t script, const char *language);

/* Whether WORD is one of LIST, which has spaces between them. The first LEN bytes of WORD count. */
bool word_in(const char *list, const char *word, size_t len);

/* The length of the first subtag of a BCP 47 tag. */
size_t tag_primary(const char *tag);

#endif
