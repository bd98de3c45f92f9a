#include "tiers.h"

#include "../../store/tier_admin.h"

/* What "ttsctl tier" asks and changes; the rows are made here. */

static struct tier_row rows[TIER_ADMIN_MAX];
static struct tier_moved moves[TIER_ADMIN_MAX];
static struct tier_pin pins[TIER_ADMIN_MAX];
static size_t n;

static int
three_levels(void **state)
{
	fixture_run("DELETE FROM update_history");
	fixture_run("DELETE FROM content");
	fixture_run("DELETE FROM level_pin");
	fixture_run("DELETE FROM level");
	fixture_run("INSERT INTO level (id, name, rank, min_count, max_count, path, max_bytes,"
		    " free_bytes, keep_percent, half_life_sec) VALUES"
		    " (7, 'gold', 2, 2000, 3001, '/g', 0, 0, 50, 0),"
		    " (5, 'bronze', 0, 0, 999, '/b', 0, 0, 50, 0),"
		    " (9, 'silver', 1, 1000, 1999, '/s', 0, 0, 50, 0)");
	return 0;
}

/* A file on a level, by the id of that, with a score. */
static void
file(const char *name, int level, double lw, const char *more)
{
	fixture_run("INSERT INTO content SET name = '%s', level = %d, lw = %f, total = 3, bytes = "
		    "100, generate_time = NOW(3), update_time = NOW(3), run_at = NOW(3),"
		    " half_life_sec = 0 %s",
	    name, level, lw, more);
}

