#include "tiers.h"

#include <math.h>

/* Claims and moves between levels. */

static void
a_move_is_claimed_done_and_settled(void **state)
{
	struct tier_move v[TIER_MAX];
	struct rows history;

	tiers_row("0/1/1-r1", "bronze", 25);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 1);
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

/* ---------------------------------------------------------------- what is claimed */

static void
what_is_hot_goes_up_to_the_level_of_its_score(void **state)
{
	struct tier_move v[TIER_MAX];

	tiers_row("0/1/1-r1", "bronze", 19);
	tiers_row("0/1/2-r1", "bronze", 21);
	tiers_row("0/1/3-r1", "silver", 22);
	tiers_row("0/1/4-r1", "bronze", 2.9);
	tiers_row("0/1/5-r1", "gold", 99);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 2);
	assert_string_equal(v[0].name, "0/1/3-r1");
	assert_int_equal(v[0].level, SILVER);
	assert_string_equal(v[1].name, "0/1/2-r1");
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 0);
	assert_int_equal(tiers_claim(TIER_UP, SILVER, v), 1);
	assert_string_equal(v[0].name, "0/1/1-r1");
	assert_int_equal(tiers_claim(TIER_UP, BRONZE, v), 0);
}

static void
what_is_too_cold_goes_down_but_not_at_once(void **state)
{
	struct tier_move v[TIER_MAX];

	tiers_row("0/1/1-r1", "gold", 10.1);
	tiers_row("0/1/2-r1", "gold", 9.9);
	tiers_row("0/1/3-r1", "gold", 0.5);
	tiers_row("0/1/4-r1", "silver", 1.4);
	tiers_row("0/1/5-r1", "silver", 1.6);
	tiers_row("0/1/6-r1", "bronze", 0);
	assert_int_equal(tiers_claim(TIER_DOWN, GOLD, v), 2);
	assert_string_equal(v[0].name, "0/1/3-r1");
	assert_int_equal(v[0].target, BRONZE);
	assert_string_equal(v[0].reason, "cold");
	assert_string_equal(v[1].name, "0/1/2-r1");
	assert_int_equal(v[1].target, SILVER);
	assert_int_equal(tiers_claim(TIER_DOWN, SILVER, v), 1);
	assert_string_equal(v[0].name, "0/1/4-r1");
	assert_int_equal(tiers_claim(TIER_DOWN, BRONZE, v), 0);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM content WHERE target = " LEVEL_ID, "bronze"), 2);
}

/* A film evening: many cold files, each fetched once. */
static void
a_flood_of_cold_files_moves_nothing(void **state)
{
	struct fetch_position first = {.inode = 1, .offset = 10}, *before = NULL;
	struct tier_fetch fetches[TIER_COUNT_MAX];
	struct tier_move v[TIER_MAX];

	for (size_t i = 0; i < TIER_COUNT_MAX; i++)
		fetches[i] = (struct tier_fetch){
		    .name = pool_printf(pool, "0/7/%zu-r1", i + 1), .n = 1, .at = INT64_MAX};
	assert_rc(tier_count(tier, "here", before, &first, fetches, TIER_COUNT_MAX), RC_OK);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content"), TIER_COUNT_MAX);
	assert_int_equal(tiers_claim(TIER_UP, SILVER, v), 0);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 0);
}

