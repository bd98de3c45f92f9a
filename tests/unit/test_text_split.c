#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/base/utf8.h"
#include "../../common/base/mem.h"
#include "../../common/text/text.h"

#define FIXTURES "tests/data/split"

/* ------------------------------------------------------------------ fixtures */

static void
unescape(char *line)
{
	char *to = line;

	for (const char *from = line; *from; from++) {
		if (from[0] == '\\' && from[1] == 'n') {
			*to++ = '\n';
			from++;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
}

/* Write sentences in the form of the fixtures, for failure messages. */
static void
print_sentences(const char *what, const struct sentences *sentences)
{
	fprintf(stderr, "  %s", what);
	for (size_t i = 0; i < sentences->n; i++)
		fprintf(stderr, "%s[%.*s]", i ? " " : "", (int)sentences->v[i].len,
		    sentences->v[i].data);
	fputc('\n', stderr);
}

/* One line of a fixture: the text with "|" where it is to be split. */
static bool
case_passes(struct pool *pool, const char *language, char *line)
{
	struct sentences want = {.v = pool_array(pool, strlen(line) + 1, sizeof *want.v)}, got;
	char *text = pool_alloc(pool, strlen(line) + 1);
	size_t len = 0, begin = 0;
	bool same;

	unescape(line);
	for (const char *p = line;; p++) {
		if (*p && *p != '|') {
			text[len++] = *p;
			continue;
		}
		want.v[want.n] = (struct slice){text + begin, len - begin};
		text_trim(&want.v[want.n].data, &want.v[want.n].len);
		want.n += want.v[want.n].len > 0;
		begin = len;
		if (!*p)
			break;
	}
	got = text_split(pool, text, len, language, 1000);
	same = got.n == want.n;
	for (size_t i = 0; same && i < got.n; i++)
		same = got.v[i].data == want.v[i].data && got.v[i].len == want.v[i].len;
	if (!same) {
		fprintf(stderr, "%s:\n", language);
		print_sentences("want ", &want);
		print_sentences("got  ", &got);
	}
	return same;
}

/* The minimum number of cases per language. */
static unsigned
promised(const char *language)
{
	static const char *const fifteen[] = {
	    "ja", "zh", "de", "fr", "es", "it", "ru", "hi", "ar", "vi", "th"};

	if (strcmp(language, "en") == 0 || strcmp(language, "ko") == 0)
		return 40;
	for (size_t i = 0; i < sizeof fifteen / sizeof *fifteen; i++)
		if (strcmp(language, fifteen[i]) == 0)
			return 15;
	return 1;
}

static void
fixtures_are_split_as_marked(void **state)
{
	DIR *dir = opendir(FIXTURES);
	struct pool *pool = pool_new();
	unsigned cases = 0, bad = 0, files = 0, kept = 0;
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char *line = NULL, *dot = strstr(entry->d_name, ".txt");
		const char *path = pool_printf(pool, FIXTURES "/%s", entry->d_name);
		unsigned before = cases;
		size_t size = 0;
		FILE *file;

		if (!dot)
			continue;
		*dot = '\0';
		file = fopen(path, "re");
		assert_non_null(file);
		files++;
		while (getline(&line, &size, file) > 0) {
			line[strcspn(line, "\n")] = '\0';
			if (*line == '\0' || *line == '#')
				continue;
			cases++;
			bad += !case_passes(pool, entry->d_name, line);
		}
		assert_true(cases - before >= promised(entry->d_name));
		kept += promised(entry->d_name) > 1;
		free(line);
		fclose(file);
	}
	closedir(dir);
	pool_free(pool);
	print_message("%u cases in %u files, %u wrong\n", cases, files, bad);
	assert_int_equal(kept, 13);
	assert_int_equal(bad, 0);
}

/* ------------------------------------------------------------------ what holds for any text */

static void
blank(const char *s, size_t len)
{
	text_trim(&s, &len);
	assert_int_equal(len, 0);
}

static size_t
chars_between(const struct slice *first, const struct slice *last)
{
	return utf8_count(first->data, (size_t)(last->data + last->len - first->data));
}

/* A piece without anything to speak is a sentence by itself only if its neighbours have no room. */
static void
check_silent(const struct sentences *s, size_t i, size_t max)
{
	if (text_speakable(s->v[i].data, s->v[i].len))
		return;
	if (i > 0)
		assert_true(chars_between(&s->v[i - 1], &s->v[i]) > max);
	if (i + 1 < s->n)
		assert_true(chars_between(&s->v[i], &s->v[i + 1]) > max);
}

static void
check(const char *text, size_t len, const char *language, size_t max)
{
	struct pool *pool = pool_new();
	struct sentences s = text_split(pool, text, len, language, max), again;
	const char *at = text;

	for (size_t i = 0; i < s.n; i++) {
		const char *p = s.v[i].data;
		size_t n = s.v[i].len;

		assert_true(p >= at && n > 0 && p + n <= text + len);
		blank(at, (size_t)(p - at));
		assert_int_equal(utf8_check(p, n), n);
		assert_in_range(utf8_count(p, n), 1, max);
		text_trim(&p, &n);
		assert_true(p == s.v[i].data && n == s.v[i].len);
		check_silent(&s, i, max);
		at = p + n;
	}
	blank(at, (size_t)(text + len - at));
	again = text_split(pool, text, len, language, max);
	assert_int_equal(again.n, s.n);
	if (s.n > 0)
		assert_memory_equal(again.v, s.v, s.n * sizeof *s.v);
	pool_free(pool);
}

/* xorshift64*: the same seed gives the same texts. */
static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * UINT64_C(2685821657736338717);
}

