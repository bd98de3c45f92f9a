#include "fixture.h"

#include "../unit/capture.h"

#include "../../common/base/log.h"

/* What is logged about an unavailable database by processes that share the throttles. */

#define MINUTE 60000
static struct throttle throttles[DB_THROTTLES];
static struct db *workers[3];

static int
start_workers(void **state)
{
	memset(throttles, 0, sizeof throttles);
	log_init("t", 6);
	for (size_t i = 0; i < 3; i++) {
		workers[i] = fixture_db(ACCOUNT_API);
		db_share_throttles(workers[i], throttles);
	}
	return 0;
}

static int
stop_workers(void **state)
{
	for (size_t i = 0; i < 3; i++)
		db_free(workers[i]);
	return 0;
}

/* Each process tries a few times. */
static void
ask(enum rc expected)
{
	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < 3; i++) {
			enum rc rc = user_check(workers[i], &(struct login){.user = 1});

			assert_true(expected == RC_BUSY ? rc == RC_BUSY : rc != RC_BUSY);
		}
}

static void
an_outage_is_one_line_a_minute_for_all(void **state)
{
	ask(RC_OK);
	fixture_server("stop");
	capture_begin();
	ask(RC_BUSY);
	capture_end();
	assert_int_equal(lines_in(captured), 1);
	assert_non_null(strstr(captured, "cannot connect to the database: "));

	capture_begin();
	ask(RC_BUSY);
	assert_string_equal(capture_end(), "");

	throttles[DB_THROTTLE_AWAY].logged_ms -= MINUTE;
	capture_begin();
	ask(RC_BUSY);
	assert_int_equal(lines_in(capture_end()), 1);

	fixture_server("start");
	capture_begin();
	ask(RC_OK);
	assert_string_equal(capture_end(), "t: connected to the database again\n");
}

/* No outage, but the connections are lost: also one line, which names the statement. */
static void
connections_that_are_lost_and_made_again_are_one_line(void **state)
{
	ask(RC_OK);
	fixture_server("stop");
	fixture_server("start");
	capture_begin();
	ask(RC_OK);
	capture_end();
	assert_int_equal(lines_in(captured), 1);
	assert_non_null(strstr(captured, "t: the connection to the database was lost, error "));
	assert_non_null(strstr(captured, ", in \"SELECT "));
}

static void
a_loss_is_told_when_nobody_connects_again(void **state)
{
	struct db *db = fixture_db(ACCOUNT_API);

	assert_true(user_check(db, &(struct login){.user = 1}) != RC_BUSY);
	db_share_throttles(db, throttles);
	/* In a transaction no statement is repeated. */
	assert_rc(db_begin(db), RC_OK);
	fixture_server("stop");
	capture_begin();
	assert_rc(user_check(db, &(struct login){.user = 1}), RC_BUSY);
	assert_string_equal(capture_end(), "");
	capture_begin();
	db_free(db);
	assert_int_equal(lines_in(capture_end()), 1);
	assert_non_null(strstr(captured, "the connection to the database was lost"));
	fixture_server("start");
}

/* Each time that it is wrong, also if it was right for a moment only. */
static void
another_schema_is_one_line_each_time(void **state)
{
	for (int version = 1; version <= 2; version++) {
		fixture_run("INSERT INTO schema_migration VALUES (%d, 'later', NOW(3))",
		    DB_SCHEMA + version);
		capture_begin();
		for (int i = 0; i < 3; i++)
			assert_rc(db_check(workers[i % 2]), RC_SCHEMA);
		capture_end();
		assert_int_equal(lines_in(captured), 1);
		assert_non_null(strstr(captured, "the schema of the database is version"));
		fixture_run("DELETE FROM schema_migration WHERE version > %d", DB_SCHEMA);
		assert_rc(db_check(workers[0]), RC_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		an_outage_is_one_line_a_minute_for_all, start_workers, stop_workers),
	    cmocka_unit_test_setup_teardown(
		connections_that_are_lost_and_made_again_are_one_line, start_workers, stop_workers),
	    cmocka_unit_test_setup_teardown(
		another_schema_is_one_line_each_time, start_workers, stop_workers),
	    cmocka_unit_test_setup_teardown(
		a_loss_is_told_when_nobody_connects_again, start_workers, stop_workers),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