static void
what_was_moved_stays_for_a_while(void **state)
{
	struct tier_move v[TIER_MAX];

	tiers_row("0/1/1-r1", "bronze", 25);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 1);
	assert_rc(tier_done(tier, v, 1), RC_OK);
	assert_rc(tier_settled(tier, v, 1), RC_OK);
	fixture_run("UPDATE content SET lw = lw - 10");
	assert_int_equal(tiers_claim(TIER_DOWN, GOLD, v), 0);
	/* Unless its level is full. */
	assert_int_equal(tiers_claim(TIER_COLDEST, GOLD, v), 1);
	assert_int_equal(v[0].target, SILVER);
	assert_string_equal(v[0].reason, "full");
	assert_rc(tier_back(tier, v, 1, ""), RC_OK);
	fixture_run("UPDATE content SET run_at = NOW(3) - INTERVAL 1 SECOND");
	assert_int_equal(tiers_claim(TIER_DOWN, GOLD, v), 1);
	assert_rc(tier_back(tier, v, 1, ""), RC_OK);
	/* A clock that was set back does not hold it for ever. */
	fixture_run("UPDATE content SET run_at = NOW(3) + INTERVAL 2 DAY");
	assert_int_equal(tiers_claim(TIER_DOWN, GOLD, v), 1);
}