static const char *const atoms[] = {"a", "B", "I", "the", "Mr", "e", "g", "U", "S", "no", "1", "42",
    ".", ".", "..", "...", "…", "!", "?", "。", "！", "।", "؟", ",", ";", ":", "、", " ", " ", "  ",
    "\n", "\n", "\n\n", "\r\n", "\t", "\u00a0", "\u2029", "\u3000", "\"", "\"", "'", "`", "“", "”",
    "‘", "’", "«", "»", "„", "(", ")", "[", "]", "「", "」", "《", "》", "-", "—", "•", "①", "1.",
    "2.", "a)", "가", "다", "나.", "라고", "고", "한국어", "漢", "字", "か", "な", "ん", "а", "Б",
    "г", "म", "ा", "ก", "ครับ", "ع", "א", "ά", ";", "😀", "👨‍👩‍👧", "🇰🇷", "\u0301",
    "\u200d", "\ufe0f", "\u0e33", "\ufeff", "http://", "www.", "@", "/", "%", "*", "=", "#", "\x01",
    "ㅋㅋ", "~", "좋아요~", ",,", "،", "كلمة", "...and", ". . .", "[...]\" (X).", "라고 ", "이 ",
    "Բար:", "ά;", "でも", "说", "知道", "1.X", "3.1", "(X).", "long-word", "etc", "p.m",
    "\U0010ffff", "é"};

static uint64_t round_seed;

static int
print_last_seed(void **state)
{
	print_message("last seed %llu\n", (unsigned long long)round_seed);
	return 0;
}

static void
nothing_is_lost_of_random_texts(void **state)
{
	static const char *const languages[] = {
	    "", "en", "ko", "de", "ja", "ru", "zz", "en-US", "x"};
	const char *given = getenv("TEST_SEED");
	uint64_t first = given ? strtoull(given, NULL, 0) : 20240607, seed;
	unsigned long rounds =
	    getenv("TEST_ROUNDS") ? strtoul(getenv("TEST_ROUNDS"), NULL, 0) : 5000;
	static char text[8192];

	print_message("seeds %llu to %llu\n", (unsigned long long)first,
	    (unsigned long long)(first + rounds - 1));
	for (unsigned long i = 0; i < rounds; i++) {
		size_t len = 0, want, max;
		const char *language;

		round_seed = first + i;
		seed = round_seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
		want = next_random(&seed) % (i % 16 ? 200 : sizeof text - 64);
		max = i % 3 ? 1 + next_random(&seed) % 40 : 1000;
		language = languages[next_random(&seed) % (sizeof languages / sizeof *languages)];
		while (len < want) {
			const char *atom =
			    atoms[next_random(&seed) % (sizeof atoms / sizeof *atoms)];

			memcpy(text + len, atom, strlen(atom));
			len += strlen(atom);
		}
		check(text, len, language, max);
	}
}

