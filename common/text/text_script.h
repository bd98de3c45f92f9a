#ifndef TTS_TEXT_SCRIPT_H
#define TTS_TEXT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Scripts and the languages written in them, for the files text_*.c. A language that is listed with
 * no script is written in Latin.
 */
struct script {
	const char *code;     /* ISO 15924 */
	const char *language; /* the language assumed if nothing else is known; "" for Latin */
	const char *others;   /* other languages written in it, separated by spaces */
	unsigned weight;      /* how many letters of an alphabet one character is worth */
};

#define SCRIPT_LATIN 0
#define SCRIPTS_MAX 32

extern const struct script scripts[];
extern const size_t scripts_n; /* at most SCRIPTS_MAX */

/* The script of a letter, as an index into scripts[]; scripts_n if it is not listed. */
size_t script_of(uint32_t letter);

/* Whether LANGUAGE, a BCP 47 tag, is written in SCRIPT; "fa-Latn" is written in both its
 * scripts. */
bool script_writes(size_t script, const char *language);

/* Whether the first LEN bytes of WORD are a word of LIST, whose words are separated by spaces. */
bool word_in(const char *list, const char *word, size_t len);

/* The length of the first subtag of a BCP 47 tag. */
size_t tag_primary(const char *tag);

#endif
