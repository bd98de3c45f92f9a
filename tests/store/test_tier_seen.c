#include "tiers.h"

/* Rows of the counter, which does not know where a file is. */

static size_t
unseen(struct tier_spot *v)
{
	uint64_t cursor = 0;
	size_t n = 0;

	assert_rc(tier_unseen(tier, pool, &cursor, v, &n), RC_OK);
	assert_int_equal(cursor, 0);
	return n;
}

static void
a_row_is_corrected_when_its_file_was_looked_at(void **state)
{
	struct tier_spot v[TIER_MAX];

	tiers_row("0/1/1-r1", "bronze", 25);
	assert_int_equal(unseen(v), 0);
	fixture_run("UPDATE content SET bytes = 0");
	assert_int_equal(unseen(v), 1);
	assert_int_equal(v[0].level, BRONZE);
	assert_string_equal(v[0].path, "");
	v[0].level = GOLD;
	v[0].bytes = 77;
	assert_rc(tier_seen(tier, v, 1), RC_OK);
	assert_string_equal(tiers_level("0/1/1-r1"), "gold");
	assert_int_equal(fixture_number("SELECT bytes FROM content"), 77);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM update_history"), 0);
	assert_int_equal(unseen(v), 0);
}

static void
a_row_that_is_moving_is_left_to_its_mover(void **state)
{
	struct tier_spot v[TIER_MAX];
	struct tier_move moves[TIER_MAX];

	tiers_row("0/1/1-r1", "bronze", 25);
	assert_int_equal(unseen(v), 0);
	fixture_run("UPDATE content SET bytes = 0");
	assert_int_equal(unseen(v), 1);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, moves), 1);
	v[0].level = SILVER;
	v[0].bytes = 77;
	assert_rc(tier_seen(tier, v, 1), RC_OK);
	assert_string_equal(tiers_level("0/1/1-r1"), "bronze");
	assert_int_equal(unseen(v), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_row_is_corrected_when_its_file_was_looked_at, tiers_empty),
	    cmocka_unit_test_setup(a_row_that_is_moving_is_left_to_its_mover, tiers_empty),
	};

	return cmocka_run_group_tests(tests, tiers_start, tiers_stop);
}
