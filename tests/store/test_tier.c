#include "tiers.h"

#include <math.h>

/* Claims and moves between levels. */

static size_t
claim(struct db *db, enum tier_why why, unsigned level, struct tier_move *v)
{
	struct tier_question q = tiers_question(why, level);
	size_t n;

	assert_rc(tier_claim(db, pool, &q, v, &n), RC_OK);
	return n;
}

static void
a_move_is_claimed_done_and_settled(void **state)
{
	struct tier_move v[TIER_MAX];
	struct rows history;

	tiers_row("0/1/1-r1", "bronze", 25);
	assert_int_equal(claim(tier, TIER_UP, GOLD, v), 1);
	assert_string_equal(v[0].name, "0/1/1-r1");
	assert_string_equal(v[0].path, "");
	assert_int_equal(v[0].level, BRONZE);
	assert_int_equal(v[0].target, GOLD);
	assert_int_equal(v[0].total, 25);
	assert_string_equal(v[0].reason, "hot");
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content WHERE state = 'moving'"), 1);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM update_history"), 0);
	v[0].bytes = 1234;
	assert_rc(tier_done(tier, v, 1), RC_OK);
	assert_false(v[0].stale);
	assert_string_equal(tiers_level("0/1/1-r1"), "gold");
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content WHERE state = 'moving'"), 1);
	history = fixture_rows("SELECT h.old_content_level, h.new_content_level,"
			       " h.old_updated_date, h.new_updated_date, c.update_time, h.reason,"
			       " h.bytes, h.host, h.run_id, CAST(h.heat AS SIGNED), h.name"
			       " FROM update_history h JOIN content c ON c.id = h.cid");
	assert_int_equal(history.n, 1);
	assert_string_equal(db_row(&history, 0)[0].s, "bronze");
	assert_string_equal(db_row(&history, 0)[1].s, "gold");
	assert_string_equal(db_row(&history, 0)[2].s, "2026-01-01T00:00:00.000Z");
	assert_string_equal(db_row(&history, 0)[3].s, db_row(&history, 0)[4].s);
	assert_string_not_equal(db_row(&history, 0)[3].s, db_row(&history, 0)[2].s);
	assert_string_equal(db_row(&history, 0)[5].s, "hot");
	assert_int_equal(db_row(&history, 0)[6].number, 1234);
	assert_string_equal(db_row(&history, 0)[7].s, "here");
	assert_int_equal(db_row(&history, 0)[8].number, 7);
	assert_in_range(db_row(&history, 0)[9].number, 24, 25);
	assert_string_equal(db_row(&history, 0)[10].s, "0/1/1-r1");
	assert_rc(tier_settled(tier, v, 1), RC_OK);
	assert_false(v[0].stale);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content WHERE state = 'still' AND"
					" target IS NULL AND run_at > NOW() + INTERVAL 23 HOUR"),
	    1);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM update_history"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_move_is_claimed_done_and_settled, tiers_empty),
	};

	return cmocka_run_group_tests(tests, tiers_start, tiers_stop);
}
