#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../common/say/say.h"

/* Mandarin: characters with several readings are read as their word has it. Each line of the
 * fixture has a word, a tab, and its pinyin; the engine must have the same phonemes for both. */

#define WORDS "tests/data/say/zh-words.txt"
#define ROWS_MAX 400

struct row {
	char *text, *said, *wanted;
};

static struct said
say_as(struct pool *pool, const char *text, const char *language)
{
	return say_text(pool, text, strlen(text), language, NULL);
}

static size_t
rows_read(struct pool *pool, struct row *rows)
{
	FILE *file = fopen(WORDS, "re");
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
		rows[n].said = say_as(pool, rows[n].text, "cmn").text;
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
		if (strchr("',_| \n", *p) == NULL)
			*to++ = *p;
	*to = '\0';
}

static void
characters_are_read_as_in_their_words(void **state)
{
	char path[] = "/tmp/say_zh.XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL, *phonemes;
	struct row rows[ROWS_MAX];
	size_t n = rows_read(*state, rows), size = 0, wanted_size = 0, wrong = 0;
	char *said = NULL, *wanted = NULL;

	assert_in_range(n, 100, ROWS_MAX);
	assert_non_null(file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "%s\n\n%s\n\n", rows[i].said, rows[i].wanted);
	fclose(file);
	phonemes =
	    popen(pool_printf(*state, "espeak-ng -q -x -v cmn-latn-pinyin -f %s", path), "re");
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

/* The longest word decides, in the whole text; of two the usual reading wins. */
static void
words_of_a_sentence_decide(void **state)
{
	static const char *const cases[][2] = {
	    {"人参加会议", "人参加会议"},
	    {"人参很贵", "人深很贵"},
	    {"若干部门", "若干部门"},
	    {"干部", "赣部"},
	    {"跑得快，得到了", "跑得快，德到了"},
	    {"慢慢地走在地上", "慢慢地走在弟上"},
	    {"那只有一只猫", "那只有一支猫"},
	    {"", ""},
	    {"行", "行"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(say_as(*state, cases[i][0], "zh-CN").text, cases[i][1]);
}

/* One character is said for one, so that the times of words lead to the author's text. */
static void
a_character_is_said_for_each_that_is_written(void **state)
{
	static const char text[] = "银行的音乐很好听";
	struct said said = say_as(*state, text, "zh");

	assert_int_equal(said.len, strlen(text));
	assert_int_equal(said.runs_n, 1);
	assert_true(said.runs[0].verbatim);
}

static void
other_languages_have_readings_of_their_own(void **state)
{
	assert_string_equal(say_as(*state, "銀行", "yue").text, "銀行");
	assert_string_equal(say_as(*state, "銀行", "zh-yue").text, "銀行");
	assert_string_equal(say_as(*state, "银行 5", "en").text, "银行 5");
}

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(characters_are_read_as_in_their_words, begin, end),
	    cmocka_unit_test_setup_teardown(words_of_a_sentence_decide, begin, end),
	    cmocka_unit_test_setup_teardown(
		a_character_is_said_for_each_that_is_written, begin, end),
	    cmocka_unit_test_setup_teardown(other_languages_have_readings_of_their_own, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