static void
the_hottest_come_first_whatever_their_level_and_state(void **state)
{
	file("0/1/1-r1", 5, 3.5, "");
	file("0/1/2-r1", 7, 12.25, "");
	file("0/1/3-r1", 9, 10.5,
	    ", state = 'moving', target = 7, claim_token = REPEAT('t', 16), lease_until = NOW(3)");
	file("0/1/4-r1", 9, 10, ", pinned = 9");
	assert_rc(tier_admin_top(admin, pool, NULL, 3, rows, &n), RC_OK);
	assert_int_equal(n, 3);
	assert_string_equal(rows[0].name, "0/1/2-r1");
	assert_true(rows[0].lw == 12.25);
	assert_string_equal(rows[0].level, "gold");
	assert_string_equal(rows[0].target, "");
	assert_string_equal(rows[1].name, "0/1/3-r1");
	assert_true(rows[1].moving);
	assert_string_equal(rows[1].target, "gold");
	assert_string_equal(rows[2].name, "0/1/4-r1");
	assert_string_equal(rows[2].pinned, "silver");
	assert_rc(tier_admin_top(admin, pool, "silver", 3, rows, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_rc(tier_admin_top(admin, pool, "nickel", 3, rows, &n), RC_OK);
	assert_int_equal(n, 0);
}

static void
one_file_is_found_by_its_whole_name(void **state)
{
	struct tier_row row;

	file("0/12/345-r1", 5, 1, ", project_id = 12, audio_id = 345, revision = 1");
	assert_rc(tier_admin_find(admin, pool, "0/12/345-r1", &row), RC_OK);
	assert_int_equal(row.project, 12);
	assert_int_equal(row.total, 3);
	assert_int_equal(row.bytes, 100);
	assert_rc(tier_admin_find(admin, pool, "0/12/345-r", &row), RC_NOT_FOUND);
}

static void
moves_are_of_all_of_one_file_or_of_one_project(void **state)
{
	static const char *const names[] = {"0/12/1-r1", "0/12/2-r1", "0/120/3-r1", "1/1012/4-r1"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		file(names[i], 5, 11, "");
		fixture_run(
		    "UPDATE content SET level = 9, reason = 'hot' WHERE name = '%s'", names[i]);
	}
	fixture_run("UPDATE content SET level = 7, reason = 'hot', host = 'here'"
		    " WHERE name = '0/12/1-r1'");
	assert_rc(tier_admin_history(admin, pool, NULL, 0, 10, moves, &n), RC_OK);
	assert_int_equal(n, 5);
	assert_string_equal(moves[0].name, "0/12/1-r1");
	assert_string_equal(moves[0].from, "silver");
	assert_string_equal(moves[0].to, "gold");
	assert_string_equal(moves[0].reason, "hot");
	assert_string_equal(moves[0].host, "here");
	assert_true(moves[0].heat > 2047.9 && moves[0].heat < 2048.1);
	assert_rc(tier_admin_history(admin, pool, NULL, 12, 10, moves, &n), RC_OK);
	assert_int_equal(n, 3);
	assert_rc(tier_admin_history(admin, pool, NULL, 1012, 10, moves, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_rc(tier_admin_history(admin, pool, "0/12/1-r1", 0, 10, moves, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_rc(tier_admin_history(admin, pool, "0/12/1-r1", 0, 1, moves, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_string_equal(moves[0].to, "gold");
}

static void
a_pin_is_for_a_project_and_a_level_that_exist(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1);

	assert_rc(tier_admin_pin(admin, p.id + 1000, "gold"), RC_NOT_FOUND);
	assert_rc(tier_admin_pin(admin, p.id, "nickel"), RC_NOT_READY);
	assert_rc(tier_admin_pin(admin, p.id, "gold"), RC_OK);
	assert_rc(tier_admin_pin(admin, p.id, "silver"), RC_OK);
	assert_rc(tier_admin_pins(admin, pool, 10, pins, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(pins[0].project, p.id);
	assert_string_equal(pins[0].level, "silver");
	assert_rc(tier_admin_unpin(admin, p.id), RC_OK);
	assert_rc(tier_admin_unpin(admin, p.id), RC_NOT_FOUND);
	/* One that is being deleted is not there. */
	fixture_run("UPDATE project SET deleted = 1 WHERE id = %d", (int)p.id);
	assert_rc(tier_admin_pin(admin, p.id, "gold"), RC_NOT_FOUND);
}

static void
what_failed_is_listed_and_tried_again_at_once(void **state)
{
	uint64_t changed;

	file("0/1/1-r1", 5, 1, ", tries = 3, error = 'no room'");
	file("0/1/2-r1", 5, 1, ", tries = 1, error = 'torn'");
	file("0/1/3-r1", 5, 1, "");
	fixture_run("UPDATE content SET run_at = NOW(3) + INTERVAL tries DAY");
	assert_rc(tier_admin_failed(admin, pool, 10, rows, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_string_equal(rows[0].error, "torn");
	assert_int_equal(rows[1].tries, 3);
	assert_rc(tier_admin_retry(admin, &changed), RC_OK);
	assert_int_equal(changed, 2);
	assert_rc(tier_admin_failed(admin, pool, 10, rows, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content WHERE run_at <= NOW(3)"), 3);
	assert_rc(tier_admin_retry(admin, &changed), RC_OK);
	assert_int_equal(changed, 0);
}

static void
note_level(void *ctx, unsigned level)
{
	*(unsigned *)ctx = level;
}

static void
a_copy_is_removed_only_while_nobody_moves_the_file(void **state)
{
	struct db *db = tiers_db(ACCOUNT_TIER, 1000, 2000, "");
	unsigned level = 99;

	file("0/1/1-r1", 5, 1, "");
	file("0/1/2-r1", 5, 1, ", target = level");
	fixture_run("UPDATE content SET level = " LEVEL_ID " WHERE name = '0/1/1-r1'", "gold");
	assert_rc(tier_admin_undisturbed(db, "0/1/1-r1", note_level, &level), RC_OK);
	assert_int_equal(level, GOLD);
	level = 99;
	assert_rc(tier_admin_undisturbed(db, "0/1/1-r", note_level, &level), RC_NOT_FOUND);
	/* An outside program was asked to move it. */
	assert_rc(tier_admin_undisturbed(db, "0/1/2-r1", note_level, &level), RC_STALE);
	/* tts-tier moves it. */
	fixture_run("UPDATE content SET state = 'moving', target = level, claim_token ="
		    " REPEAT('x', 16), lease_until = NOW(3)");
	assert_rc(tier_admin_undisturbed(db, "0/1/1-r1", note_level, &level), RC_STALE);
	assert_int_equal(level, 99);
	/* A level that is not in the configuration. */
	fixture_run("UPDATE content SET state = 'still', target = NULL, claim_token = NULL,"
		    " lease_until = NULL, level = 99");
	assert_rc(tier_admin_undisturbed(db, "0/1/1-r1", note_level, &level), RC_NOT_READY);
	assert_int_equal(level, 99);
	db_free(db);
}

static void
the_maximum_is_that_of_the_highest_level(void **state)
{
	uint64_t count;

	assert_rc(tier_admin_max(admin, &count), RC_OK);
	assert_int_equal(count, 3001);
	fixture_run("DELETE FROM level");
	assert_rc(tier_admin_max(admin, &count), RC_OK);
	assert_int_equal(count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(
		the_hottest_come_first_whatever_their_level_and_state, three_levels),
	    cmocka_unit_test_setup(one_file_is_found_by_its_whole_name, three_levels),
	    cmocka_unit_test_setup(moves_are_of_all_of_one_file_or_of_one_project, three_levels),
	    cmocka_unit_test_setup(a_pin_is_for_a_project_and_a_level_that_exist, three_levels),
	    cmocka_unit_test_setup(what_failed_is_listed_and_tried_again_at_once, three_levels),
	    cmocka_unit_test_setup(
		a_copy_is_removed_only_while_nobody_moves_the_file, three_levels),
	    cmocka_unit_test_setup(the_maximum_is_that_of_the_highest_level, three_levels),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
