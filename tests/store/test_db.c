#include "fixture.h"

#include <malloc.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "../../common/base/log.h"
#include "../../store/store.h"

static void
errors_mean_what_they_should(void **state)
{
	static const struct {
		unsigned code;
		enum rc rc;
		enum trouble trouble;
	} expected[] = {
	    {1020, RC_BUSY, TROUBLE_AGAIN},
	    {1205, RC_BUSY, TROUBLE_AGAIN},
	    {1213, RC_BUSY, TROUBLE_AGAIN},
	    {2006, RC_BUSY, TROUBLE_LOST},
	    {2013, RC_BUSY, TROUBLE_LOST},
	    {1927, RC_BUSY, TROUBLE_LOST},
	    {1969, RC_BUSY, TROUBLE_BUSY},
	    {1040, RC_BUSY, TROUBLE_BUSY},
	    {1062, RC_DUPLICATE, TROUBLE_ROW},
	    {1146, RC_SCHEMA, TROUBLE_NONE},
	    {4025, RC_FAIL, TROUBLE_ROW},
	    {1142, RC_BUSY, TROUBLE_DENIED},
	    {1064, RC_FAIL, TROUBLE_NONE},
	    {2034, RC_FAIL, TROUBLE_NONE},
	};

	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		struct db_meaning m = db_meaning(expected[i].code);

		assert_int_equal(m.rc, expected[i].rc);
		assert_int_equal(m.trouble, expected[i].trouble);
	}
}

static void
a_session_is_as_we_count_on(void **state)
{
	struct rows rows = fixture_rows(
	    "SELECT @@tx_isolation, @@time_zone, @@character_set_client, @@autocommit,"
	    " @@innodb_lock_wait_timeout, CAST(@@max_statement_time AS CHAR), @@wait_timeout,"
	    " @@sql_mode LIKE '%%STRICT_ALL_TABLES%%', @@character_set_results");
	const struct cell *row = db_row(&rows, 0);

	assert_string_equal(row[0].s, "READ-COMMITTED");
	assert_string_equal(row[1].s, "+00:00");
	assert_string_equal(row[2].s, "utf8mb4");
	assert_int_equal(row[3].number, 1);
	assert_int_equal(row[4].number, 5);
	assert_true(row[5].s[0] == '9');
	assert_int_equal(row[6].number, 3600);
	assert_int_equal(row[7].number, 1);
	assert_string_equal(row[8].s, "utf8mb4");
}

/* Run a SELECT of one value. */
static enum rc
value_of(const struct sql *select, uint64_t *number)
{
	struct rows rows = {0};
	enum rc rc = db_query(admin, pool, &rows, select, NO_ARGS);

	*number = rc == RC_OK ? db_row(&rows, 0)->number : 0;
	return rc;
}

static void
a_number_is_right_or_an_error(void **state)
{
	static const struct {
		struct sql sql;
		int64_t number;
	} whole[] = {
	    {{.text = "SELECT SUM(n) FROM (SELECT 40 AS n UNION ALL SELECT 2) AS t"}, 42},
	    {{.text = "SELECT SUM(n) FROM (SELECT -40 AS n UNION ALL SELECT -2) AS t"}, -42},
	    {{.text = "SELECT CAST(9223372036854775807 AS DECIMAL(30))"}, INT64_MAX},
	    {{.text = "SELECT -7"}, -7},
	};
	static const struct sql other[] = {
	    {.text = "SELECT 1.5"},
	    {.text = "SELECT 15e-1"},
	    {.text = "SELECT AVG(n) FROM (SELECT 40 AS n UNION ALL SELECT 2) AS t"},
	    {.text = "SELECT CAST(99999999999999999999 AS DECIMAL(30))"},
	    {.text = "SELECT CURRENT_DATE"},
	    {.text = "SELECT CURRENT_TIME"},
	};
	uint64_t number;

	for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
		assert_rc(value_of(&whole[i].sql, &number), RC_OK);
		assert_int_equal((int64_t)number, whole[i].number);
	}
	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
		assert_rc(value_of(&other[i], &number), RC_FAIL);
	assert_rc(
	    value_of(&whole[0].sql, &number), RC_OK); /* the connection is as good as before */
}

