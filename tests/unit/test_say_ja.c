#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "../../common/base/utf8.h"
#include "../../common/say/say.h"
#include "../../common/say/say_ja_missing.h"

/* Japanese sentences in kana, as they are pronounced. */

#define SENTENCES "tests/data/say/ja-sentences.txt"

static struct said
say_as(struct pool *pool, const char *text, const char *language)
{
	return say_text(pool, text, strlen(text), language, NULL);
}

/* What the author wrote where the said text has WORD. */
static const char *
author_of(struct pool *pool, const struct said *said, const char *text, const char *word)
{
	const char *found = strstr(said->text, word);
	uint32_t at, n;
	size_t from = 0, to;

	assert_non_null(found);
	say_author(said, (uint32_t)utf8_count(said->text, (size_t)(found - said->text)),
	    (uint32_t)utf8_count(word, strlen(word)), &at, &n);
	while (at-- > 0)
		utf8_next(text, strlen(text), &from);
	to = from;
	while (n-- > 0)
		utf8_next(text, strlen(text), &to);
	return pool_printf(pool, "%.*s", (int)(to - from), text + from);
}

/* The runs cover both texts, in order. */
static void
assert_whole(const struct said *said, const char *text)
{
	uint32_t at = 0, author = 0;

	for (size_t i = 0; i < said->runs_n; i++) {
		assert_int_equal(said->runs[i].said, at);
		assert_int_equal(said->runs[i].author, author);
		at += said->runs[i].said_len;
		author += said->runs[i].author_len;
		if (said->runs[i].verbatim)
			assert_int_equal(said->runs[i].said_len, said->runs[i].author_len);
	}
	assert_int_equal(at, utf8_count(said->text, said->len));
	assert_int_equal(author, utf8_count(text, strlen(text)));
}

static void
sentences_are_read_as_the_fixture_says(void **state)
{
	FILE *file = fopen(SENTENCES, "re");
	char *line = NULL;
	size_t size = 0, n = 0;

	assert_non_null(file);
	while (getline(&line, &size, file) > 0) {
		char *tab = strchr(line, '\t');
		struct said said;

		assert_non_null(tab);
		*tab = '\0';
		tab[1 + strcspn(tab + 1, "\n")] = '\0';
		said = say_as(*state, line, "ja");
		if (strcmp(said.text, tab + 1) != 0)
			fail_msg("\"%s\" is said as \"%s\"", line, said.text);
		assert_whole(&said, line);
		n++;
	}
	free(line);
	fclose(file);
	assert_in_range(n, 60, 10000);
}

static void
what_is_said_leads_back_to_the_author(void **state)
{
	static const char text[] = "今日は8月8日に３本の、コンピューターを買った。";
	struct said said = say_as(*state, text, "ja-JP");

	assert_whole(&said, text);
	assert_string_equal(author_of(*state, &said, text, "キョーワ"), "今日は");
	assert_string_equal(author_of(*state, &said, text, "ヨーカ"), "8月8日");
	assert_string_equal(author_of(*state, &said, text, "サンボンノ"), "３本の");
	assert_string_equal(author_of(*state, &said, text, "コンピューター"), "コンピューター");
	assert_string_equal(author_of(*state, &said, text, "ピュー"), "ピュー");
}

static void
other_languages_keep_their_characters(void **state)
{
	assert_string_equal(say_as(*state, "今日は", "en").text, "今日は");
	assert_string_equal(say_as(*state, "今日", "cmn").text, "今日");
	/* English in a Japanese project has a voice of its own. */
	assert_string_equal(
	    say_as(*state, "The Windows are open.", "ja").text, "The Windows are open.");
	assert_string_equal(
	    say_as(*state, "それはHello, worldだ", "ja").text, "ソレワ Hello, worldダ");
}

/* Without the dictionary numbers are read, and the rest is left to the engine. No library can be
 * loaded without descriptors. */
static void
without_the_dictionary_words_stay(void **state)
{
	static const struct rlimit none = {0, 0};
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct said said;

		setrlimit(RLIMIT_NOFILE, &none);
		said = say_as(*state, "今日は8月8日です。", "ja");
		_exit(strcmp(said.text, "今日はハチガツ ヨーカです。") == 0 &&
			      say_ja_missing() != NULL
			  ? EX_OK
			  : EX_SOFTWARE);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == EX_OK);
}

static void
nothing_is_missing_here(void **state)
{
	assert_null(say_ja_missing());
}

static void
long_and_odd_texts_are_read(void **state)
{
	char *much = pool_alloc(*state, SAY_TEXT_MAX + 1);
	struct said said;

	for (size_t i = 0; i + 3 <= SAY_TEXT_MAX; i += 3)
		memcpy(much + i, "私", 4);
	said = say_as(*state, much, "ja");
	assert_whole(&said, much);
	assert_true(said.len <= SAY_TEXT_MAX);
	for (size_t i = 0; i < 3; i++) {
		static const char *const odd[] = {"", " ", "鿿㐀々〆"};

		said = say_as(*state, odd[i], "ja");
		assert_whole(&said, odd[i]);
	}
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
	    cmocka_unit_test_setup_teardown(without_the_dictionary_words_stay, begin, end),
	    cmocka_unit_test_setup_teardown(nothing_is_missing_here, begin, end),
	    cmocka_unit_test_setup_teardown(sentences_are_read_as_the_fixture_says, begin, end),
	    cmocka_unit_test_setup_teardown(what_is_said_leads_back_to_the_author, begin, end),
	    cmocka_unit_test_setup_teardown(other_languages_keep_their_characters, begin, end),
	    cmocka_unit_test_setup_teardown(long_and_odd_texts_are_read, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
