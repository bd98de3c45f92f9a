#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../common/base/utf8.h"
#include "../../common/say/lexicon.h"
#include "../../common/say/say.h"
#include "../../common/say/say_ko_sound.h"

#define FIXTURES "tests/data/say"
#define ROWS_MAX 2000

/* Korean as it is pronounced. Each line of a fixture has a text, a tab, and how it is pronounced in
 * the spelling of the Standard Pronunciation Rules; the engine must have the same phonemes for
 * both. */

struct row {
	char *text, *said, *wanted;
};

static int
begin(void **state)
{
	*state = pool_new();
	return 0;
}

static int
end(void **state)
{
	pool_free(*state);
	return 0;
}

static size_t
rows_read(struct pool *pool, const char *name, struct row *rows)
{
	FILE *file = fopen(pool_printf(pool, FIXTURES "/%s", name), "re");
	char *line = NULL;
	size_t size = 0, n = 0;

	assert_non_null(file);
	while (getline(&line, &size, file) > 0) {
		char *tab = strchr(line, '\t');

		assert_non_null(tab);
		assert_true(n < ROWS_MAX);
		*tab = '\0';
		tab[1 + strcspn(tab + 1, "\n")] = '\0';
		rows[n].text = pool_printf(pool, "%s", line);
		rows[n].wanted = pool_printf(pool, "%s", tab + 1);
		rows[n].said = say_text(pool, rows[n].text, strlen(line), "ko", NULL).text;
		n++;
	}
	free(line);
	fclose(file);
	return n;
}

/* Leave out of phonemes what is not a sound: stress, and joints. */
static void
strip(char *phonemes)
{
	char *to = phonemes;

	for (const char *p = phonemes; *p != '\0'; p++)
		if (strchr("',;| \n", *p) == NULL)
			*to++ = *p;
	*to = '\0';
}

/* Ask the engine for the phonemes of what is said and of what is wanted, one line for each. */
static void
rows_compare(struct pool *pool, const struct row *rows, size_t n)
{
	char path[] = "/tmp/say_ko.XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL, *phonemes;
	char *said = NULL, *wanted = NULL;
	size_t size = 0, wanted_size = 0, wrong = 0;

	assert_non_null(file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "%s\n\n%s\n\n", rows[i].said, rows[i].wanted);
	fclose(file);
	phonemes = popen(pool_printf(pool, "espeak-ng -q -x -v ko -f %s", path), "re");
	assert_non_null(phonemes);
	for (size_t i = 0; i < n; i++) {
		assert_true(getline(&said, &size, phonemes) > 0);
		assert_true(getline(&wanted, &wanted_size, phonemes) > 0);
		strip(said);
		strip(wanted);
		if (strcmp(said, wanted) == 0)
			continue;
		print_error("\"%s\" is said as \"%s\", %s, wanted \"%s\", %s\n", rows[i].text,
		    rows[i].said, said, rows[i].wanted, wanted);
		wrong++;
	}
	free(said);
	free(wanted);
	assert_int_equal(pclose(phonemes), 0);
	unlink(path);
	assert_int_equal(wrong, 0);
}

static void
words_are_pronounced_as_the_standard_says(void **state)
{
	struct row rows[ROWS_MAX];
	size_t n = rows_read(*state, "ko-words.txt", rows);

	assert_in_range(n, 300, ROWS_MAX);
	rows_compare(*state, rows, n);
}

static void
sentences_are_pronounced_as_the_standard_says(void **state)
{
	struct row rows[ROWS_MAX];
	size_t n = rows_read(*state, "ko-sentences.txt", rows);

	assert_in_range(n, 60, ROWS_MAX);
	rows_compare(*state, rows, n);
}

/* One syllable is said for one, so that the times of words lead to the author's text. */
static void
a_syllable_is_said_for_each_that_is_written(void **state)
{
	struct row rows[ROWS_MAX];
	size_t n = rows_read(*state, "ko-sentences.txt", rows);

	for (size_t i = 0; i < n; i++) {
		struct said said = say_text(*state, rows[i].text, strlen(rows[i].text), "ko", NULL);

		assert_int_equal(said.len, strlen(rows[i].text));
		assert_int_equal(said.runs_n, 1);
		assert_true(said.runs[0].verbatim);
		for (size_t k = 0; k < said.len; k++)
			assert_true((said.text[k] == ' ') == (rows[i].text[k] == ' '));
	}
}

/* A number is read in between; words before and after it lead to where they are written. */
static void
words_beside_a_number_lead_to_their_own_places(void **state)
{
	const char *text = "국물 16개를 먹는다";
	struct said said = say_text(*state, text, strlen(text), "ko", NULL);
	uint32_t offset, length;

	assert_string_equal(said.text, "궁무 렬려섣 개를 멍는다");
	assert_int_equal(said.runs_n, 3);
	say_author(&said, 0, 2, &offset, &length); /* 궁물 */
	assert_int_equal(offset, 0);
	assert_int_equal(length, 2);
	say_author(&said, 3, 5, &offset, &length); /* 열여섯 개 */
	assert_int_equal(offset, 3);
	assert_int_equal(length, 3);
	say_author(&said, 10, 3, &offset, &length); /* 멍는다 */
	assert_int_equal(offset, 8);
	assert_int_equal(length, 3);
}

