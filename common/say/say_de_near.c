#include "say_lang.h"

#include <string.h>

#include "../text/text_uni.h"

#define WORD_MAX 48

/* Endings of nouns that are feminine, and nouns that are in spite or because of none of them. */
static const char *const feminine[] = {"ung", "heit", "keit", "schaft", "ion", "tät", "ik", "ie",
    "uhr", "nacht", "hand", "bank", "wahl", "bahn", "mannschaft", "liga", "halbzeit", "saison",
    "oper", "fahrt", "schicht", "etage", "klasse", "runde", "auflage", "minute", "woche", "stunde",
    "folge", "ausgabe", "reihe", "sinfonie", "stufe", "stelle", "etappe", "seite", "frage",
    "strophe", "szene", "zeile", "spalte", "hälfte", "phase", "gruppe", "welle", "frau", "tochter",
    "armee", "republik", "infanterie", "kammer"};
static const char *const not_feminine[] = {
    "sprung", "schwung", "dung", "spion", "champion", "stadion", "bataillon", "urlaub", "vorhang"};

static bool
ends_with(const char *s, size_t len, const char *end)
{
	size_t n = strlen(end);

	if (len < n)
		return false;
	/* At the beginning of a word the first letter is a capital. */
	return memcmp(s + len - n + (n == len), end + (n == len), n - (n == len)) == 0;
}

static bool
ends_with_any(const char *s, size_t len, const char *const *ends, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ends_with(s, len, ends[i]))
			return true;
	return false;
}

/* A noun that is surely feminine: "der 3. Klasse" is said as "der dritten Klasse". */
static bool
before_feminine(const struct say_text *t, size_t at)
{
	size_t word = say_next_word(t, at), len = 0, next = word;

	while (next < t->len && next - word < WORD_MAX && say_latin(utf8_next(t->s, t->len, &next)))
		len = next - word;
	return len > 0 && ends_with_any(t->s + word, len, feminine, SAY_COUNT(feminine)) &&
	       !ends_with_any(t->s + word, len, not_feminine, SAY_COUNT(not_feminine));
}

const struct say_near say_de_nears[] = {{"feminine", before_feminine}};
const size_t say_de_nears_n = SAY_COUNT(say_de_nears);