static void
an_error_in_the_middle_of_the_rows_is_an_error(void **state)
{
	/* The last row has a subquery with two rows. */
	static const struct sql breaks = {
	    .text = "SELECT a.id, (SELECT b.id FROM audio b WHERE b.id >= a.id - 1 AND b.id <= a.id"
		    " AND a.position = (SELECT MAX(c.position) FROM audio c"
		    " WHERE c.project_id = a.project_id))"
		    " FROM audio a FORCE INDEX (audio_place) WHERE a.project_id = ?"
		    " ORDER BY a.position"};
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 3000);
	struct rows rows;

	assert_rc(db_query(admin, pool, &rows, &breaks, ARGS(db_u64(p.id))), RC_FAIL);
	assert_rc(project_get(api, pool, user, p.id, &p), RC_OK);
	/* The connection is as good as before. */
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM audio WHERE project_id = %d", (int)p.id), 3000);
}

static void
what_the_server_refuses_leaves_no_memory_behind(void **state)
{
	static const struct sql no_such_table = {
	    .text = "SELECT id FROM nowhere WHERE id IN (", DB_IDS};
	uint64_t ids[DB_CHUNK] = {0};
	struct rows rows;
	size_t before = 0;

	log_init("test", 2); /* or there would be a line for each */
	for (int i = 0; i < 500; i++) {
		assert_rc(db_run_ids(admin, pool, &rows, &no_such_table, ids, DB_CHUNK, NO_ARGS),
		    RC_SCHEMA);
		if (i == 100)
			before = mallinfo2().uordblks;
	}
	log_init("test", 3);
	assert_in_range(mallinfo2().uordblks, 0, before + 16384);
}

static void
a_schema_that_does_not_fit_is_refused(void **state)
{
	struct db *db = fixture_db(ACCOUNT_API);

	assert_rc(db_ready(db), RC_OK);
	assert_int_equal(db_schema(db), DB_SCHEMA);
	db_free(db);

	fixture_run("INSERT INTO schema_migration VALUES (%d, 'later', NOW(3))", DB_SCHEMA + 1);
	db = fixture_db(ACCOUNT_API);
	assert_rc(db_ready(db), RC_SCHEMA);
	assert_int_equal(db_schema(db), DB_SCHEMA + 1);
	assert_rc(user_check(db, &(struct login){.user = 1}), RC_SCHEMA);
	fixture_run("DELETE FROM schema_migration");
	assert_rc(db_ready(db), RC_SCHEMA);
	assert_int_equal(db_schema(db), 0);
	fixture_run("INSERT INTO schema_migration VALUES (%d, '0001-core', NOW(3))", DB_SCHEMA);
	assert_rc(db_ready(db), RC_OK); /* the same connection heals */
	assert_int_equal(db_schema(db), DB_SCHEMA);

	/* A check notices it on an open connection too, and afterwards every call does. */
	assert_rc(db_check(db), RC_OK);
	fixture_run("INSERT INTO schema_migration VALUES (%d, 'later', NOW(3))", DB_SCHEMA + 1);
	assert_rc(db_ready(db), RC_OK);
	assert_rc(db_check(db), RC_SCHEMA);
	assert_rc(user_check(db, &(struct login){.user = 1}), RC_SCHEMA);
	fixture_run("DELETE FROM schema_migration WHERE version > %d", DB_SCHEMA);
	assert_rc(db_check(db), RC_OK);
	db_free(db);
}

static void
a_wrong_password_is_an_absent_database(void **state)
{
	struct conf wrong = *fixture_conf(NULL, 10);
	struct db *db;
	struct audio a;

	wrong.databases.account[ACCOUNT_API].password_file =
	    pool_printf(pool, "%s/migration.pw", fixture_dir());
	db = db_new(&wrong, ACCOUNT_API);
	assert_rc(db_ready(db), RC_BUSY);
	assert_rc(audio_get(db, pool, 1, 1, &a), RC_BUSY);
	db_free(db);
}

/* ---------------------------------------------------------------- locks */

/* The server names another transaction's conflict NUMBER, the first COUNT times; it keeps no
 * transaction of its own for the table that counts. */
