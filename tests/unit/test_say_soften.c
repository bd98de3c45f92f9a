#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

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

/* What is said of IN after it crashed the engine. */
static const char *
softened(struct pool *pool, const char *in)
{
	return say_text_softened(pool, in, strlen(in), "xx", NULL).text;
}

static void
what_crashed_is_softened(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
	    {"---लच्छेद", "-लच्छेद"},
	    {"-–—a", "-a"},
	    {"What?! No...", "What? No."},
	    {"s's's's's'", "s'"},
	    {"hahahaha haha", "ha haha"},
	    {"sS'sS'Ss'SS'", "sS'"},
	    {"10,000,000,000,000 -- 1111", "10,000,000,000,000 - 1111"},
	    {"too good", "to god"},
	    {"too good!!", "too good!"},
	    {"11", "11"},
	    {"", ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(softened(*state, cases[i].in), cases[i].out);
}

/* The words of a softened text are found in the author's text, and every code point of that is
 * somebody's. */
static void
a_softened_text_leads_to_the_authors(void **state)
{
	static const char in[] = "ab---cd 3 ± hahahahax";
	struct said said = say_text_softened(*state, in, strlen(in), "en", NULL);
	uint32_t offset, length, at, author = 0, all = 0;

	at = (uint32_t)(strstr(said.text, "cd") - said.text);
	say_author(&said, at, 2, &offset, &length);
	assert_int_equal(offset, 5);
	assert_int_equal(length, 2);
	at = 0;
	for (const char *s = said.text; s < strstr(said.text, "hax"); s++)
		at += (*s & 0xc0) != 0x80;
	say_author(&said, at, 2, &offset, &length);
	assert_int_equal(offset, 12);
	assert_int_equal(length, 8);
	for (size_t i = 0; i < said.runs_n; i++) {
		assert_int_equal(said.runs[i].author, author);
		assert_int_equal(said.runs[i].said, all);
		author += said.runs[i].author_len;
		all += said.runs[i].said_len;
	}
	assert_int_equal(author, 21);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(what_crashed_is_softened, begin, end),
	    cmocka_unit_test_setup_teardown(a_softened_text_leads_to_the_authors, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
