#include "lexicon.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../text/text_uni.h"
#include "voice.h"

struct head {
	uint32_t first; /* the first code point of the entry, case-folded */
	const struct lexicon_entry *entry;
};

struct lexicon {
	size_t n;
	uint64_t firsts; /* one bit for each first character modulo 64 */
	struct head heads[];
};

static const char *const match_names[] = {
    [LEXICON_WORD] = "word", [LEXICON_EXACT] = "exact", [LEXICON_PHONEMES] = "phonemes"};

const char *
lexicon_match_name(enum lexicon_match match)
{
	return match_names[match];
}

enum lexicon_match
lexicon_match_named(const char *name)
{
	enum lexicon_match match = LEXICON_WORD;

	while (match < LEXICON_MATCHES && strcmp(match_names[match], name) != 0)
		match++;
	return match;
}

/* Letters, digits and the symbols of mnemonics. "_^_" would switch to another language. */
bool
lexicon_mnemonics(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789@',%=:;_|!?#*~^+-/\"&` ";
	size_t len = strlen(s);

	return len > 0 && strspn(s, allowed) == len && s[0] != ' ' && s[len - 1] != ' ' &&
	       strstr(s, "  ") == NULL && strstr(s, "_^_") == NULL;
}

const char *
lexicon_key(struct pool *pool, const struct lexicon_entry *entry)
{
	size_t len = strlen(entry->from);
	struct buf key;

	if (entry->match == LEXICON_EXACT)
		return entry->from;
	buf_init(&key, pool, len + 1);
	for (size_t i = 0; i < len;)
		buf_addf(&key, "%x ", (unsigned)uni_fold(utf8_next(entry->from, len, &i)));
	return key.data;
}

/* ---------------------------------------------------------------- one entry */

/* Particles and endings of Korean nouns; several may follow one another. */
static const char *const particles[] = {"이", "가", "을", "를", "은", "는", "의", "에", "에서",
    "에게", "에게서", "께", "께서", "한테", "한테서", "도", "만", "과", "와", "랑", "이랑", "하고",
    "로", "으로", "로서", "으로서", "로써", "으로써", "부터", "까지", "조차", "마저", "밖에",
    "보다", "처럼", "같이", "마다", "뿐", "나", "이나", "든지", "이든지", "라도", "이라도", "야",
    "이야", "아", "여", "이여", "요", "이요", "들", "씩", "쯤", "만큼", "대로", "커녕", "치고",
    "란", "이란", "라는", "이라는", "라고", "이라고", "이라", "라", "이다", "다", "입니다",
    "입니까", "이에요", "예요", "이었다", "였다", "이며", "며", "이고", "고", "이지만", "지만",
    "인", "일", "이라서", "라서", "님", "씨", "이네", "네", "이죠", "죠", "이지", "지", "임",
    "이니", "니", "이면", "면", "이었", "였", "었", "습니다"};

/* Whether the Hangul from TEXT[AT] to the end of the word consists of particles only. */
static bool
only_particles(const char *text, size_t len, size_t at)
{
	bool reached[64] = {true};
	size_t end = at, n;

	while (end < len && uni_hangul(utf8_at(text, len, end)))
		utf8_next(text, len, &end);
	n = end - at;
	if (n >= sizeof reached)
		return false;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; reached[i] && k < sizeof particles / sizeof *particles; k++) {
			size_t size = strlen(particles[k]);

			if (size <= n - i && memcmp(text + at + i, particles[k], size) == 0)
				reached[i + size] = true;
		}
	return reached[n];
}

/* Whether there is a word boundary between A and B. */
static bool
is_word_boundary(uint32_t a, uint32_t b)
{
	if (!cls_word(uni_cls(a)) || !cls_word(uni_cls(b)) || uni_cjk(a) || uni_cjk(b))
		return uni_cls(b) != C_MARK;
	return uni_hangul(a) != uni_hangul(b) && uni_cls(b) != C_MARK;
}

/* Match FROM at TEXT[AT], ignoring case. Return the length of the match, or 0. */
static size_t
match_folded(const char *from, const char *text, size_t len, size_t at)
{
	size_t i = at, n = strlen(from);

	for (size_t k = 0; k < n;) {
		if (i >= len ||
		    uni_fold(utf8_next(from, n, &k)) != uni_fold(utf8_next(text, len, &i)))
			return 0;
	}
	return i - at;
}

