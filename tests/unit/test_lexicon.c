#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../../common/say/lexicon.h"
#include "../../common/say/say.h"

#define PROJECT 7

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

static struct said
say(struct pool *pool, const struct lexicon_entry *v, size_t n, const char *text,
    const char *language)
{
	return say_text(pool, text, strlen(text), language, lexicon_make(pool, v, n, PROJECT));
}

static void
check(struct pool *pool, const struct lexicon_entry *v, size_t n, const char *language,
    const char *text, const char *wanted)
{
	struct said said = say(pool, v, n, text, language);

	if (strcmp(said.text, wanted) != 0)
		fail_msg("\"%s\" is said as \"%s\", wanted \"%s\"", text, said.text, wanted);
}

struct example {
	const char *text, *wanted;
};

static void
words_match_whole_and_without_case(void **state)
{
	static const struct lexicon_entry v[] = {{1, 0, LEXICON_WORD, "", "Nguyen", "Win"},
	    {2, 0, LEXICON_WORD, "", "C++", "C plus plus"},
	    {3, 0, LEXICON_WORD, "", "Élan", "Elon"},
	    {4, 0, LEXICON_WORD, "", "New York", "Big Apple"},
	    {5, 0, LEXICON_WORD, "", "東京", "Tokyo"}, {6, 0, LEXICON_WORD, "", "API", "A P I"}};
	static const struct example cases[] = {
	    {"Nguyen is here.", "Win is here."},
	    {"NGUYEN, nguyen!", "Win, Win!"},
	    {"Nguyen's hat", "Win's hat"},
	    {"Nguyens and aNguyen", "Nguyens and aNguyen"},
	    {"Nguyen1 Nguyen\xcc\x81", "Nguyen1 Nguyen\xcc\x81"},
	    {"I like c++.", "I like C plus plus."},
	    {"ÉLAN élan", "Elon Elon"},
	    {"In new york city", "In Big Apple city"},
	    {"私は東京が好き", "私はTokyoが好き"},
	    {"그API는 API입니다", "그A P I는 A P I임니다"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check(*state, v, 6, "xx", cases[i].text, cases[i].wanted);
}

static void
particles_may_follow_a_korean_word(void **state)
{
	static const struct lexicon_entry v[] = {{1, 0, LEXICON_WORD, "", "사과", "능금"}};
	static const struct example cases[] = {
	    {"사과", "능금"},
	    {"사과를 먹고 사과에서는", "능금를 먹꼬 능금에서는"},
	    {"이것은 사과였다.", "이거슨 능금엳다."},
	    {"사과나무와 풋사과", "사과나무와 푿사과"},
	    {"\"사과\"라고", "\"능금\"라고"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check(*state, v, 1, "ko", cases[i].text, cases[i].wanted);
}

static void
exact_matches_every_occurrence(void **state)
{
	static const struct lexicon_entry v[] = {{1, 0, LEXICON_EXACT, "", "aa", "b"}};

	check(*state, v, 1, "xx", "aa aaa xaay AA", "b ba xby AA");
}

static void
the_longest_match_counts_once_and_the_project_before_the_user(void **state)
{
	static const struct lexicon_entry v[] = {{1, 0, LEXICON_WORD, "", "cat", "dog"},
	    {2, 0, LEXICON_WORD, "", "dog", "cat"}, {3, 0, LEXICON_WORD, "", "cat dog", "both"},
	    {4, 0, LEXICON_WORD, "", "bird", "user"},
	    {5, PROJECT, LEXICON_WORD, "", "bird", "project"},
	    {6, PROJECT + 1, LEXICON_WORD, "", "fish", "other"}};

	check(*state, v, 6, "xx", "cat dog cat, dog bird fish", "both dog, cat project fish");
	assert_null(lexicon_make(*state, v + 5, 1, PROJECT));
}

static void
an_entry_with_a_language_is_for_that_language(void **state)
{
	static const struct lexicon_entry v[] = {{1, 0, LEXICON_WORD, "en", "Paris", "Parris"}};

	check(*state, v, 1, "en-gb", "Paris", "Parris");
	check(*state, v, 1, "en", "Paris", "Parris");
	check(*state, v, 1, "fr", "Paris", "Paris");
	check(*state, v, 1, "enm", "Paris", "Paris");
}

/* Numbers are read after the dictionary was applied, but not in its replacements. */
static void
numbers_are_read_around_what_was_replaced(void **state)
{
	static const struct lexicon_entry v[] = {
	    {1, 0, LEXICON_EXACT, "", "$5", "five bucks or 5 km"}};

	check(*state, v, 1, "en", "$5 and $6 and 3 km",
	    "five bucks or 5 km and 6 dollars and 3 kilometers");
}

static void
only_the_dictionary_can_give_the_engine_phonemes(void **state)
{
	static const struct lexicon_entry v[] = {{1, 0, LEXICON_PHONEMES, "", "hello", "h@l'oU"},
	    {2, 0, LEXICON_WORD, "", "evil", "[[x]] [\x01["}, {3, 0, LEXICON_EXACT, "", "]", "["}};
	struct said said = say(*state, v, 3, "Hello, \"hello\"!", "en");

	assert_true(said.phonemes);
	assert_string_equal(said.text, "[[h@l'oU]], \" [[h@l'oU]]\"!");
	said = say(*state, v, 3, "[[a]] evil []", "en");
	assert_false(said.phonemes);
	assert_null(strstr(said.text, "[["));
	assert_null(strchr(said.text, '\x01'));
	said = say(*state, v, 3, "[hello [[hello", "en");
	assert_string_equal(said.text, "[ [[h@l'oU]] ([ [[h@l'oU]]");
}

static void
only_mnemonics_are_phonemes(void **state)
{
	static const char *const good[] = {"h@l'oU", "n'aIs d'eI", "a#", "t2", "_:"};
	static const char *const bad[] = {"", " a", "a ", "a  b", "a]]", "a[[", "a\n", "é", "a\x01",
	    "_^_de", "a(b)", "<a>", "a$"};

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(lexicon_mnemonics(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(lexicon_mnemonics(bad[i]));
}

static void
what_is_replaced_leads_back_to_what_was_written(void **state)
{
	static const struct lexicon_entry v[] = {{1, 0, LEXICON_WORD, "", "Nguyen", "Win"}};
	struct said said = say(*state, v, 1, "Mr. Nguyen!", "xx");
	uint32_t offset, length;

	say_author(&said, 4, 3, &offset, &length);
	assert_int_equal(offset, 4);
	assert_int_equal(length, 6);
	say_author(&said, 7, 1, &offset, &length);
	assert_int_equal(offset, 10);
}

/* As tts-http(7) promises, regardless of the order in which they were created. */
static void
matches_of_equal_length_have_an_order(void **state)
{
	static const struct lexicon_entry v[] = {{1, 0, LEXICON_WORD, "", "cat", "word"},
	    {2, 0, LEXICON_WORD, "en", "cat", "English"}, {3, 0, LEXICON_EXACT, "", "cat", "exact"},
	    {4, 0, LEXICON_PHONEMES, "", "cat", "k'at"},
	    {5, PROJECT, LEXICON_WORD, "", "cat", "project"}};
	static const char *const wanted[] = {"word", "English", "exact", "[[k'at]]", "project"};

	for (size_t n = 1; n <= sizeof v / sizeof *v; n++)
		check(*state, v, n, "en", "cat", wanted[n - 1]);
}

/* A sentence is touched by the entries that are used in it. */
static void
an_entry_touches_the_sentences_it_changes(void **state)
{
	static const struct lexicon_entry v[] = {{1, 0, LEXICON_WORD, "", "cat", "x"},
	    {2, PROJECT, LEXICON_WORD, "", "cat", "y"}, {3, 0, LEXICON_WORD, "fr", "chat", "z"}};
	struct lexicon *lexicon = lexicon_make(*state, v, 3, PROJECT);

	assert_false(lexicon_touches(lexicon, 1, "a cat", 5, "en"));
	assert_true(lexicon_touches(lexicon, 2, "a cat", 5, "en"));
	assert_false(lexicon_touches(lexicon, 2, "a cats", 6, "en"));
	assert_true(lexicon_touches(lexicon, 3, "chat", 4, "fr"));
	assert_false(lexicon_touches(lexicon, 3, "chat", 4, "en"));
	assert_false(lexicon_touches(NULL, 1, "a cat", 5, "en"));
	assert_true(lexicon_matches(&v[0], "a cat", 5));
	assert_true(lexicon_matches(&v[2], "chat", 4));
	assert_false(lexicon_matches(&v[2], "chats", 5));
}

static void
keys_are_the_same_for_what_matches_the_same(void **state)
{
	const struct lexicon_entry word = {.match = LEXICON_WORD, .from = "ABC"},
				   other = {.match = LEXICON_WORD, .from = "abc"},
				   exact = {.match = LEXICON_EXACT, .from = "ABC"};

	assert_string_equal(lexicon_key(*state, &word), lexicon_key(*state, &other));
	assert_string_equal(lexicon_key(*state, &exact), "ABC");
	for (int i = 0; i < LEXICON_MATCHES; i++)
		assert_int_equal(lexicon_match_named(lexicon_match_name(i)), i);
	assert_int_equal(lexicon_match_named("words"), LEXICON_MATCHES);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(words_match_whole_and_without_case),
	    TEST(particles_may_follow_a_korean_word),
	    TEST(exact_matches_every_occurrence),
	    TEST(the_longest_match_counts_once_and_the_project_before_the_user),
	    TEST(an_entry_with_a_language_is_for_that_language),
	    TEST(numbers_are_read_around_what_was_replaced),
	    TEST(only_the_dictionary_can_give_the_engine_phonemes),
	    TEST(only_mnemonics_are_phonemes),
	    TEST(what_is_replaced_leads_back_to_what_was_written),
	    TEST(matches_of_equal_length_have_an_order),
	    TEST(an_entry_touches_the_sentences_it_changes),
	    TEST(keys_are_the_same_for_what_matches_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