static void
a_full_level_gives_its_coldest(void **state)
{
	struct tier_question q = tiers_question(TIER_COLDEST, GOLD);
	struct tier_move v[TIER_MAX];
	double lw;
	size_t n;

	assert_rc(tier_coldest(tier, GOLD, &lw), RC_OK);
	assert_true(isinf(lw));
	tiers_row("0/1/1-r1", "gold", 40);
	tiers_row("0/1/2-r1", "gold", 30);
	tiers_row("0/1/3-r1", "gold", 50);
	tiers_row("0/1/4-r1", "silver", 35);
	tiers_row("0/1/5-r1", "silver", 38);
	assert_rc(tier_coldest(tier, GOLD, &lw), RC_OK);
	/* If none can make room, nothing comes. */
	q.why = TIER_UP;
	q.lw_min = (double)INFINITY;
	assert_rc(tier_claim(tier, pool, &q, v, &n), RC_OK);
	assert_int_equal(n, 0);
	/* Those that make room are replaced only by what is a quarter hotter. */
	q.lw_min = lw + log2(1.25);
	assert_rc(tier_claim(tier, pool, &q, v, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_string_equal(v[0].name, "0/1/5-r1");
	q = tiers_question(TIER_COLDEST, GOLD);
	q.max = 2;
	assert_rc(tier_claim(tier, pool, &q, v, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_string_equal(v[0].name, "0/1/2-r1");
	assert_string_equal(v[1].name, "0/1/1-r1");
	q = tiers_question(TIER_COLDEST, BRONZE);
	tiers_row("0/1/6-r1", "bronze", 0);
	assert_rc(tier_claim(tier, pool, &q, v, &n), RC_OK);
	assert_int_equal(n, 0);
}

static void
levels_that_are_not_usable_are_left_out(void **state)
{
	struct tier_question q = tiers_question(TIER_UP, GOLD);
	struct tier_move v[TIER_MAX];
	size_t n;

	tiers_row("0/1/1-r1", "bronze", 25);
	tiers_row("0/1/2-r1", "gold", 4);
	tiers_row("0/1/3-r1", "silver", 30);
	q.usable = 1u << BRONZE | 1u << SILVER;
	assert_rc(tier_claim(tier, pool, &q, v, &n), RC_OK);
	assert_int_equal(n, 0);
	/* It is too hot for silver, but gold is away. */
	q.level = SILVER;
	assert_rc(tier_claim(tier, pool, &q, v, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(v[0].target, SILVER);
	assert_rc(tier_back(tier, v, 1, ""), RC_OK);
	q = tiers_question(TIER_DOWN, GOLD);
	q.usable = 1u << BRONZE | 1u << GOLD;
	assert_rc(tier_claim(tier, pool, &q, v, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(v[0].target, BRONZE);
	q = tiers_question(TIER_UP, GOLD);
	q.usable = 1u << BRONZE | 1u << GOLD;
	assert_rc(tier_claim(tier, pool, &q, v, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_string_equal(v[0].name, "0/1/1-r1");
}

static void
looking_claims_nothing(void **state)
{
	struct tier_question q = tiers_question(TIER_UP, GOLD);
	struct tier_move v[TIER_MAX];
	size_t n;

	tiers_row("0/1/1-r1", "bronze", 25);
	for (int i = 0; i < 2; i++) {
		assert_rc(tier_would_move(tier, pool, &q, v, &n), RC_OK);
		assert_int_equal(n, 1);
		assert_int_equal(v[0].target, GOLD);
	}
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content WHERE state = 'moving'"), 0);
	assert_rc(tier_would_move(admin, pool, &q, v, &n), RC_NOT_READY);
}

/* ---------------------------------------------------------------- the index */

/* How many rows of the index, or of the table, CODE looks at. */
static uint64_t
rows_read(struct db *db)
{
	struct rows rows;
	static const struct sql sql = {
	    .text = "SELECT CAST(SUM(variable_value) AS UNSIGNED) FROM"
		    " information_schema.session_status WHERE variable_name IN"
		    " ('Handler_read_next', 'Handler_read_prev', 'Handler_read_rnd_next',"
		    " 'Handler_read_first', 'Handler_read_last', 'Handler_read_key',"
		    " 'Handler_read_rnd')"};

	assert_rc(db_query(db, pool, &rows, &sql, NO_ARGS), RC_OK);
	return db_row(&rows, 0)->number;
}

static void
claims_do_not_look_at_cold_rows(void **state)
{
	static const enum tier_why whys[] = {TIER_UP, TIER_DOWN, TIER_COLDEST};
	struct tier_move v[TIER_MAX];
	uint64_t before;
	size_t n;

	tiers_row("0/1/1-r1", "bronze", 0.5);
	tiers_row("0/1/2-r1", "silver", 2.5);
	tiers_row("0/1/3-r1", "gold", 15);
	for (int i = 0; i < 11; i++)
		fixture_run("INSERT INTO content (name, project_id, audio_id, revision, level,"
			    " generate_time, update_time, total, lw, half_life_sec, run_at)"
			    " SELECT CONCAT(name, '-', %d), 1, 1, 1, level, generate_time,"
			    " update_time, total, lw, half_life_sec, run_at FROM content",
		    i);
	fixture_run("ANALYZE TABLE content");
	tiers_row("0/1/4-r1", "bronze", 30);
	tiers_row("0/1/5-r1", "gold", 1);
	for (size_t i = 0; i < sizeof whys / sizeof *whys; i++) {
		struct tier_question q = tiers_question(whys[i], GOLD);

		q.max = 20;
		before = rows_read(tier);
		assert_rc(tier_claim(tier, pool, &q, v, &n), RC_OK);
		assert_in_range(n, 1, 20);
		assert_in_range(rows_read(tier) - before, 1, 400);
	}
	before = rows_read(tier);
	tiers_claim(TIER_UP, SILVER, v);
	tiers_claim(TIER_DOWN, SILVER, v);
	tiers_claim(TIER_DOWN, BRONZE, v);
	assert_in_range(rows_read(tier) - before, 1, 400);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_move_is_claimed_done_and_settled, tiers_empty),
	    cmocka_unit_test_setup(what_is_hot_goes_up_to_the_level_of_its_score, tiers_empty),
	    cmocka_unit_test_setup(what_is_too_cold_goes_down_but_not_at_once, tiers_empty),
	    cmocka_unit_test_setup(a_flood_of_cold_files_moves_nothing, tiers_empty),
	    cmocka_unit_test_setup(what_was_moved_stays_for_a_while, tiers_empty),
	    cmocka_unit_test_setup(a_full_level_gives_its_coldest, tiers_empty),
	    cmocka_unit_test_setup(levels_that_are_not_usable_are_left_out, tiers_empty),
	    cmocka_unit_test_setup(looking_claims_nothing, tiers_empty),
	    cmocka_unit_test_setup(claims_do_not_look_at_cold_rows, tiers_empty),
	};

	return cmocka_run_group_tests(tests, tiers_start, tiers_stop);
}