static size_t
match_word(const char *from, const char *text, size_t len, size_t at)
{
	size_t n = match_folded(from, text, len, at), before = at, last = at + n;
	uint32_t c, next;

	if (n == 0)
		return 0;
	if (at > 0 && !is_word_boundary(utf8_prev(text, 0, &before), utf8_at(text, len, at)))
		return 0;
	c = utf8_prev(text, at, &last);
	next = utf8_at(text, len, at + n);
	if (at + n == len || is_word_boundary(c, next))
		return n;
	return uni_hangul(c) && uni_hangul(next) && only_particles(text, len, at + n) ? n : 0;
}

/* "en" also covers "en-gb"; "zh" covers the language of its default voice. */
static bool
language_covers(const char *range, const char *language)
{
	size_t n = strlen(range);
	const struct voice *voice;

	if (n == 0)
		return true;
	if (strncasecmp(range, language, n) == 0 && (language[n] == '\0' || language[n] == '-'))
		return true;
	voice = voice_by_language(range);
	return voice != NULL && strcasecmp(voice->language, language) == 0;
}

static size_t
entry_match(const struct lexicon_entry *e, const char *text, size_t len, size_t at)
{
	size_t n = strlen(e->from);

	if (e->match != LEXICON_EXACT)
		return match_word(e->from, text, len, at);
	return n <= len - at && memcmp(text + at, e->from, n) == 0 ? n : 0;
}

/* ---------------------------------------------------------------- all of them */

static uint32_t
first_char(const struct lexicon_entry *e)
{
	return uni_fold(utf8_at(e->from, strlen(e->from), 0));
}

/* Order by first character; then the project's entries before the user's; the rest only makes
 * the order deterministic. */
static int
by_first(const void *a, const void *b)
{
	const struct head *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->entry->project != y->entry->project)
		return x->entry->project > y->entry->project ? -1 : 1;
	if (x->entry->match != y->entry->match)
		return x->entry->match > y->entry->match ? -1 : 1;
	if (strcmp(x->entry->language, y->entry->language) != 0)
		return -strcmp(x->entry->language, y->entry->language);
	return x->entry->id < y->entry->id ? -1 : x->entry->id > y->entry->id;
}

struct lexicon *
lexicon_make(struct pool *pool, const struct lexicon_entry *v, size_t n, uint64_t project)
{
	struct lexicon *lexicon = pool_alloc(pool, sizeof *lexicon + n * sizeof lexicon->heads[0]);

	for (size_t i = 0; i < n; i++)
		if ((v[i].project == 0 || v[i].project == project) && v[i].from[0] != '\0')
			lexicon->heads[lexicon->n++] = (struct head){first_char(&v[i]), &v[i]};
	if (lexicon->n == 0)
		return NULL;
	qsort(lexicon->heads, lexicon->n, sizeof lexicon->heads[0], by_first);
	for (size_t i = 0; i < lexicon->n; i++)
		lexicon->firsts |= UINT64_C(1) << lexicon->heads[i].first % 64;
	return lexicon;
}

/* The index of the first head whose character is not below C, or N. */
static size_t
heads_find(const struct lexicon *lexicon, uint32_t c)
{
	size_t low = 0, high = lexicon->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (lexicon->heads[mid].first < c)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct lexicon_entry *
lexicon_at(const struct lexicon *lexicon, const char *text, size_t len, size_t at,
    const char *language, size_t *length)
{
	uint32_t c = uni_fold(utf8_at(text, len, at));
	const struct lexicon_entry *best = NULL;

	*length = 0;
	if ((lexicon->firsts >> c % 64 & 1) == 0)
		return NULL;
	for (size_t i = heads_find(lexicon, c); i < lexicon->n && lexicon->heads[i].first == c;
	     i++) {
		const struct lexicon_entry *e = lexicon->heads[i].entry;
		size_t n = entry_match(e, text, len, at);

		if (n > *length && language_covers(e->language, language)) {
			*length = n;
			best = e;
		}
	}
	return best;
}

bool
lexicon_touches(
    const struct lexicon *lexicon, uint64_t id, const char *text, size_t len, const char *language)
{
	for (size_t i = 0, n; lexicon != NULL && i < len;) {
		const struct lexicon_entry *e = lexicon_at(lexicon, text, len, i, language, &n);

		if (e != NULL && e->id == id)
			return true;
		if (e != NULL)
			i += n;
		else
			utf8_next(text, len, &i);
	}
	return false;
}

bool
lexicon_matches(const struct lexicon_entry *entry, const char *text, size_t len)
{
	uint32_t c = first_char(entry);

	for (size_t i = 0, at; i < len;) {
		at = i;
		if (uni_fold(utf8_next(text, len, &i)) == c &&
		    entry_match(entry, text, len, at) > 0)
			return true;
	}
	return false;
}
