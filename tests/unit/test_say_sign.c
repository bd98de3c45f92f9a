#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../../common/say/lexicon.h"
#include "../../common/say/say.h"

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

struct sign_case {
	const char *language, *in, *out;
};

static void
check(struct pool *pool, const struct sign_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct said said =
		    say_text(pool, cases[i].in, strlen(cases[i].in), cases[i].language, NULL);

		if (strcmp(said.text, cases[i].out) != 0)
			fail_msg("%s: \"%s\" is said as \"%s\"", cases[i].language, cases[i].in,
			    said.text);
	}
}

/* Marks of emphasis, headings, code, quotations and rows. */
static void
signs_of_layout_are_silent(void **state)
{
	static const struct sign_case cases[] = {
	    {"en", "This is **bold**, and *this* too.", "This is bold, and this too."},
	    {"en", "1. **First:** do it", "1. First: do it"},
	    {"en", "a ~~struck~~ word", "a struck word"},
	    {"en", "Use `ls` or ``id`` now.", "Use ls or id now."},
	    {"en", "an _emphasis_ and __two__", "an emphasis and two"},
	    {"en", "# Heading", "  Heading"},
	    {"en", "## A heading ##", "  A heading "},
	    {"en", "==Heading==", " Heading"},
	    {"en", "> a quoted line", "  a quoted line"},
	    {"en", "• Red apples", "  Red apples"},
	    {"en", "Red • Green ★ Blue", "Red , Green , Blue"},
	    {"en", "price*", "price"},
	    {"en", "Title ==== Rest", "Title , Rest"},
	    {"en", "| x | y |", "  x , y "},
	    {"en", "Hi there~ Hello~!", "Hi there Hello!"},
	    {"en", "good ^^", "good "},
	    {"de", "Das ist **fett** und `so`.", "Das ist fett und so."},
	    {"de", "Hallo~", "Hallo"},
	    {"fr", "**Bonjour**, dit-il.", " Bonjour, dit-il."},
	    {"ja", "**東京**です～~", " トーキョーデス "},
	    {"ko", "**서울**은 *수도*이다", " 서우른 수도이다"},
	    {"ko", "좋아요~ 감사합니다^^", "조아요 감사함니다"},
	    {"ko", "와~~ 나무다!", "와 나무다!"},
	};

	check(*state, cases, sizeof cases / sizeof cases[0]);
}

static void
signs_that_mean_something_stay(void **state)
{
	static const struct sign_case cases[] = {
	    {"en", "C# and F#", "C# and F#"},
	    {"en", "C++ is a == b", "C++ is a == b"},
	    {"en", "snake_case", "snake_case"},
	    {"en", "2*3", "2 times 3"},
	    {"en", "2 * 3 = 6", "2 times 3 = 6"},
	    {"en", "2**3", "2**3"},
	    {"en", "a*b", "a*b"},
	    {"en", "~50 people", "about 50 people"},
	    {"en", "#happy", "hashtag happy"},
	    {"en", "see # 5", "see number 5"},
	    {"en", "x - y", "x - y"},
	    {"en", "ls ~/src", "ls ~/src"},
	    {"sv", "-10~-3 och $5~$6", "-10~-3 och $5~$6"},
	    {"en", "5* hotel", "5* hotel"},
	    {"en", "*", "*"},
	    {"en", "====", "===="},
	    {"ko", "네~알겠습니다", "네~알겓슴니다"},
	    {"ko", "좋아요~감사합니다", "조아요~감사함니다"},
	};

	check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* It is neither spoken nor the end of the sentence around it. */
static void
a_scene_break_is_a_pause(void **state)
{
	static const struct sign_case cases[] = {
	    {"en", "by\n***\nthe river", "by , the river"},
	    {"en", "by * * * the river", "by ,   the river"},
	    {"en", "He slept. * * *", "He slept.   "},
	    {"en", "*** He woke.", "  He woke."},
	    {"ko", "그는\n***\n간다", "그는 , 간다"},
	};

	check(*state, cases, sizeof cases / sizeof cases[0]);
}

static void
a_word_divided_at_the_end_of_a_line_is_one_word(void **state)
{
	static const struct sign_case cases[] = {
	    {"en", "the syn-\nthesis of it", "the synthesis of it"},
	    {"en", "the syn-\r\n  thesis", "the synthesis"},
	    {"en", "her self-\nesteem", "her self-esteem"},
	    {"en", "mother-in-\nlaw", "mother-in-law"},
	    {"en", "syn\xc2\xadthesis", "synthesis"},
	    {"de", "die Ver-\neinbarung", "die Vereinbarung"},
	    {"de", "Grün-\nflächen", "Grünflächen"},
	    {"ru", "пере-\nвод", "перевод"},
	    /* Not a division. */
	    {"en", "one -\ntwo", "one - two"},
	    {"en", "Anglo-\nSaxon", "Anglo- Saxon"},
	    {"en", "syn-\n\nthesis", "syn-  thesis"},
	    {"en", "10-\n12", "10- 12"},
	};

	check(*state, cases, sizeof cases / sizeof cases[0]);
}

/* What was left out belongs to the character before it, and to a space at the beginning. */
static void
what_is_left_out_keeps_its_place(void **state)
{
	static const struct {
		uint32_t at, offset, length;
	} places[] = {{0, 0, 2}, {1, 2, 1}, {2, 3, 3}, {3, 6, 1}, {4, 7, 3}};
	const char *text = "**ab** 5**";
	struct said said = say_text(*state, text, strlen(text), "fr", NULL);
	uint32_t offset, length;

	assert_string_equal(said.text, " ab 5");
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		say_author(&said, places[i].at, 1, &offset, &length);
		assert_int_equal(offset, places[i].offset);
		assert_int_equal(length, places[i].length);
	}
}

/* An entry of the dictionary finds signs as the author wrote them. */
static void
the_dictionary_sees_the_signs(void **state)
{
	static const struct lexicon_entry entries[] = {
	    {1, 0, LEXICON_EXACT, "", "f**k", "duck"}, {2, 0, LEXICON_EXACT, "", "*b", "bee"}};
	const struct lexicon *lexicon = lexicon_make(*state, entries, 2, 0);
	const char *text = "f**k **a**b**";
	struct said said = say_text(*state, text, strlen(text), "en", lexicon);
	uint32_t offset, length;

	assert_string_equal(said.text, "duck abee ");
	say_author(&said, 5, 1, &offset, &length);
	assert_int_equal(offset, 7);
	assert_int_equal(length, 2);
	say_author(&said, 6, 3, &offset, &length);
	assert_int_equal(offset, 9);
	assert_int_equal(length, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(signs_of_layout_are_silent, begin, end),
	    cmocka_unit_test_setup_teardown(signs_that_mean_something_stay, begin, end),
	    cmocka_unit_test_setup_teardown(a_scene_break_is_a_pause, begin, end),
	    cmocka_unit_test_setup_teardown(
		a_word_divided_at_the_end_of_a_line_is_one_word, begin, end),
	    cmocka_unit_test_setup_teardown(what_is_left_out_keeps_its_place, begin, end),
	    cmocka_unit_test_setup_teardown(the_dictionary_sees_the_signs, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
