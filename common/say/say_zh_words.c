#include "say_zh_words.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../base/utf8.h"
#include "say_parts.h"

#define HAN_FIRST 0x4e00
#define HAN_LAST 0x9fff

/* From a traditional character to its simplified form. */
static const struct {
	uint16_t character, simple;
} forms[] = {
#define SIMPLE(character, simple) {character, simple},
#define READING(character, same, words)
#include "hanzi.inc"
#undef SIMPLE
#undef READING
};

/* In WORDS, separated by spaces, CHARACTER is read as SAME is; as usual if that is CHARACTER. */
static const struct reading {
	uint16_t character, same;
	const char *words;
} readings[] = {
#define SIMPLE(character, simple)
#define READING(character, same, words) {character, same, words},
#include "hanzi.inc"
#undef SIMPLE
#undef READING
};

/* A text in code points, simplified, and where in the text each is. */
struct characters {
	uint16_t *simple;
	uint32_t *place;
	size_t n;
};

static uint16_t
simplified(uint32_t c)
{
	size_t low = 0, high = SAY_COUNT(forms);

	if (c < HAN_FIRST || c > HAN_LAST)
		return 0;
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (forms[mid].character < c)
			low = mid + 1;
		else
			high = mid;
	}
	return low < SAY_COUNT(forms) && forms[low].character == c ? forms[low].simple
								   : (uint16_t)c;
}

/* The first entry of CHARACTER, or where it would be. */
static size_t
reading_find(uint16_t character)
{
	size_t low = 0, high = SAY_COUNT(readings);

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (readings[mid].character < character)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Whether the word of N characters at WORD is at place AT of the text. */
static bool
word_is(const struct characters *t, size_t at, const char *word, size_t n)
{
	size_t i = 0;

	if (at + n > t->n)
		return false;
	for (size_t k = 0; k < n; k++)
		if (utf8_next(word, 4 * n, &i) != t->simple[at + k])
			return false;
	return true;
}

/* The length in characters of the longest of WORDS that is in the text with CHARACTER at place AT;
 * 0 if there is none. */
static size_t
longest_word(const struct characters *t, size_t at, uint16_t character, const char *words)
{
	size_t best = 0;

	while (*words != '\0') {
		size_t bytes = strcspn(words, " "), n = utf8_count(words, bytes), i = 0;

		for (size_t k = 0; n > best && k < n; k++)
			if (utf8_next(words, bytes, &i) == character && k <= at &&
			    word_is(t, at - k, words, n))
				best = n;
		words += bytes + (words[bytes] == ' ');
	}
	return best;
}

/* The character that is to be read in place of that at place AT; 0: it stays. */
static uint16_t
read_as(const struct characters *t, size_t at)
{
	uint16_t character = t->simple[at], same = 0;
	size_t best = 0;

	for (size_t i = reading_find(character);
	     i < SAY_COUNT(readings) && readings[i].character == character; i++) {
		size_t n = longest_word(t, at, character, readings[i].words);
		bool usual = readings[i].same == character;

		if (n > best || (n > 0 && n == best && usual)) {
			best = n;
			same = usual ? 0 : readings[i].same;
		}
	}
	return same;
}

void
say_zh_words(struct pool *pool, char *text, size_t len)
{
	struct characters t = {pool_array(pool, len + 1, sizeof(*t.simple)),
	    pool_array(pool, len + 1, sizeof(*t.place)), 0};

	for (size_t i = 0, at = 0; i < len; at = i) {
		t.simple[t.n] = simplified(utf8_next(text, len, &i));
		t.place[t.n++] = (uint32_t)at;
	}
	for (size_t i = 0; i < t.n; i++) {
		uint16_t same = t.simple[i] != 0 ? read_as(&t, i) : 0;

		if (same != 0)
			utf8_encode(same, text + t.place[i]);
	}
}
