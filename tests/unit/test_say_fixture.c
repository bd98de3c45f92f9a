#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/say/say.h"
#include "../../common/say/say_ko_sound.h"

/* What is said of the texts in the fixtures of each language. */

#define FIXTURES "tests/data/say"

/* Each line of a fixture: the author's text, a tab, the text for the engine; Korean as it is
 * spelled, as the fixtures of test_say_ko.c tell how it is pronounced. */
static size_t
walk(struct pool *pool, const char *language)
{
	FILE *file = fopen(pool_printf(pool, FIXTURES "/%s.txt", language), "re");
	char *line = NULL;
	size_t size = 0, n = 0;

	assert_non_null(file);
	while (getline(&line, &size, file) > 0) {
		char *tab = strchr(line, '\t');

		assert_non_null(tab);
		*tab = '\0';
		tab[1 + strcspn(tab + 1, "\n")] = '\0';
		struct said said = say_text(pool, line, strlen(line), language, NULL);
		say_ko_sound(tab + 1, strlen(tab + 1));
		if (strcmp(said.text, tab + 1) != 0)
			fail_msg("%s: \"%s\" is said as \"%s\"", language, line, said.text);
		n++;
	}
	free(line);
	fclose(file);
	return n;
}

/* The engine makes no sound of digits in Hebrew, so none is left. */
static void
hebrew_is_read_as_the_fixture_says(void **state)
{
	assert_in_range(walk(*state, "he"), 15, 10000);
}

static void
english_is_read_as_the_fixture_says(void **state)
{
	assert_in_range(walk(*state, "en"), 60, 10000);
}

static void
korean_is_read_as_the_fixture_says(void **state)
{
	assert_in_range(walk(*state, "ko"), 60, 10000);
}

static void
german_is_read_as_the_fixture_says(void **state)
{
	assert_in_range(walk(*state, "de"), 60, 10000);
}

static void
french_is_read_as_the_fixture_says(void **state)
{
	assert_in_range(walk(*state, "fr"), 60, 10000);
}

static void
spanish_is_read_as_the_fixture_says(void **state)
{
	assert_in_range(walk(*state, "es"), 60, 10000);
}

static void
italian_is_read_as_the_fixture_says(void **state)
{
	assert_in_range(walk(*state, "it"), 60, 10000);
}

static void
russian_is_read_as_the_fixture_says(void **state)
{
	assert_in_range(walk(*state, "ru"), 60, 10000);
}

static void
japanese_is_read_as_the_fixture_says(void **state)
{
	assert_in_range(walk(*state, "ja"), 60, 10000);
}

static void
chinese_is_read_as_the_fixture_says(void **state)
{
	assert_in_range(walk(*state, "zh"), 60, 10000);
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
	    cmocka_unit_test_setup_teardown(hebrew_is_read_as_the_fixture_says, begin, end),
	    cmocka_unit_test_setup_teardown(english_is_read_as_the_fixture_says, begin, end),
	    cmocka_unit_test_setup_teardown(korean_is_read_as_the_fixture_says, begin, end),
	    cmocka_unit_test_setup_teardown(german_is_read_as_the_fixture_says, begin, end),
	    cmocka_unit_test_setup_teardown(french_is_read_as_the_fixture_says, begin, end),
	    cmocka_unit_test_setup_teardown(spanish_is_read_as_the_fixture_says, begin, end),
	    cmocka_unit_test_setup_teardown(italian_is_read_as_the_fixture_says, begin, end),
	    cmocka_unit_test_setup_teardown(russian_is_read_as_the_fixture_says, begin, end),
	    cmocka_unit_test_setup_teardown(japanese_is_read_as_the_fixture_says, begin, end),
	    cmocka_unit_test_setup_teardown(chinese_is_read_as_the_fixture_says, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
