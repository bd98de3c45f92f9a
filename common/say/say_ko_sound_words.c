#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "../base/log.h"
#include "say_ko_sound.h"

#define SYLLABLES 11172
#define BYTES 3 /* of a syllable in UTF-8 */
#define WORD_MAX 10

struct word {
	char from[BYTES * WORD_MAX + 1];
	char mark[WORD_MAX]; /* before each syllable, or 0 */
	uint8_t len;	     /* bytes of FROM */
	const char *to;	     /* or NULL */
	bool begins, ends, ends_or_particle;
};

static struct word *list;
static uint16_t starts[SYLLABLES + 1]; /* the words that begin with each syllable */

/* Read the word at S, in the form of say_ko_word_list. */
static struct word
word_read(const char *s)
{
	struct word word = {.begins = s[0] == '^'};
	size_t n = 0;

	for (s += word.begins; strchr(" =$+", *s) == NULL;) {
		char mark = strchr("'*-", *s) != NULL ? *s++ : '\0';
		size_t bytes = *s == '_' ? 1 : BYTES;

		if (bytes == BYTES)
			word.mark[n++] = mark;
		memcpy(word.from + word.len, *s == '_' ? " " : s, bytes);
		word.len = (uint8_t)(word.len + bytes);
		s += bytes;
	}
	word.ends = *s == '$';
	word.ends_or_particle = *s == '+';
	s += word.ends || word.ends_or_particle;
	word.to = *s == '=' ? s + 1 : NULL;
	return word;
}

/* By their first syllables; longer ones first. */
static int
word_compare(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	int first = memcmp(x->from, y->from, BYTES);

	return first != 0 ? first : (int)y->len - (int)x->len;
}

static void
list_build(void)
{
	size_t n = 0;

	for (const char *const *group = say_ko_word_list; *group != NULL; group++)
		for (const char *s = *group; *s != '\0'; s++)
			n += *s == ' ';
	list = calloc(n, sizeof *list);
	if (list == NULL)
		fatal(EX_OSERR, "cannot prepare the words of Korean: %s", strerror(ENOMEM));
	n = 0;
	for (const char *const *group = say_ko_word_list; *group != NULL; group++)
		for (const char *s = *group; *s != '\0'; s += strcspn(s, " ") + 1)
			list[n++] = word_read(s);
	qsort(list, n, sizeof *list, word_compare);
	for (size_t i = 0; i < n; i++)
		starts[say_ko_code(list[i].from) + 1]++;
	for (size_t code = 0; code < SYLLABLES; code++)
		starts[code + 1] = (uint16_t)(starts[code + 1] + starts[code]);
}

/* How many syllables S has. */
static size_t
syllables_in(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; n++)
		i += s[i] == ' ' ? 1 + BYTES : BYTES;
	return n;
}

static bool
is_particle(const struct breath *b, size_t at)
{
	static const char *const particles = "이은을도만들과로에의";

	for (const char *p = particles; *p != '\0'; p += BYTES)
		if (say_ko_code(p) == b->s[at].code)
			return true;
	return false;
}

static bool
word_matches(const struct word *word, const struct breath *b, size_t at)
{
	const struct syllable *last = &b->s[b->n - 1];
	const char *here = b->text + b->s[at].place;
	size_t end = at + syllables_in(word->from, word->len);

	if (word->begins && !b->s[at].begins)
		return false;
	if (b->s[at].place + word->len > last->place + BYTES ||
	    memcmp(here, word->from, word->len) != 0)
		return false;
	if (end == b->n || b->s[end].begins)
		return true;
	return !word->ends && (!word->ends_or_particle || is_particle(b, end));
}

static void
word_mark(const struct word *word, struct breath *b, size_t at, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct syllable *s = &b->s[at + i];

		switch (word->mark[i]) {
		case '\'':
			s->tense = true;
			break;
		case '*':
			s->first = F_N;
			break;
		case '-':
			s[-1].ends = true;
			break;
		default:
			break;
		}
	}
}

static void
word_replace(const char *to, struct breath *b, size_t at, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct syllable *s = &b->s[at + i];

		to += *to == '_';
		say_ko_compose(s, say_ko_code(to));
		s->fixed = i + 1 < n;
		to += BYTES;
	}
}

void
say_ko_words(struct breath *b)
{
	if (list == NULL)
		list_build();
	for (size_t at = 0; at < b->n;) {
		uint16_t code = b->s[at].code;
		size_t n = 1;

		for (size_t i = starts[code]; i < starts[code + 1]; i++) {
			if (!word_matches(&list[i], b, at))
				continue;
			n = syllables_in(list[i].from, list[i].len);
			if (list[i].to != NULL)
				word_replace(list[i].to, b, at, n);
			else
				word_mark(&list[i], b, at, n);
			break;
		}
		at += n;
	}
}