static void
conflict(unsigned number, int count)
{
	fixture_run("CREATE OR REPLACE TABLE conflicts (id INT) ENGINE=MyISAM");
	fixture_run("CREATE OR REPLACE TRIGGER conflict BEFORE UPDATE ON audio FOR EACH ROW BEGIN"
		    " INSERT INTO conflicts VALUES (1);"
		    " IF (SELECT COUNT(*) FROM conflicts) <= %d THEN"
		    " SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = %u; END IF; END",
	    count, number);
}

static void
a_conflict_is_tried_again_and_not_noticed(void **state)
{
	static const unsigned numbers[] = {1020, 1205, 1213};
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1);
	struct audio a = fixture_audio(user, p.id, 0);

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		unsigned long before = db_retries(api);
		char text[32];
		int len = snprintf(text, sizeof text, "after %u", numbers[i]);

		conflict(numbers[i], 2);
		assert_rc(audio_edit(api, pool, user, a.id, text, (size_t)len, 1, NULL, &a), RC_OK);
		assert_string_equal(a.text, text);
		assert_int_equal(a.revision, i + 2);
		assert_int_equal(db_retries(api) - before, 2);
	}
	/* But not for ever. */
	conflict(1213, 1000);
	assert_rc(audio_edit(api, pool, user, a.id, "x", 1, 1, NULL, &a), RC_BUSY);
	fixture_run("DROP TRIGGER conflict");
	fixture_run("DROP TABLE conflicts");
	fixture_check();
}

static const struct sql lock_user = {.text = "SELECT id FROM user WHERE id = ? FOR UPDATE"};

static void
a_lock_that_is_not_given_up_makes_us_busy(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1);
	struct audio a = fixture_audio(user, p.id, 0), b;
	struct db *impatient = db_new(fixture_conf(NULL, 2), ACCOUNT_API);
	struct rows rows;

	assert_rc(db_begin(admin), RC_OK);
	assert_rc(db_query(admin, pool, &rows, &lock_user, ARGS(db_u64(user))), RC_OK);
	assert_rc(audio_edit(impatient, pool, user, a.id, "x", 1, 1, NULL, &b), RC_BUSY);
	assert_rc(audio_get(impatient, pool, user, a.id, &b), RC_OK); /* reading never waits */
	assert_int_equal(b.revision, 1);
	db_rollback(admin);
	assert_rc(audio_edit(impatient, pool, user, a.id, "x", 1, 1, NULL, &b), RC_OK);
	db_free(impatient);
}

struct meeting {
	uint64_t users[2];
	int there[2];
	unsigned long retries[2];
};

struct visit {
	struct meeting *meeting;
	int number;
};

/* Lock one user, wait until the other process has locked the other one, and lock that too. */
static enum rc
visit_body(struct db *db, void *ctx)
{
	struct visit *v = ctx;
	struct meeting *m = v->meeting;
	struct rows rows;
	enum rc rc = db_query(db, pool, &rows, &lock_user, ARGS(db_u64(m->users[v->number])));

	if (rc != RC_OK)
		return rc;
	__atomic_store_n(&m->there[v->number], 1, __ATOMIC_SEQ_CST);
	for (int i = 0; i < 3000 && !__atomic_load_n(&m->there[!v->number], __ATOMIC_SEQ_CST); i++)
		usleep(1000);
	return db_query(db, pool, &rows, &lock_user, ARGS(db_u64(m->users[!v->number])));
}

static int
visit(int number, void *arg)
{
	static const struct txn txn = {
	    .body = visit_body, .before_commit = "test", .committed = "test"};
	struct visit v = {arg, number};
	enum rc rc = db_transact(api, &txn, &v);

	v.meeting->retries[number] = db_retries(api);
	return rc == RC_OK ? 0 : 1;
}

static void
a_deadlock_is_run_again(void **state)
{
	struct meeting *m = fixture_shared(sizeof *m);

	m->users[0] = fixture_user();
	m->users[1] = fixture_user();
	fixture_together(2, visit, m);
	assert_in_range(m->retries[0] + m->retries[1], 1, 16);
}

/* ---------------------------------------------------------------- a server that disappears */

