#include "text_lang.h"
#include "text_uni.h"

#include <string.h>
#include <strings.h>

#define SLOTS 4096	   /* more than twice the words of any text's languages */
#define SAMPLE (16 * 1024) /* bytes of a text that are used to detect its language */
#define WORD_SIZE 32

struct word_slot {
	const char *word;
	uint32_t len;
	uint32_t value;
};

struct wordlist {
	const char *clauses, *clauses_script;
	bool ordinal;
	struct word_slot slot[SLOTS];
};

static struct word_slot *
slot_of(const struct word_slot *v, const char *word, size_t len)
{
	uint32_t h = 2166136261U; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)word[i]) * 16777619U;
	while (v[h % SLOTS].word &&
	       (v[h % SLOTS].len != len || memcmp(v[h % SLOTS].word, word, len) != 0))
		h++;
	return (struct word_slot *)(uintptr_t)&v[h % SLOTS];
}

/* Add BITS to the value of each word of a list. */
static void
add_list(struct word_slot *v, const char *list, uint32_t bits)
{
	while (list && *list) {
		size_t len = strcspn(list, " ");
		struct word_slot *slot = slot_of(v, list, len);

		slot->word = list;
		slot->len = (uint32_t)len;
		slot->value |= bits;
		list += len + (list[len] == ' ');
	}
}

static void
add_profile(struct wordlist *wordlist, const struct profile *profile)
{
	for (int kind = 0; kind < W_KINDS; kind++)
		add_list(wordlist->slot, profile->words[kind], 1U << kind);
	if (profile->ordinal)
		wordlist->ordinal = true;
	if (profile->clauses) {
		wordlist->clauses = profile->clauses;
		wordlist->clauses_script = profile->script;
	}
}

/* Whether the primary subtag of a BCP 47 tag is LANGUAGE; "cmn" and "yue" count as "zh", "nb"
 * and "no" as "da". */
static bool
tag_is(const char *tag, const char *language)
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
profile_by_tag(const struct profile *v, size_t n, const char *tag)
{
	for (size_t i = 0; i < n; i++)
		if (tag_is(tag, v[i].language))
			return &v[i];
	return NULL;
}

/* Count the markers of each language at the beginning of a text. */
static void
count_markers(const struct word_slot *markers, const char *s, size_t len, uint32_t *count)
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

/* The language of V (all of one script) with the most markers in the text; the first if there
 * are none. */
static const struct profile *
profile_by_markers(struct pool *pool, const struct profile *v, size_t n, const char *s, size_t len)
{
	struct word_slot *markers = pool_array(pool, SLOTS, sizeof *markers);
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

struct wordlist *
wordlist_new(struct pool *pool, const char *language, const char *text, size_t len)
{
	struct wordlist *wordlist = pool_alloc(pool, sizeof *wordlist);
	const struct profile *latin = profile_by_tag(text_latin, text_latin_n, language);
	const struct profile *other = profile_by_tag(text_other, text_other_n, language);

	if (!latin)
		latin = profile_by_markers(pool, text_latin, text_latin_n, text, len);
	add_profile(wordlist, latin);
	for (size_t i = 0, n; i < text_other_n; i += n) {
		const struct profile *p = &text_other[i];

		for (n = 1; i + n < text_other_n && strcmp(p[n].script, p->script) == 0;)
			n++;
		if (other && strcmp(p->script, other->script) == 0)
			p = other;
		else if (n > 1)
			p = profile_by_markers(pool, p, n, text, len);
		add_profile(wordlist, p);
	}
	return wordlist;
}

uint32_t
wordlist_find(const struct wordlist *wordlist, const char *word, size_t len)
{
	return slot_of(wordlist->slot, word, len)->value;
}

bool
wordlist_clause(const struct wordlist *wordlist, uint32_t c, uint32_t before)
{
	if (!wordlist->clauses || strcmp(uni_script(before), wordlist->clauses_script) != 0)
		return false;
	for (size_t i = 0, len = strlen(wordlist->clauses); i < len;)
		if (utf8_next(wordlist->clauses, len, &i) == c)
			return true;
	return false;
}

bool
wordlist_ordinal(const struct wordlist *wordlist)
{
	return wordlist->ordinal;
}
