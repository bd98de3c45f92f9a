#include "conf_fixture.h"

/* The levels of storage in tts.conf. */

/* A file with this list in line 1. */
static const char *
with_list(const char *list)
{
	return pool_printf(pool,
	    "levels = { list = ( %s ); };\nmedia = { root = \"/m\"; gone_root = \"/gone\"; };",
	    list);
}

#define BRONZE "{ name = \"bronze\"; path = \"/m\"; }"

static void
without_a_list_there_are_no_levels(void **state)
{
	const struct conf *c = load("");

	assert_non_null(c);
	assert_int_equal(c->levels.n, 0);
	c = load("levels = { half_life_sec = 0; list = ( ); };");
	assert_non_null(c);
	assert_int_equal(c->levels.n, 0);
	assert_int_equal(c->levels.half_life_sec, 0);
}

static void
levels_are_in_the_order_of_their_counts(void **state)
{
	const struct conf *c =
	    load(with_list("{ name = \"silver\"; path = \"/s\"; min_count = 1000; max_mib = 8192;"
			   " free_mib = 0; keep_percent = 29; },"
			   " { name = \"gold\"; path = \"/g\"; min_count = 2000; }, " BRONZE));

	assert_string_equal(captured, "");
	assert_non_null(c);
	assert_int_equal(c->levels.n, 3);
	assert_string_equal(c->levels.v[0].name, "bronze");
	assert_string_equal(c->levels.v[0].path, "/m");
	assert_int_equal(c->levels.v[0].min_count, 0);
	assert_int_equal(c->levels.v[0].max_bytes, 0);
	assert_true(c->levels.v[0].free_bytes == UINT64_C(1) << 30);
	assert_true(c->levels.v[0].keep_ratio == 0.5);
	assert_string_equal(c->levels.v[1].name, "silver");
	assert_int_equal(c->levels.v[1].min_count, 1000);
	assert_true(c->levels.v[1].max_bytes == UINT64_C(8) << 30);
	assert_true(c->levels.v[1].free_bytes == 0);
	assert_true(c->levels.v[1].keep_ratio == 0.29);
	assert_string_equal(c->levels.v[2].name, "gold");
	assert_int_equal(c->levels.home, 0);
}

static void
new_files_go_to_the_level_of_the_media_root(void **state)
{
	const struct conf *c =
	    load(with_list("{ name = \"old\"; path = \"/old\"; },"
			   " { name = \"new\"; path = \"/m\"; min_count = 5; }"));

	assert_non_null(c);
	assert_int_equal(c->levels.home, 1);
	assert_refused(with_list("{ name = \"old\"; path = \"/old\"; }"),
	    "1: levels.list: no level has the path of media.root, where new files are written\n");
}

static void
members_keep_to_their_form(void **state)
{
	assert_refused(with_list("{ name = \"Gold\"; path = \"m\"; min_count = -1; size = 3;\n"
				 " max_mib = \"1\"; keep_percent = 101; }, 5"),
	    "1: levels.list[0].name: \"Gold\" is not a name of up to 16 letters a-z, digits and"
	    " \"-\" that begins with a letter\n"
	    "1: levels.list[0].path: \"m\" is not an absolute path\n"
	    "1: levels.list[0].min_count: -1 is not in 0..2000000000\n"
	    "1: levels.list[0].size: there is no such key\n"
	    "2: levels.list[0].max_mib: expected a whole number, found a string\n"
	    "2: levels.list[0].keep_percent: 101 is not in 1..100\n"
	    "2: levels.list[1]: expected a group, found a number\n");
	assert_refused(
	    "levels = { list = \"gold\"; };", "1: levels.list: expected a list, found a string\n");
	assert_refused("levels = { list = ( { } ); };",
	    "1: levels.list[0]: name is not set\n"
	    "1: levels.list[0]: path is not set\n"
	    "1: levels.list: no level has the path of media.root, where new files are written\n");
	assert_refused("levels = { list = ( {}, {}, {}, {}, {}, {}, {}, {}, {} ); };",
	    "1: levels.list: 9 levels are more than the maximum of 8\n");
}

static void
levels_differ_in_name_count_and_path(void **state)
{
	assert_refused(with_list(BRONZE ",\n{ name = \"bronze\"; path = \"/b\"; min_count = 1; }"),
	    "2: levels.list[1]: name is the same as that of levels.list[0]\n");
	assert_refused(with_list(BRONZE ",\n{ name = \"b\"; path = \"/b\"; }"),
	    "2: levels.list[1]: min_count is the same as that of levels.list[0]\n");
	assert_refused(with_list(BRONZE ",\n{ name = \"b\"; path = \"/m/b\"; min_count = 1; }"),
	    "2: levels.list[1]: neither path nor that of levels.list[0] may contain the other\n");
	assert_refused(with_list(BRONZE ",\n{ name = \"b\"; path = \"/m\"; min_count = 1; }"),
	    "2: levels.list[1]: neither path nor that of levels.list[0] may contain the other\n");
	assert_refused(with_list(BRONZE ",\n{ name = \"b\"; path = \"/gone/b\"; min_count = 1; }"),
	    "2: levels.list[1]: neither path nor media.gone_root may contain the other\n");
	assert_refused(with_list("{ name = \"b\"; path = \"/m\"; min_count = 1; }"),
	    "1: levels.list: no level has min_count 0\n");
}

static void
marks_have_an_order(void **state)
{
	assert_refused("levels = { high_percent = 70;\n low_percent = 70; };",
	    "2: levels.low_percent: 70 is too large for levels.high_percent, which is 70\n");
	assert_refused("levels = { half_life_sec = 3599; };",
	    "1: levels.half_life_sec: 3599 is not one of 3600 to 315360000, or 0\n");
}

/* A file of conf.d may name other levels than tts.conf does. */
static void
the_list_that_is_read_last_counts(void **state)
{
	char *dir = pool_printf(pool, "%s/conf.d", directory);
	char *path = pool_printf(pool, "%s/levels.conf", dir);
	const struct conf *c;
	FILE *f;

	assert_int_equal(mkdir(dir, 0700), 0);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("levels = { list = ( { name = \"only\"; path = \"/m\"; } ); };", f);
	assert_int_equal(fclose(f), 0);
	c = load(with_list(BRONZE ", { name = \"gold\"; path = \"/g\"; min_count = 2; }"));
	unlink(path);
	rmdir(dir);
	assert_non_null(c);
	assert_int_equal(c->levels.n, 1);
	assert_string_equal(c->levels.v[0].name, "only");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_a_list_there_are_no_levels),
	    cmocka_unit_test(levels_are_in_the_order_of_their_counts),
	    cmocka_unit_test(new_files_go_to_the_level_of_the_media_root),
	    cmocka_unit_test(members_keep_to_their_form),
	    cmocka_unit_test(levels_differ_in_name_count_and_path),
	    cmocka_unit_test(marks_have_an_order),
	    cmocka_unit_test(the_list_that_is_read_last_counts),
	};

	return cmocka_run_group_tests(tests, conf_prepare, conf_clean_up);
}