static void
hanja_are_read_in_korean(void **state)
{
	struct row rows[ROWS_MAX];
	size_t n = rows_read(*state, "ko-hanja.txt", rows);

	assert_in_range(n, 60, ROWS_MAX);
	for (size_t i = 0; i < n; i++) {
		say_ko_sound(rows[i].wanted, strlen(rows[i].wanted));
		if (strcmp(rows[i].said, rows[i].wanted) != 0)
			fail_msg("\"%s\" is said as \"%s\"", rows[i].text, rows[i].said);
	}
}

static void
a_gloss_leads_to_the_word_and_its_brackets(void **state)
{
	const char *text = "옛 한국(韓國)의 大學";
	struct said said = say_text(*state, text, strlen(text), "ko", NULL);
	uint32_t offset, length;

	assert_string_equal(said.text, "예 탄구긔 대학");
	say_author(&said, 2, 2, &offset, &length); /* 한국(韓國) */
	assert_int_equal(offset, 2);
	assert_int_equal(length, 6);
	say_author(&said, 6, 2, &offset, &length); /* 大學 */
	assert_int_equal(offset, 10);
	assert_int_equal(length, 2);
}

static void
check(struct pool *pool, const char *language, const struct lexicon *lexicon, const char *text,
    const char *wanted)
{
	assert_string_equal(say_text(pool, text, strlen(text), language, lexicon).text, wanted);
}

/* Nor are Hanja in brackets after another word, nor those of other languages. */
static void
other_han_characters_are_left(void **state)
{
	check(*state, "ko", NULL, "새(鳥)", "새(조)");
	check(*state, "ko", NULL, "我们是中国人。", "我们是中国人。");
	check(*state, "ko", NULL, "일본어 今日は", "일보너 今日は");
	check(*state, "ja", NULL, "大韓民国", "ダイカンミンコク");
	check(*state, "zh", NULL, "韓國(한국)", "韓國(한국)");
}

/* Its voice speaks Hangul wherever it is. */
static void
hangul_in_other_languages_is_pronounced_too(void **state)
{
	check(*state, "en", NULL, "They say 국물 for soup.", "They say 궁물 for soup.");
	check(*state, "xx", NULL, "(독립) 신라", "(동닙) 실라");
}

static void
nothing_changes_where_a_breath_ends(void **state)
{
	check(*state, "ko", NULL, "국, 물", "국, 물");
	check(*state, "ko", NULL, "국\t\t물", "국  물");
	check(*state, "ko", NULL, "국  물", "국  물");
	check(*state, "ko", NULL, "국A물", "국A물");
	check(*state, "ko", NULL, "꽃. 위", "꼳. 위");
}

/* An entry is the means to correct a pronunciation, so it is said as it is written. */
static void
what_the_dictionary_says_is_not_changed(void **state)
{
	static const struct lexicon_entry entries[] = {
	    {1, 0, LEXICON_EXACT, "", "국물", "국물"}, {2, 0, LEXICON_EXACT, "", "SKT", "신라"}};
	const struct lexicon *lexicon = lexicon_make(*state, entries, 2, 0);

	check(*state, "ko", lexicon, "국물 SKT 독립", "국물 신라 동닙");
}

/* More syllables than are pronounced at once. */
static void
a_very_long_text_is_pronounced_to_its_end(void **state)
{
	char text[3 * 4000 + 1];
	struct said said;

	for (size_t i = 0; i < 4000; i += 2)
		memcpy(text + 3 * i, "국물", 6);
	text[3 * 4000] = '\0';
	said = say_text(*state, text, 3 * 4000, "ko", NULL);
	assert_int_equal(said.len, 3 * 4000);
	assert_memory_equal(said.text, "궁물궁물", 12);
	assert_memory_equal(said.text + said.len - 12, "궁물궁물", 12);
	assert_int_equal(utf8_check(said.text, said.len), said.len);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_are_pronounced_as_the_standard_says),
	    cmocka_unit_test(sentences_are_pronounced_as_the_standard_says),
	    cmocka_unit_test(a_syllable_is_said_for_each_that_is_written),
	    cmocka_unit_test(words_beside_a_number_lead_to_their_own_places),
	    cmocka_unit_test(hanja_are_read_in_korean),
	    cmocka_unit_test(a_gloss_leads_to_the_word_and_its_brackets),
	    cmocka_unit_test(other_han_characters_are_left),
	    cmocka_unit_test(hangul_in_other_languages_is_pronounced_too),
	    cmocka_unit_test(nothing_changes_where_a_breath_ends),
	    cmocka_unit_test(what_the_dictionary_says_is_not_changed),
	    cmocka_unit_test(a_very_long_text_is_pronounced_to_its_end),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
