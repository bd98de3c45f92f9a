#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "../base/log.h"
#include "../text/text_uni.h"
#include "say_ko_sound.h"
#include "say_parts.h"

#define BYTES 3 /* in UTF-8, of Hangul and of the Hanja that are read */
#define WORD_MAX 8
#define HANGUL_FIRST 0xac00
#define HANGUL_LAST 0xd7a3
#define ALONE_MAX 20 /* Hanja that are read without any Hangul beside them */

#define READING(hanja, hangul) {hanja, hangul},
#define WORD(...)
static const struct reading {
	uint16_t hanja, hangul;
} readings[] = {
#include "hanja.inc"
};
#undef READING
#undef WORD
#define READING(hanja, hangul)
#define WORD(...) __VA_ARGS__,
/* Of each word: its length, the Hanja, the Hangul. */
static const uint16_t words[] = {
#include "hanja.inc"
};

static uint32_t *starts; /* where each word begins; built on first use */
static size_t starts_n;

static void
starts_build(void)
{
	starts = malloc(SAY_COUNT(words) * sizeof *starts);
	if (starts == NULL)
		fatal(EX_OSERR, "cannot prepare the words of Hanja: %s", strerror(ENOMEM));
	for (size_t at = 0; at < SAY_COUNT(words); at += 1 + 2 * (size_t)words[at])
		starts[starts_n++] = (uint32_t)at;
}

static bool
is_hanja(uint32_t c)
{
	return (c >= 0x3400 && c < 0xa000) || (c >= 0xf900 && c < 0xfb00);
}

static bool
is_hangul(uint32_t c)
{
	return c >= HANGUL_FIRST && c <= HANGUL_LAST;
}

/* The readings of C, the usual one first; *N: how many there are. */
static const struct reading *
readings_of(uint32_t c, size_t *n)
{
	size_t low = 0, high = SAY_COUNT(readings);

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (readings[mid].hanja < c)
			low = mid + 1;
		else
			high = mid;
	}
	for (*n = 0; low + *n < SAY_COUNT(readings) && readings[low + *n].hanja == c;)
		++*n;
	return &readings[low];
}

/* What HANGUL is at the beginning of a word, by the initial sound law: 녀 is 여, 로 is 노. */
static uint16_t
initial_of(uint16_t hangul)
{
	struct syllable s;
	bool i;

	say_ko_compose(&s, (uint16_t)(hangul - HANGUL_FIRST));
	i = s.vowel == V_YA || s.vowel == V_YAE || s.vowel == V_YEO || s.vowel == V_YE ||
	    s.vowel == V_YO || s.vowel == V_YU || s.vowel == V_I;
	if (s.first == F_R)
		s.first = i ? F_NONE : F_N;
	else if (s.first == F_N && i)
		s.first = F_NONE;
	return (uint16_t)(HANGUL_FIRST + say_ko_decompose(&s));
}

/* 렬 and 률 are 열 and 율 after a vowel and after ㄴ. */
static uint16_t
after_vowel(uint16_t hangul, uint32_t before)
{
	struct syllable s;

	if ((hangul != 0xb82c && hangul != 0xb960) || !is_hangul(before))
		return hangul;
	say_ko_compose(&s, (uint16_t)(before - HANGUL_FIRST));
	return s.last == L_NONE || s.last == L_N ? initial_of(hangul) : hangul;
}

/* ---------------------------------------------------------------- reading */

/* A text as code points, and where each of them is. */
struct hanja_text {
	uint32_t *c;
	size_t *place, n;
};

static int
word_compare(const uint16_t *word, const uint32_t *c, size_t n)
{
	for (size_t i = 0; i < word[0]; i++) {
		if (i == n)
			return 1;
		if (word[1 + i] != c[i])
			return word[1 + i] < c[i] ? -1 : 1;
	}
	return 0;
}

/* The longest word at C, of at most N characters; NULL if there is none. */
static const uint16_t *
word_at(const uint32_t *c, size_t n)
{
	const uint16_t *best = NULL;
	size_t low = 0, high = starts_n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (words[starts[mid] + 1] < c[0])
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < starts_n && words[starts[low] + 1] == c[0]; low++) {
		const uint16_t *word = &words[starts[low]];

		if ((best == NULL || word[0] > best[0]) && word_compare(word, c, n) == 0)
			best = word;
	}
	return best;
}

/* Read the N Hanja of T from AT on, in place; nothing if one of them has no reading. */
static void
run_read(struct hanja_text *t, size_t at, size_t n)
{
	uint32_t before = at > 0 ? t->c[at - 1] : 0;
	bool begins = !cls_word(uni_cls(before));
	size_t count;

	for (size_t i = at; i < at + n; i++) {
		readings_of(t->c[i], &count);
		if (count == 0)
			return;
	}
	for (size_t i = 0; i < n;) {
		const uint16_t *word = word_at(t->c + at + i, n - i);
		size_t len = word != NULL ? word[0] : 1;

		for (size_t k = 0; word != NULL && k < len; k++)
			t->c[at + i + k] = word[1 + len + k];
		if (word == NULL) {
			uint16_t hangul = readings_of(t->c[at + i], &count)->hangul;

			t->c[at + i] =
			    i == 0 && begins ? initial_of(hangul) : after_vowel(hangul, before);
		}
		i += len;
		before = t->c[at + i - 1];
	}
}

