#include "text_lang.h"
#include "text_uni.h"

#include <string.h>
#include <strings.h>

#define SLOTS 4096	   /* of words; more than twice as many as any text's languages have */
#define SAMPLE (16 * 1024) /* bytes that tell the language of a text */
#define WORD_SIZE 32

struct slot {
	const char *word;
	uint32_t len;
	uint32_t value;
};

struct lexicon {
	const char *clauses, *clauses_script;
	bool ordinal;
	struct slot slot[SLOTS];
};

static struct slot *
slot_of(const struct slot *v, const char *word, size_t len)
{
	uint32_t h = 2166136261U; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)word[i]) * 16777619U;
	while (v[h % SLOTS].word &&
	       (v[h % SLOTS].len != len || memcmp(v[h % SLOTS].word, word, len) != 0))
		h++;
	return (struct slot *)(uintptr_t)&v[h % SLOTS];
}

/* Add BITS to the value of each word of a list. */
static void
add_list(struct slot *v, const char *list, uint32_t bits)
{
	while (list && *list) {
		size_t len = strcspn(list, " ");
		struct slot *slot = slot_of(v, list, len);

		slot->word = list;
		slot->len = (uint32_t)len;
		slot->value |= bits;
		list += len + (list[len] == ' ');
	}
}

static void
add_profile(struct lexicon *lexicon, const struct profile *profile)
{
	for (int kind = 0; kind < W_KINDS; kind++)
		add_list(lexicon->slot, profile->words[kind], 1U << kind);
	if (profile->ordinal)
		lexicon->ordinal = true;
	if (profile->clauses) {
		lexicon->clauses = profile->clauses;
		lexicon->clauses_script = profile->script;
	}
}

/* The primary subtag of a BCP 47 tag is LANGUAGE; "cmn" and "yue" are kinds of "zh". */
static bool
speaks(const char *tag, const char *language)
{
	size_t len = strcspn(tag, "-_");

	if ((len == 3 && strncasecmp(tag, "cmn", 3) == 0) ||
	    (len == 3 && strncasecmp(tag, "yue", 3) == 0))
		return strcmp(language, "zh") == 0;
	if ((len == 2 && strncasecmp(tag, "nb", 2) == 0) ||
	    (len == 2 && strncasecmp(tag, "no", 2) == 0))
		return strcmp(language, "da") == 0;
	return len > 0 && len == strlen(language) && strncasecmp(tag, language, len) == 0;
}

static const struct profile *
by_tag(const struct profile *v, size_t n, const char *tag)
{
	for (size_t i = 0; i < n; i++)
		if (speaks(tag, v[i].language))
			return &v[i];
	return NULL;
}

/* Count the markers of each language in the first part of a text. */
static void
count_markers(const struct slot *markers, const char *s, size_t len, uint32_t *count)
{
	char word[WORD_SIZE];
	size_t n = 0;

	for (size_t i = 0; i <= len;) {
		size_t from = i;
		uint32_t c = i < len ? utf8_next(s, len, &i) : (i++, ' ');

		if (cls_letter(uni_cls(c)) || c == '\'') {
			c = uni_lower(c);
			if (i - from > 1 && n + (i - from) <= sizeof word)
				memcpy(word + n, s + from, i - from);
			else if (n < sizeof word)
				word[n] = (char)c;
			n += i - from;
			continue;
		}
		if (n > 0 && n <= sizeof word) {
			uint32_t set = slot_of(markers, word, n)->value;

			for (; set; set &= set - 1)
				count[__builtin_ctz(set)]++;
		}
		n = 0;
	}
}

/* The language of V, all of one script, that most markers are found of; the first if there are
 * none.
 */
static const struct profile *
by_markers(struct pool *pool, const struct profile *v, size_t n, const char *s, size_t len)
{
	struct slot *markers = pool_array(pool, SLOTS, sizeof *markers);
	uint32_t count[32] = {0};
	size_t best = 0;

	for (size_t i = 0; i < n && i < 32; i++)
		add_list(markers, v[i].markers, 1U << i);
	count_markers(markers, s, len < SAMPLE ? len : SAMPLE, count);
	for (size_t i = 0; i < n && i < 32; i++)
		if (count[i] > count[best])
			best = i;
	return &v[best];
}

struct lexicon *
lexicon_new(struct pool *pool, const char *language, const char *text, size_t len)
{
	struct lexicon *lexicon = pool_alloc(pool, sizeof *lexicon);
	const struct profile *latin = by_tag(text_latin, text_latin_n, language);
	const struct profile *other = by_tag(text_other, text_other_n, language);

	if (!latin)
		latin = by_markers(pool, text_latin, text_latin_n, text, len);
	add_profile(lexicon, latin);
	for (size_t i = 0, n; i < text_other_n; i += n) {
		const struct profile *p = &text_other[i];

		for (n = 1; i + n < text_other_n && strcmp(p[n].script, p->script) == 0;)
			n++;
		if (other && strcmp(p->script, other->script) == 0)
			p = other;
		else if (n > 1)
			p = by_markers(pool, p, n, text, len);
		add_profile(lexicon, p);
	}
	return lexicon;
}

uint32_t
lexicon_find(const struct lexicon *lexicon, const char *word, size_t len)
{
	return slot_of(lexicon->slot, word, len)->value;
}

bool
lexicon_clause(const struct lexicon *lexicon, uint32_t c, uint32_t before)
{
	if (!lexicon->clauses || strcmp(uni_script(before), lexicon->clauses_script) != 0)
		return false;
	for (size_t i = 0, len = strlen(lexicon->clauses); i < len;)
		if (utf8_next(lexicon->clauses, len, &i) == c)
			return true;
	return false;
}

bool
lexicon_ordinal(const struct lexicon *lexicon)
{
	return lexicon->ordinal;
}