static void
without_a_server_everything_is_busy_and_heals(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 3);
	struct audio a = fixture_audio(user, p.id, 0), b;
	struct claimant who = fixture_claimant("here", 60);
	struct claim c;
	size_t n;

	fixture_server("stop");
	assert_rc(user_check(api, &(struct login){.user = user}), RC_BUSY);
	assert_rc(audio_edit(api, pool, user, a.id, "x", 1, 1, NULL, &b), RC_BUSY);
	assert_rc(queue_claim(renderer, pool, &who, 1, &c, &n), RC_BUSY);
	assert_int_equal(n, 0);
	assert_rc(db_ready(api), RC_BUSY);
	fixture_server("start");
	assert_rc(user_check(api, &(struct login){.user = user}), RC_OK);
	assert_rc(audio_edit(api, pool, user, a.id, "x", 1, 1, NULL, &b), RC_OK);
	assert_int_equal(b.revision, 2);
	assert_rc(queue_claim(renderer, pool, &who, 1, &c, &n), RC_OK);
	assert_int_equal(n, 1);
}

#define WRITERS 3

struct log_book {
	uint64_t user, project;
	int stop;
	struct {
		int ok, unknown;
		char pad[56];
	} of[WRITERS];
};

/* Insert until told to stop, and record the answers. */
static int
write_all_the_time(int number, void *arg)
{
	struct log_book *book = arg;

	log_init("writer", 2);
	while (!__atomic_load_n(&book->stop, __ATOMIC_SEQ_CST)) {
		struct audio a;
		uint64_t count;
		enum rc rc = audio_insert(
		    api, pool, book->user, book->project, 2, "w", 1, 1, 100000, NULL, &a, &count);

		if (rc == RC_OK)
			book->of[number].ok++;
		else if (rc == RC_UNKNOWN)
			book->of[number].unknown++;
		else if (rc == RC_BUSY)
			usleep(20000);
		else
			return 10 + (int)rc;
		pool_reset(pool);
	}
	return 0;
}

static int
written(const struct log_book *book)
{
	int n = 0;

	for (int i = 0; i < WRITERS; i++)
		n += book->of[i].ok;
	return n;
}

/* The last of the processes kills the server repeatedly while the others write. */
static int
write_or_kill(int number, void *arg)
{
	struct log_book *book = arg;

	if (number < WRITERS)
		return write_all_the_time(number, arg);
	for (int round = 0; round < 4; round++) {
		int before = written(book);

		for (int i = 0; i < 3000 && written(book) < before + 50; i++)
			usleep(10000);
		fixture_kill_server();
		fixture_server("start");
	}
	__atomic_store_n(&book->stop, 1, __ATOMIC_SEQ_CST);
	return 0;
}

static void
no_accepted_write_is_lost_when_the_server_is_killed(void **state)
{
	struct log_book *book = fixture_shared(sizeof *book);
	struct project p;
	int unknown = 0, there;

	book->user = fixture_user();
	p = fixture_project(book->user, 3);
	book->project = p.id;
	fixture_together(WRITERS + 1, write_or_kill, book);
	for (int i = 0; i < WRITERS; i++)
		unknown += book->of[i].unknown;
	there = (int)fixture_number("SELECT COUNT(*) FROM audio WHERE text = 'w'");
	assert_in_range(there, written(book), written(book) + unknown);
	assert_true(written(book) >= 200);
	fixture_check();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(errors_mean_what_they_should),
	    cmocka_unit_test(a_session_is_as_we_count_on),
	    cmocka_unit_test(a_number_is_right_or_an_error),
	    cmocka_unit_test(an_error_in_the_middle_of_the_rows_is_an_error),
	    cmocka_unit_test(what_the_server_refuses_leaves_no_memory_behind),
	    cmocka_unit_test(a_schema_that_does_not_fit_is_refused),
	    cmocka_unit_test(a_wrong_password_is_an_absent_database),
	    cmocka_unit_test(a_conflict_is_tried_again_and_not_noticed),
	    cmocka_unit_test(a_lock_that_is_not_given_up_makes_us_busy),
	    cmocka_unit_test(a_deadlock_is_run_again),
	    cmocka_unit_test(without_a_server_everything_is_busy_and_heals),
	    cmocka_unit_test(no_accepted_write_is_lost_when_the_server_is_killed),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