static size_t
run_length(const struct hanja_text *t, size_t at)
{
	size_t n = 0;

	while (at + n < t->n && is_hanja(t->c[at + n]))
		n++;
	return n;
}

/* Whether the text is Korean with Hanja, and not Japanese, nor Chinese all through. */
static bool
is_korean(const struct hanja_text *t)
{
	static const uint32_t chinese[] = {
	    0x7684, 0x4e86, 0x662f, 0x6211, 0x4f60, 0x5979, 0x9019, 0x5011, 0x3002};
	size_t hanja = 0, hangul = 0, foreign = 0;

	for (size_t i = 0; i < t->n; i++) {
		hanja += is_hanja(t->c[i]);
		hangul += is_hangul(t->c[i]);
		if (t->c[i] >= 0x3040 && t->c[i] < 0x3100)
			return false;
		for (size_t k = 0; k < SAY_COUNT(chinese); k++)
			foreign += t->c[i] == chinese[k];
	}
	return hanja > 0 && (hangul > 0 || (foreign == 0 && hanja <= ALONE_MAX));
}

/* ---------------------------------------------------------------- glosses */

static bool
has_reading(uint32_t hanja, uint32_t hangul)
{
	size_t n;
	const struct reading *r = readings_of(hanja, &n);

	for (size_t i = 0; i < n; i++)
		if (r[i].hangul == hangul || initial_of(r[i].hangul) == hangul ||
		    after_vowel(r[i].hangul, HANGUL_FIRST) == hangul)
			return true;
	return false;
}

static bool
is_opening(uint32_t c)
{
	return c == '(' || c == '[' || c == 0xff08 || c == 0x3014 || c == 0xff3b;
}

static bool
is_closing(uint32_t c)
{
	return c == ')' || c == ']' || c == 0xff09 || c == 0x3015 || c == 0xff3d;
}

/*
 * Find the word that the bracket at AT explains: 한국(韓國), 韓國(한국), 이순신(李舜臣, 1545~1598).
 * Returns its length; 0 if the bracket has something else.
 */
static size_t
glossed_word(const struct hanja_text *t, size_t at, bool *hangul_first)
{
	size_t n = run_length(t, at + 1), end;

	*hangul_first = n > 0;
	while (!*hangul_first && at + 1 + n < t->n && is_hangul(t->c[at + 1 + n]))
		n++;
	end = at + 1 + n;
	if (n == 0 || n > at || end == t->n)
		return 0;
	if (!is_closing(t->c[end]) && (!*hangul_first || t->c[end] != ','))
		return 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t word = t->c[at - n + i], gloss = t->c[at + 1 + i];

		if (*hangul_first ? !has_reading(gloss, word) : !has_reading(word, gloss))
			return 0;
	}
	return n;
}

static void
gloss_add(struct say_glosses *glosses, const struct hanja_text *t, size_t at, size_t n, bool first)
{
	size_t end = at + 1 + n;
	bool more = t->c[end] == ',';

	end++;
	while (more && end < t->n && t->c[end] == ' ')
		end++;
	glosses->v[glosses->n++] = (struct say_gloss){
	    .begin = t->place[at - n],
	    .end = t->place[end],
	    .said = first ? t->place[at - n] : t->place[at + 1],
	    .said_len = n * BYTES + (more ? t->place[at + 1] - t->place[at] : 0),
	};
}

static void
glosses_find(struct pool *pool, struct say_glosses *glosses, const struct hanja_text *t)
{
	size_t brackets = 0, last = 0;

	for (size_t i = 0; i < t->n; i++)
		brackets += is_opening(t->c[i]);
	glosses->v = pool_array(pool, brackets + 1, sizeof *glosses->v);
	for (size_t i = 1; i < t->n; i++) {
		bool first;
		size_t n = is_opening(t->c[i]) ? glossed_word(t, i, &first) : 0;

		if (n == 0 || i - n < last)
			continue;
		gloss_add(glosses, t, i, n, first);
		last = i + 1 + n;
	}
}

/* ---------------------------------------------------------------- a text */

static bool
may_have_hanja(const struct buf *plain)
{
	for (size_t i = 0; i < plain->len; i++) {
		unsigned char c = (unsigned char)plain->data[i];

		if ((c >= 0xe3 && c <= 0xe9) || c == 0xef)
			return true;
	}
	return false;
}

struct say_glosses
say_ko_hanja(struct pool *pool, struct buf *plain)
{
	struct say_glosses glosses = {.n = 0};
	struct hanja_text t = {.n = 0};

	if (!may_have_hanja(plain))
		return glosses;
	t.c = pool_array(pool, plain->len + 1, sizeof *t.c);
	t.place = pool_array(pool, plain->len + 1, sizeof *t.place);
	for (size_t i = 0; i < plain->len; t.n++) {
		t.place[t.n] = i;
		t.c[t.n] = utf8_next(plain->data, plain->len, &i);
	}
	t.place[t.n] = plain->len;
	if (!is_korean(&t))
		return glosses;
	if (starts == NULL)
		starts_build();
	glosses_find(pool, &glosses, &t);
	for (size_t i = 0; i < t.n; i++) {
		size_t n = run_length(&t, i);

		if (n > 0)
			run_read(&t, i, n);
		for (size_t k = i; k < i + n; k++)
			utf8_encode(t.c[k], plain->data + t.place[k]);
		i += n;
	}
	return glosses;
}
