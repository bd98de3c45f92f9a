#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "../../common/say.h"
#include "../../common/text.h"

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

static void
control_characters_become_spaces(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
	    {"", ""},
	    {"plain 글자 é", "plain 글자 é"},
	    {"\x01+10S", " +10S"},
	    {"a\tb\r\nc\x7f"
	     "d\x1f",
		"a b  c d "},
	    {"a\xc2\x80"
	     "b\xc2\x9f"
	     "c\xc2\xa0",
		"a b c\xc2\xa0"},
	    {"a\xe2\x80\xa8"
	     "b\xe2\x80\xa9"
	     "c\xe2\x80\xaa",
		"a b c\xe2\x80\xaa"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct said said = say_text(*state, cases[i].in, strlen(cases[i].in), "xx", NULL);

		assert_string_equal(said.text, cases[i].out);
		assert_int_equal(said.len, strlen(cases[i].out));
		assert_false(said.phonemes);
	}
	assert_string_equal(say_text(*state, "a\0b", 3, "xx", NULL).text, "a b");
}

static size_t
encode(char *out, uint32_t c)
{
	size_t n = 0;

	if (c < 0x80)
		out[n++] = (char)c;
	else if (c < 0x800)
		out[n++] = (char)(0xc0 | c >> 6);
	else if (c < 0x10000)
		out[n++] = (char)(0xe0 | c >> 12), out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	else
		out[n++] = (char)(0xf0 | c >> 18), out[n++] = (char)(0x80 | (c >> 12 & 0x3f)),
		out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	if (c >= 0x80)
		out[n++] = (char)(0x80 | (c & 0x3f));
	out[n] = '\0';
	return n;
}

static void
text_stays_valid_and_free_of_controls(void **state)
{
	for (uint32_t c = 0; c < 0x110000; c++) {
		char in[5];
		size_t n;
		struct said said;

		if (c >= 0xd800 && c < 0xe000)
			continue;
		if (c % 4096 == 0)
			pool_reset(*state);
		n = encode(in, c);
		said = say_text(*state, in, n, "xx", NULL);
		bool control = c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
		assert_string_equal(said.text, control ? " " : in);
		assert_int_equal(text_utf8_check(said.text, said.len), said.len);
	}
}

static void
brackets_never_make_phonemes(void **state)
{
	static const char *const cases[][2] = {
	    {"a [b] c", "a [b] c"}, {"[[h@loU]]", "([h@loU]]"}, {"[[[[x", "((([x"}, {"[", "["}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(
		    say_text(*state, cases[i][0], strlen(cases[i][0]), "en", NULL).text,
		    cases[i][1]);
}

static void
plain_text_stands_for_itself(void **state)
{
	const char *text = "가나 abc\té";
	struct said said = say_text(*state, text, strlen(text), "xx", NULL);
	uint32_t offset, length;

	assert_int_equal(said.runs_n, 1);
	for (uint32_t at = 0; at <= 8; at++) {
		say_author(&said, at, 1, &offset, &length);
		assert_int_equal(offset, at);
		assert_int_equal(length, at < 8);
	}
	say_author(&said, 3, UINT32_MAX, &offset, &length);
	assert_int_equal(offset, 3);
	assert_int_equal(length, 5);
	said = say_text(*state, "", 0, "xx", NULL);
	say_author(&said, 3, 4, &offset, &length);
	assert_int_equal(offset + length, 0);
}

/* A time of "3:15" read as "three fifteen", between "at " and "!". */
static void
replaced_text_stands_for_all_of_its_run(void **state)
{
	static const struct say_run runs[] = {
	    {0, 3, 0, 3, true}, {3, 13, 3, 4, false}, {16, 1, 7, 1, true}};
	static const struct {
		uint32_t at, n, offset, length;
	} cases[] = {{0, 2, 0, 2}, {3, 5, 3, 4}, {9, 7, 3, 4}, {15, 1, 3, 4}, {16, 1, 7, 1},
	    {2, 3, 2, 5}, {15, 2, 3, 5}, {17, 1, 8, 0}, {100, 1, 8, 0}, {5, 0, 3, 0}};
	struct said said = {.runs = runs, .runs_n = 3};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t offset, length;

		say_author(&said, cases[i].at, cases[i].n, &offset, &length);
		assert_int_equal(offset, cases[i].offset);
		assert_int_equal(length, cases[i].length);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(control_characters_become_spaces, begin, end),
	    cmocka_unit_test_setup_teardown(text_stays_valid_and_free_of_controls, begin, end),
	    cmocka_unit_test_setup_teardown(brackets_never_make_phonemes, begin, end),
	    cmocka_unit_test_setup_teardown(plain_text_stands_for_itself, begin, end),
	    cmocka_unit_test_setup_teardown(replaced_text_stands_for_all_of_its_run, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
