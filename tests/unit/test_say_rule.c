#include "capture.h"

#include <stdlib.h>

#include "../../common/base/log.h"
#include "../../common/say/say_parts.h"

/* The rules of a language name its tables and readers; a mistake in a rule must disable only
 * that rule. */

static bool
refuse(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return false;
}

static const struct say_entry month[] = {{"May", "May"}, {"June", "June"}};
static const struct say_table tables[] = {{"month", month, SAY_COUNT(month)}};
static const struct say_reader readers[] = {{'c', refuse}, {'p', refuse}};
static const size_t readers_n = SAY_COUNT(readers);

static const struct say_language made_up = {.tag = "xx",
    .tables = tables,
    .tables_n = SAY_COUNT(tables),
    .readers = readers,
    .readers_n = &readers_n};

static unsigned
bytes_it_may_begin_with(const struct say_language *language, const struct say_rule *rule)
{
	bool first[256];
	unsigned n = 0;

	memset(first, 1, sizeof first);
	say_first(language, rule, first);
	for (unsigned c = 0; c < 256; c++)
		n += first[c];
	return n;
}

static void
a_wrong_rule_is_left_out_and_named(void **state)
{
	static const struct say_rule wrong[] = {
	    {"on <mnth> <d>", "{1} {2c}"},
	    {"<mnth>", "{1}"},
	    {"<mont>", "{1}"},
	    {"<months>", "{1}"},
	    {"<month", "{1}"},
	    {"<>", NULL},
	    {"<month><=p>", NULL}, /* there is no table "particle" */
	    {"<d><=x>", NULL},
	    {"<d><=AA>", NULL},
	    {"<1-12", "{1}"},
	    {"<1>", "{1}"},
	    {"<1->", "{1}"},
	    {"<1-x>", "{1}"},
	    {"<d>", "{1x}"},
	    {"<d>", "{2}"},
	    {"<d>", "{0}"},
	    {"<d>", "{1"},
	    {"<d>", "{}"},
	    {"<d>", "{c}"},
	    {"<d>", "{1p2}"},
	    {"<d>", "{1pp}"},
	    {"<d>", "{1p11}"},
	    {"<d><=e>", "{2}"}, /* which matches nothing */
	    {"<d>a<d>a<d>a<d>a<d>a<d>a<d>a<d>a<d>", NULL},
	};

	for (size_t i = 0; i < SAY_COUNT(wrong); i++) {
		capture_begin();
		assert_int_equal(bytes_it_may_begin_with(&made_up, &wrong[i]), 0);
		capture_end();
		assert_int_equal(lines_in(captured), 1);
		assert_non_null(strstr(captured, wrong[i].match));
	}
}

static void
every_rule_there_is_can_be_used(void **state)
{
	static const struct say_language *const languages[] = {
	    &say_en, &say_ko, &say_de, &say_fr, &say_es, &say_it, &say_ru};
	static const struct say_rule right[] = {
	    {"on <month> <d>", "{1} {2c}"},
	    {"<01-12>_<d>", "{1p2}{2}"},
	    {"<d>a<d>a<d>a<d>a<d>a<d>a<d>a<d><=e>", "{8}"},
	    {"x?<cap>", NULL},
	};

	capture_begin();
	for (size_t i = 0; i < SAY_COUNT(right); i++)
		assert_in_range(bytes_it_may_begin_with(&made_up, &right[i]), 1, 256);
	for (size_t i = 0; i < SAY_COUNT(languages); i++)
		for (size_t r = 0; r < languages[i]->rules_n; r++)
			assert_in_range(
			    bytes_it_may_begin_with(languages[i], &languages[i]->rules[r]), 1, 256);
	capture_end();
	assert_string_equal(captured, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_wrong_rule_is_left_out_and_named),
	    cmocka_unit_test(every_rule_there_is_can_be_used),
	};

	log_init("", 6);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
