#include "tiers.h"

#include <unistd.h>

/* Results of moves: those of an old claim, of a program that died, and of two movers. */

static void
a_result_of_an_old_claim_changes_nothing(void **state)
{
	struct tier_move old[TIER_MAX], v[TIER_MAX];
	struct tier_question q = tiers_question(TIER_UP, GOLD);
	size_t n;

	tiers_row("0/1/1-r1", "bronze", 25);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, old), 1);
	fixture_run("UPDATE content SET lease_until = NOW(3) - INTERVAL 1 SECOND");
	assert_rc(tier_expired(tier, pool, &q, NULL, v, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(v[0].level, BRONZE);
	assert_int_equal(v[0].target, GOLD);
	assert_rc(tier_done(tier, old, 1), RC_OK);
	assert_true(old[0].stale);
	assert_false(old[0].gone);
	assert_rc(tier_settled(tier, old, 1), RC_OK);
	assert_true(old[0].stale);
	assert_rc(tier_back(tier, old, 1, "x"), RC_OK);
	assert_true(old[0].stale);
	assert_rc(tier_found(tier, old, 1, SILVER), RC_OK);
	assert_true(old[0].stale);
	assert_rc(tier_lost(tier, old, 1), RC_OK);
	assert_true(old[0].stale);
	assert_string_equal(tiers_level("0/1/1-r1"), "bronze");
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content WHERE state = 'moving' AND"
					" tries = 0 AND lease_until > NOW() + INTERVAL 9 MINUTE"),
	    1);
	assert_rc(tier_done(tier, v, 1), RC_OK);
	assert_false(v[0].stale);
	assert_string_equal(tiers_level("0/1/1-r1"), "gold");
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM update_history"), 1);
}

/* The claims of 1 and 2 are lost; 2 is moved again by another host. */
static void
doubts_about_a_file_are_found_by_the_next_run(void **state)
{
	struct tier_move old[TIER_MAX], v[TIER_MAX];
	struct tier_question q = tiers_question(TIER_UP, GOLD);
	size_t n;

	tiers_row("0/1/1-r1", "bronze", 25);
	tiers_row("0/1/2-r1", "bronze", 24);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, old), 2);
	fixture_run("UPDATE content SET lease_until = NOW(3) - INTERVAL 1 SECOND");
	assert_rc(tier_expired(tier, pool, &q, NULL, v, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_rc(tier_back(tier, v, 1, ""), RC_OK);
	fixture_run("UPDATE content SET host = 'other' WHERE state = 'moving'");
	q.host = "here";
	assert_rc(tier_doubt(tier, &q, old, 2), RC_OK);
	assert_rc(tier_expired(tier, pool, &q, q.host, v, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_string_equal(v[0].name, "0/1/1-r1");
	assert_int_equal(v[0].level, BRONZE);
	assert_int_equal(v[0].target, BRONZE);
	assert_rc(tier_settled(tier, v, 1), RC_OK);
	assert_false(v[0].stale);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM update_history"), 0);
	assert_int_equal(
	    fixture_number(
		"SELECT COUNT(*) FROM content WHERE host = 'other' AND state = 'moving'"),
	    1);
}

static void
a_move_whose_row_is_deleted_is_gone(void **state)
{
	struct tier_move v[TIER_MAX];

	tiers_row("0/1/1-r1", "bronze", 25);
	tiers_row("0/1/2-r1", "bronze", 24);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 2);
	fixture_run("DELETE FROM content WHERE name = '0/1/1-r1'");
	assert_rc(tier_done(tier, v, 2), RC_OK);
	assert_true(v[0].stale);
	assert_true(v[0].gone);
	assert_false(v[1].stale);
	assert_false(v[1].gone);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content"), 1);
	fixture_run("DELETE FROM content");
	assert_rc(tier_settled(tier, v + 1, 1), RC_OK);
	assert_true(v[1].gone);
}

static void
a_move_that_failed_rests_longer_each_time(void **state)
{
	struct tier_move v[TIER_MAX];
	uint64_t rest = 0;

	tiers_row("0/1/1-r1", "bronze", 25);
	for (int i = 0; i < 12; i++) {
		assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 1);
		assert_int_equal(v[0].tries, i);
		assert_rc(tier_back(tier, v, 1, "No space left on device"), RC_OK);
		assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 0);
		rest = fixture_number("SELECT TIMESTAMPDIFF(SECOND, NOW(3), run_at) FROM content");
		assert_in_range(rest, i == 0 ? 3 : 8, 3600);
		assert_int_equal(fixture_number("SELECT COUNT(*) FROM content WHERE error LIKE"
						" 'No space%%' AND tries = %d",
				     i + 1),
		    1);
		fixture_run("UPDATE content SET run_at = NOW(3)");
	}
	assert_in_range(rest, 1799, 3600);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 1);
	assert_rc(tier_done(tier, v, 1), RC_OK);
	assert_rc(tier_settled(tier, v, 1), RC_OK);
	assert_int_equal(fixture_number("SELECT tries FROM content"), 0);
}

static void
what_lies_elsewhere_is_corrected_without_a_move(void **state)
{
	struct tier_move v[TIER_MAX];

	tiers_row("0/1/1-r1", "bronze", 25);
	tiers_row("0/1/2-r1", "bronze", 24);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 2);
	assert_rc(tier_found(tier, v, 1, SILVER), RC_OK);
	assert_false(v[0].stale);
	assert_string_equal(tiers_level("0/1/1-r1"), "silver");
	assert_rc(tier_lost(tier, v + 1, 1), RC_OK);
	assert_string_equal(tiers_level("0/1/2-r1"), "");
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM update_history"), 0);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 1);
	assert_int_equal(v[0].level, SILVER);
}