/* Long monotonous texts: nothing may be lost, and the time must not be quadratic. */
static void
nothing_is_lost_of_monotonous_texts(void **state)
{
	static const char *const units[] = {"a", ".", "\"", "'", "\n", " ", "(", ")", "“", "”",
	    "a.", "a. ", "가", "다.", "。", "\u0301", "🇰🇷", "1. ", "\n\n.", "- a\n", "(a", "«",
	    "? ", "http://", "@a", ". ", "….", "e.g. ", "\"a.\" ", "\xef\xbb\xbf", "a\n", "a\r\n",
	    "&", "\u0e33", "가. ", "1", "[1]"};
	size_t size = 200 * 1000;
	char *text = malloc(size + 16);

	assert_non_null(text);
	for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
		size_t n = strlen(units[u]), len = 0;

		for (; len + n <= size; len += n)
			memcpy(text + len, units[u], n);
		check(text, len, "", 1000);
		check(text, len / 10 / n * n, "ko", 7);
	}
	free(text);
}

static void
nothing_is_lost_beside_nul(void **state)
{
	static const char text[] = "\0\0a.\0 \0B\n\0\n\n\0\n. \0";

	for (size_t max = 1; max < 9; max++)
		check(text, sizeof text, "", max);
}

/* ------------------------------------------------------------------ long sentences */

static void
assert_split(const char *text, size_t max, const char *const *want, size_t n)
{
	struct pool *pool = pool_new();
	struct sentences got = text_split(pool, text, strlen(text), "", max);

	if (got.n != n)
		print_sentences("got ", &got);
	assert_int_equal(got.n, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(got.v[i].len, strlen(want[i]));
		assert_memory_equal(got.v[i].data, want[i], got.v[i].len);
	}
	pool_free(pool);
}

#define ASSERT_SPLIT(text, max, ...)                                                               \
	do {                                                                                       \
		static const char *const want[] = {__VA_ARGS__};                                   \
		assert_split(text, max, want, sizeof want / sizeof *want);                         \
	} while (0)

static void
long_sentences_are_cut_at_a_clause(void **state)
{
	ASSERT_SPLIT(
	    "one two, three four five six seven", 20, "one two,", "three four five six", "seven");
	ASSERT_SPLIT("하나 둘, 셋 넷 다섯 여섯", 10, "하나 둘,", "셋 넷 다섯 여섯");
	ASSERT_SPLIT("一二三，四五六七八九十", 6, "一二三，", "四五六七八九", "十");
}

static void
long_words_are_cut_between_graphemes(void **state)
{
	ASSERT_SPLIT("abcdefgh", 3, "abc", "def", "gh");
	ASSERT_SPLIT("ae\u0301e\u0301e\u0301", 4, "ae\u0301", "e\u0301e\u0301");
	ASSERT_SPLIT("a🇰🇷🇰🇷b", 4, "a🇰🇷", "🇰🇷b");
}

static void
the_limit_itself_is_not_cut(void **state)
{
	ASSERT_SPLIT("abc def.", 8, "abc def.");
	ASSERT_SPLIT("abc def!", 7, "abc", "def!");
}

static void
the_limit_counts_code_points(void **state)
{
	ASSERT_SPLIT("가나다라마", 5, "가나다라마");
	ASSERT_SPLIT("가나다라마바", 5, "가나다라마", "바");
}

static void
silent_pieces_join_a_neighbour(void **state)
{
	ASSERT_SPLIT(
	    "***\n\nOne.\n\n* * *\n\nTwo.\n\n---", 1000, "***\n\nOne.\n\n* * *", "Two.\n\n---");
	ASSERT_SPLIT("...", 1000, "...");
}

static void
nothing_gives_nothing(void **state)
{
	struct pool *pool = pool_new();

	assert_int_equal(text_split(pool, "", 0, "", 1000).n, 0);
	assert_int_equal(text_split(pool, " \n\n\t\u3000", 7, "en", 1000).n, 0);
	pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fixtures_are_split_as_marked),
	    cmocka_unit_test_teardown(nothing_is_lost_of_random_texts, print_last_seed),
	    cmocka_unit_test(nothing_is_lost_of_monotonous_texts),
	    cmocka_unit_test(nothing_is_lost_beside_nul),
	    cmocka_unit_test(long_sentences_are_cut_at_a_clause),
	    cmocka_unit_test(long_words_are_cut_between_graphemes),
	    cmocka_unit_test(the_limit_itself_is_not_cut),
	    cmocka_unit_test(the_limit_counts_code_points),
	    cmocka_unit_test(silent_pieces_join_a_neighbour),
	    cmocka_unit_test(nothing_gives_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
