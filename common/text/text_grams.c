#include "text_grams.h"

#include <stdbool.h>
#include <string.h>

#include "text_script.h"

/* Made when this is built: see common/text/mklanguages. */
#define WEIGHT(language, weight)
#define GRAM(key, n)
#define LANGUAGE(tag) tag,
const char *const gram_languages[] = {
#include "languages.inc"
};
#undef LANGUAGE
#undef GRAM
#define LANGUAGE(tag)
#define GRAM(key, n) key,
static const uint64_t keys[] = {
#include "languages.inc"
};
#undef GRAM
#define GRAM(key, n) n,
static const uint8_t counts[] = {
#include "languages.inc"
};
#undef GRAM
#undef WEIGHT
#define GRAM(key, n)
#define WEIGHT(language, weight) {language, weight},
static const struct {
	uint8_t language, weight;
} weights[] = {
#include "languages.inc"
};

#define GRAMS (sizeof keys / sizeof keys[0])
#define SLOTS 65536

const size_t gram_languages_n = sizeof gram_languages / sizeof gram_languages[0];
_Static_assert(sizeof gram_languages / sizeof gram_languages[0] <= GRAM_LANGUAGES_MAX, "too many");
_Static_assert(GRAMS < SLOTS * 3 / 4, "the table is too full");

static struct {
	uint32_t gram; /* one more than its index; 0: free */
	uint32_t first;
} slots[SLOTS];

static size_t
slot_of(uint64_t key)
{
	size_t at = (size_t)(key * 0x9e3779b97f4a7c15 >> 48);

	while (slots[at].gram != 0 && keys[slots[at].gram - 1] != key)
		at = (at + 1) % SLOTS;
	return at;
}

static void
fill_slots(void)
{
	static bool filled;
	uint32_t first = 0;

	if (filled)
		return;
	for (uint32_t i = 0; i < GRAMS; first += counts[i++]) {
		size_t at = slot_of(keys[i]);

		slots[at].gram = i + 1;
		slots[at].first = first;
	}
	filled = true;
}

size_t
gram_language(const char *tag)
{
	size_t len = tag_primary(tag), i = 0;

	while (i < gram_languages_n &&
	       (strncmp(gram_languages[i], tag, len) != 0 || gram_languages[i][len] != '\0'))
		i++;
	return i;
}

static void
add(uint64_t key, int64_t score[])
{
	size_t at = slot_of(key);

	if (slots[at].gram == 0)
		return;
	for (uint32_t i = 0; i < counts[slots[at].gram - 1]; i++)
		score[weights[slots[at].first + i].language] += weights[slots[at].first + i].weight;
}

void
grams_add(const uint32_t *word, size_t n, int64_t score[])
{
	uint64_t a, b = 0, c = ' ';

	fill_slots();
	/* The word has a space on both sides. */
	for (size_t i = 0; i <= n; i++) {
		a = b;
		b = c;
		c = i < n ? word[i] & 0xffff : ' ';
		if (i < n)
			add(c, score);
		add(b << 16 | c, score);
		if (a != 0)
			add(a << 32 | b << 16 | c, score);
	}
}