static void
what_a_dead_program_had_is_taken_over(void **state)
{
	struct tier_question q = tiers_question(TIER_UP, GOLD);
	struct tier_move mine[TIER_MAX], v[TIER_MAX];
	size_t n;

	tiers_row("0/1/1-r1", "bronze", 25);
	tiers_row("0/1/2-r1", "bronze", 24);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, mine), 2);
	assert_rc(tier_done(tier, mine, 1), RC_OK);
	assert_rc(tier_expired(tier, pool, &q, NULL, v, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_rc(tier_expired(tier, pool, &q, "elsewhere", v, &n), RC_OK);
	assert_int_equal(n, 0);
	q.host = "again";
	assert_rc(tier_expired(tier, pool, &q, "here", v, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(v[0].level, GOLD);
	assert_int_equal(v[0].target, GOLD);
	assert_int_equal(v[1].level, BRONZE);
	assert_int_equal(v[1].target, GOLD);
	assert_rc(tier_settled(tier, v, 2), RC_OK);
	assert_false(v[0].stale);
	/* What was not done is not settled. */
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content WHERE state = 'moving'"), 1);
	assert_rc(tier_back(tier, v + 1, 1, ""), RC_OK);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content WHERE state = 'still'"), 2);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM update_history"), 1);
}

/* ---------------------------------------------------------------- two movers */

#define TOGETHER 2000

static int
move_all(int number, void *arg)
{
	struct db *db = tiers_db(ACCOUNT_TIER, 3, 20, "");
	struct tier_question q = tiers_question(TIER_UP, GOLD);
	struct tier_move v[TIER_MAX];
	unsigned char *moved = arg;
	struct pool *p = pool_new();
	size_t n;

	q.host = number == 0 ? "one" : "two";
	q.max = 37;
	do {
		if (tier_claim(db, p, &q, v, &n) != RC_OK || tier_done(db, v, n) != RC_OK ||
		    tier_settled(db, v, n) != RC_OK)
			return 1;
		for (size_t i = 0; i < n; i++) {
			if (v[i].stale)
				return 2;
			__atomic_add_fetch(&moved[v[i].total - 1000], 1, __ATOMIC_SEQ_CST);
		}
	} while (n > 0);
	db_free(db);
	pool_free(p);
	return 0;
}

static void
two_movers_move_nothing_twice(void **state)
{
	unsigned char *moved = fixture_shared(TOGETHER);

	for (int i = 0; i < TOGETHER; i++)
		tiers_row(pool_printf(pool, "0/1/%d-r1", i + 1), "bronze", 1000 + i);
	fixture_together(2, move_all, moved);
	for (int i = 0; i < TOGETHER; i++)
		assert_int_equal(moved[i], 1);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content WHERE state = 'still' AND"
					" level = " LEVEL_ID,
			     "gold"),
	    TOGETHER);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM update_history"), TOGETHER);
	assert_int_equal(fixture_number("SELECT COUNT(DISTINCT host) FROM update_history"), 2);
}

/* One claimer does not wait for rows that another has locked. */
static int
claim_beside(int number, void *arg)
{
	struct db *db = tiers_db(ACCOUNT_TIER, 3, 20, "");
	struct tier_question q = tiers_question(TIER_UP, GOLD);
	static const struct sql lock = {.text = "SELECT id FROM content WHERE name ="
						" '0/1/1-r1' FOR UPDATE"};
	volatile int *step = arg;
	struct tier_move v[TIER_MAX];
	struct rows rows;
	size_t n;

	if (db_ready(db) != RC_OK)
		return 5;
	if (number == 0) {
		if (db_begin(db) != RC_OK || db_query(db, pool, &rows, &lock, NO_ARGS) != RC_OK)
			return 1;
		*step = 1;
		for (int i = 0; *step == 1 && i < 3000; i++)
			usleep(10000);
		db_rollback(db);
		return *step == 2 ? 0 : 2;
	}
	for (int i = 0; *step == 0 && i < 3000; i++)
		usleep(10000);
	if (tier_claim(db, pool, &q, v, &n) != RC_OK)
		n = 0;
	*step = 2;
	return n == 1 && strcmp(v[0].name, "0/1/2-r1") == 0 ? 0 : 4;
}

static void
a_claim_waits_for_no_other(void **state)
{
	int *step = fixture_shared(sizeof *step);

	tiers_row("0/1/1-r1", "bronze", 40);
	tiers_row("0/1/2-r1", "bronze", 30);
	fixture_together(2, claim_beside, step);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_result_of_an_old_claim_changes_nothing, tiers_empty),
	    cmocka_unit_test_setup(doubts_about_a_file_are_found_by_the_next_run, tiers_empty),
	    cmocka_unit_test_setup(a_move_whose_row_is_deleted_is_gone, tiers_empty),
	    cmocka_unit_test_setup(a_move_that_failed_rests_longer_each_time, tiers_empty),
	    cmocka_unit_test_setup(what_lies_elsewhere_is_corrected_without_a_move, tiers_empty),
	    cmocka_unit_test_setup(what_a_dead_program_had_is_taken_over, tiers_empty),
	    cmocka_unit_test_setup(two_movers_move_nothing_twice, tiers_empty),
	    cmocka_unit_test_setup(a_claim_waits_for_no_other, tiers_empty),
	};

	return cmocka_run_group_tests(tests, tiers_start, tiers_stop);
}
