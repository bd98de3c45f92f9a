#include "fixture.h"

#include <stdlib.h>
#include <unistd.h>

#include "../../store/store.h"

/* sql/migrate, on databases other than that of the other tests. */

#define STRING_(x) #x
#define STRING(x) STRING_(x)

#define ROOT "mariadb --no-defaults --socket=%s/mysql.sock --batch --skip-column-names"

static const char *
sql(const char *database, const char *statement)
{
	char *newline;

	assert_int_equal(
	    fixture_shell(ROOT " -e \"%s\" %s 2>&1 </dev/null", fixture_dir(), statement, database),
	    0);
	newline = strrchr(fixture_said, '\n');
	if (newline != NULL)
		*newline = '\0';
	return fixture_said;
}

/* Run the migrations in FOLDER on DATABASE. */
static int
migrate(const char *folder, const char *database, const char *options)
{
	if (fixture_dir()[0] == '\0')
		skip();
	return fixture_shell("%s/migrate --socket=%s/mysql.sock --database=%s %s 2>&1 </dev/null",
	    folder, fixture_dir(), database, options);
}

/* A copy of sql/ with one more migration. */
static const char *
copy_with(const char *name, const char *migration)
{
	char *folder = pool_printf(pool, "%s/sql-%s", fixture_dir(), name);

	assert_int_equal(
	    fixture_shell("mkdir -p %s && cp sql/* %s && echo \"%s\" >%s/9999-next.sql", folder,
		folder, migration, folder),
	    0);
	return folder;
}

static void
assert_one_line(const char *part)
{
	char *newline = strchr(fixture_said, '\n');

	if (strstr(fixture_said, part) == NULL)
		print_error("no \"%s\" in: %s", part, fixture_said);
	assert_non_null(strstr(fixture_said, part));
	assert_non_null(newline);
	assert_string_equal(newline, "\n");
}

static void
a_second_run_does_nothing(void **state)
{
	assert_int_equal(migrate("sql", "twice", ""), 0);
	assert_non_null(strstr(fixture_said, "applied 0001-core"));
	assert_int_equal(migrate("sql", "twice", ""), 0);
	assert_string_equal(fixture_said, "");
	assert_string_equal(
	    sql("twice", "SELECT version, name FROM schema_migration WHERE version = 1"),
	    "1\t0001-core");
	assert_string_equal(
	    sql("twice", "SELECT MAX(version) FROM schema_migration"), STRING(DB_SCHEMA));
}

static int
migrate_too(int number, void *arg)
{
	int *applied = arg;

	if (migrate("sql", "together", "") != 0)
		return 1;
	if (strstr(fixture_said, "applied") != NULL)
		__atomic_add_fetch(applied, 1, __ATOMIC_SEQ_CST);
	return 0;
}

static void
of_many_at_once_one_does_it(void **state)
{
	int *applied = fixture_shared(sizeof *applied);

	fixture_together(5, migrate_too, applied);
	assert_int_equal(*applied, 1);
	assert_string_equal(
	    sql("together", "SELECT COUNT(*) FROM schema_migration"), STRING(DB_SCHEMA));
}

static void
it_stops_at_the_first_error_and_goes_on_from_there(void **state)
{
	const char *broken = copy_with("broken", "CREATE TABLE IF NOT EXISTS a (a INT);\n"
						 "CREATE TABEL b (b INT);\n"
						 "CREATE TABLE c (c INT);");

	assert_int_equal(migrate("sql", "broken", ""), 0);
	assert_int_not_equal(migrate(broken, "broken", ""), 0);
	assert_one_line("migrate: cannot apply 9999-next: ERROR 1064");
	assert_string_equal(
	    sql("broken", "SELECT MAX(version) FROM schema_migration"), STRING(DB_SCHEMA));
	assert_string_equal(sql("broken", "SHOW TABLES LIKE 'c'"), "");
	copy_with("broken", "CREATE TABLE IF NOT EXISTS a (a INT); CREATE TABLE c (c INT);");
	assert_int_equal(migrate(broken, "broken", ""), 0);
	assert_one_line("applied 9999-next");
	assert_int_not_equal(migrate("sql", "broken", ""), 0);
	assert_one_line(
	    "the database is at version 9999, newer than the " STRING(DB_SCHEMA) " of these files");
}

/* A database from before the table work; the migration may be interrupted at any point. */
static void
unfinished_changes_of_a_dictionary_become_work(void **state)
{
	const char *before = copy_with("before", "DO 0;");

	assert_int_equal(
	    fixture_shell("rm %s/9999-next.sql %s/000[5-9]-* %s/001*", before, before, before), 0);
	assert_int_equal(migrate(before, "older", ""), 0);
	sql("older",
	    "INSERT INTO user (id, created_at, updated_at, name, email, email_key, password_hash)"
	    " VALUES (7, NOW(3), NOW(3), 'x', 'x', 'x', 'x');"
	    " INSERT INTO lexicon (id, user_id, created_at, updated_at, kind, written, said,"
	    " key_hash, unswept) VALUES (1, 7, NOW(3), NOW(3), 'word', 'a', 'b', REPEAT('1', 32), "
	    "1),"
	    " (2, 7, NOW(3), NOW(3), 'word', 'b', 'c', REPEAT('2', 32), 0);"
	    " INSERT INTO trash (created_at, project_id, audio_id, path, bury)"
	    " VALUES ('2026-01-01', 1, 0, '', 1)");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(migrate("sql", "older", ""), 0);
		assert_non_null(strstr(fixture_said, "applied 0005-work"));
		assert_string_equal(
		    sql("older", "SELECT kind, user_id, object_id, state FROM work"),
		    "lexicon_sweep\t7\t1\tpending");
		assert_string_equal(
		    sql("older", "SELECT run_at, tries FROM trash"), "2026-01-01 00:00:00.000\t0");
		sql("older", "DELETE FROM schema_migration WHERE version = 5");
	}
}

/* Users from before there were events; the migration may be interrupted at any point. */
static void
every_user_has_a_counter_of_events(void **state)
{
	const char *before = copy_with("uncounted", "DO 0;");

	assert_int_equal(
	    fixture_shell("rm %s/9999-next.sql %s/000[6-9]-* %s/001*", before, before, before), 0);
	assert_int_equal(migrate(before, "uncounted", ""), 0);
	sql("uncounted",
	    "INSERT INTO user (id, created_at, updated_at, name, email, email_key, password_hash)"
	    " VALUES (7, NOW(3), NOW(3), 'x', 'x', 'x', 'x'), (8, NOW(3), NOW(3), 'y', 'y', 'y',"
	    " 'y')");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(migrate("sql", "uncounted", ""), 0);
		assert_non_null(strstr(fixture_said, "applied 0006-events"));
		assert_string_equal(
		    sql("uncounted", "SELECT user_id, seq, oldest FROM user_seq ORDER BY user_id"),
		    i == 0 ? "7\t0\t1\n8\t0\t1" : "7\t5\t1\n8\t0\t1");
		sql("uncounted", "DELETE FROM schema_migration WHERE version = 6;"
				 " UPDATE user_seq SET seq = 5 WHERE user_id = 7;"
				 " DELETE FROM user_seq WHERE user_id = 8");
	}
}

/* A database from before there were levels; the migration may be interrupted at any point. */
static void
levels_are_added_to_an_older_database(void **state)
{
	const char *before = copy_with("flat", "DO 0;");

	assert_int_equal(
	    fixture_shell("rm %s/9999-next.sql %s/0009-* %s/001*", before, before, before), 0);
	assert_int_equal(migrate(before, "flat", ""), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(migrate("sql", "flat", ""), 0);
		assert_non_null(strstr(fixture_said, "applied 0009-levels"));
		assert_string_equal(
		    sql("flat", "SELECT COUNT(*) FROM content"), i == 0 ? "0" : "1");
		sql("flat",
		    "INSERT IGNORE INTO level (id, name, rank, min_count, max_count, path, "
		    "max_bytes,"
		    " free_bytes, keep_percent, half_life_sec) VALUES (1, 'a', 0, 0, 1, '/a', 0, 0,"
		    " 50, 0), (2, 'b', 1, 2, 3, '/b', 0, 0, 50, 0);"
		    " INSERT IGNORE INTO content (id, name, level, generate_time, update_time,"
		    " half_life_sec, run_at) VALUES (1, '0/1/1-r1', 1, NOW(), NOW(), 0, NOW());"
		    " UPDATE content SET level = 3 - level, reason = 'hot'");
		assert_string_equal(
		    sql("flat", "SELECT COUNT(*) FROM update_history"), i == 0 ? "1" : "2");
		sql("flat", "DELETE FROM schema_migration WHERE version = 9");
	}
}

static void
a_run_that_was_killed_leaves_no_lock(void **state)
{
	const char *slow = copy_with("slow", "DO SLEEP(1); CREATE TABLE IF NOT EXISTS x (a INT);");

	assert_int_equal(migrate("sql", "killed", ""), 0);
	assert_int_equal(fixture_shell("%s/migrate --socket=%s/mysql.sock --database=killed"
				       " >/dev/null 2>&1 </dev/null & echo $! >%s/migrate.pid",
			     slow, fixture_dir(), fixture_dir()),
	    0);
	for (int i = 0; i < 1000; i++) {
		if (strcmp(sql("", "SELECT IS_USED_LOCK('killed.migrate') IS NULL"), "0") == 0)
			break;
		usleep(10000);
	}
	assert_int_equal(fixture_shell("kill -9 $(cat %s/migrate.pid)", fixture_dir()), 0);
	assert_int_equal(migrate(slow, "killed", ""), 0);
	assert_string_equal(sql("killed", "SELECT MAX(version) FROM schema_migration"), "9999");
}

static void
a_server_that_is_away_is_one_line(void **state)
{
	if (fixture_dir()[0] == '\0')
		skip();
	assert_int_not_equal(fixture_shell("sql/migrate --socket=/nonexistent 2>&1 </dev/null"), 0);
	assert_one_line("migrate: cannot connect: ERROR 2002");
}

static void
without_the_right_it_says_so(void **state)
{
	fixture_shell("umask 077; printf '[client]\\nuser=tts_api\\npassword=%%s\\n'"
		      " \"$(cat %s/api.pw)\" >%s/api.cnf",
	    fixture_dir(), fixture_dir());
	assert_int_not_equal(fixture_shell("sql/migrate --defaults-file=%s/api.cnf"
					   " --socket=%s/mysql.sock --database=forbidden 2>&1"
					   " </dev/null",
				 fixture_dir(), fixture_dir()),
	    0);
	assert_one_line("migrate: cannot create the database forbidden: ERROR 1044");
	assert_int_not_equal(migrate("sql", "nopasswords", "--accounts=/nonexistent"), 0);
	assert_non_null(strstr(fixture_said, "cannot read a password from /nonexistent/api.pw"));
	assert_int_not_equal(migrate("sql", "'x;y'", ""), 0);
	assert_one_line("not a name for a database");
}

/* Whether tts_api can log in with PASSWORD (as the shell sees it). */
static bool
lets_in(const char *password)
{
	return fixture_shell("MYSQL_PWD=%s mariadb --no-defaults --user=tts_api"
			     " --socket=%s/mysql.sock -e 'SELECT 1' 2>&1 </dev/null",
		   password, fixture_dir()) == 0;
}

static void
accounts_are_brought_up_to_date(void **state)
{
	char *old = pool_printf(pool, "\"$(cat %s/api.pw)\"", fixture_dir());
	char *folder = pool_printf(pool, "%s/pw", fixture_dir());
	char *given = pool_printf(pool, "--accounts=%s --from-host='10.1.%%'", folder);
	char *again = pool_printf(pool, "--accounts=%s", fixture_dir());

	if (fixture_dir()[0] == '\0')
		skip();
	sql("tts", "GRANT UPDATE (text) ON audio TO tts_render@localhost;"
		   " GRANT DELETE ON tts.* TO tts_render@localhost;"
		   " GRANT UPDATE ON timing TO tts_api@localhost;"
		   " GRANT UPDATE ON stretch TO tts_api@localhost");
	assert_int_equal(fixture_shell("umask 077; mkdir %s; for f in api renderer work notify "
				       "stream lyric song video tier migration; do"
				       " echo '\"ne'\\''w\\\\p$a`s s' >%s/$f.pw; done",
			     folder, folder),
	    0);
	assert_true(lets_in(old));
	assert_int_equal(migrate("sql", "tts", given), 0);
	assert_string_equal(fixture_said, "");
	assert_false(lets_in(old));
	assert_true(lets_in("'\"ne'\\''w\\p$a`s s'"));
	assert_string_equal(sql("mysql", "SELECT COUNT(*) FROM user WHERE user LIKE 'tts%'"
					 " AND host = '10.1.%'"),
	    "10");
	assert_string_equal(sql("mysql", "SELECT COUNT(*) FROM columns_priv WHERE user ="
					 " 'tts_render' AND column_name = 'text'"),
	    "0");
	assert_string_equal(sql("mysql", "SELECT COUNT(*) FROM db WHERE user = 'tts_render'"), "0");
	assert_string_equal(sql("mysql", "SELECT COUNT(*) FROM tables_priv WHERE user = 'tts_api'"
					 " AND table_name IN ('timing', 'stretch')"
					 " AND FIND_IN_SET('Update', table_priv)"),
	    "0");
	/* What it is to have of a column it has again. */
	assert_string_equal(sql("mysql", "SELECT COUNT(*) FROM columns_priv WHERE user = 'tts_api'"
					 " AND table_name = 'stretch' AND column_name = 'n'"
					 " AND host = 'localhost'"),
	    "1");
	assert_string_equal(
	    sql("mysql", "SELECT COUNT(*) FROM user WHERE user LIKE '%model%'"), "0");
	/* Another database with the same accounts revokes nothing in this one. */
	assert_int_equal(migrate("sql", "beside", again), 0);
	assert_true(lets_in(old));
	db_disconnect(api);
	assert_rc(user_check(api, &(struct login){.user = fixture_user()}), RC_OK);
}

/* The renderer claims all the time, until the number at its end comes back. */
static int
claim_all_the_time(int number, void *arg)
{
	volatile int *over = arg;
	struct claimant who = fixture_claimant("here", 60);

	if (number == 0) {
		for (int i = 0; i < 5; i++)
			if (migrate("sql", "tts",
				pool_printf(pool, "--accounts=%s", fixture_dir())) != 0)
				return 1;
		*over = 1;
		return 0;
	}
	while (!*over) {
		struct claim claim;
		size_t n;

		if (queue_claim(renderer, pool, &who, 1, &claim, &n) != RC_OK)
			return 2;
		pool_reset(pool);
	}
	return 0;
}

static void
grants_that_are_given_again_are_never_away(void **state)
{
	if (fixture_dir()[0] == '\0')
		skip();
	fixture_together(3, claim_all_the_time, fixture_shared(sizeof(int)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_second_run_does_nothing),
	    cmocka_unit_test(of_many_at_once_one_does_it),
	    cmocka_unit_test(it_stops_at_the_first_error_and_goes_on_from_there),
	    cmocka_unit_test(unfinished_changes_of_a_dictionary_become_work),
	    cmocka_unit_test(every_user_has_a_counter_of_events),
	    cmocka_unit_test(levels_are_added_to_an_older_database),
	    cmocka_unit_test(a_run_that_was_killed_leaves_no_lock),
	    cmocka_unit_test(a_server_that_is_away_is_one_line),
	    cmocka_unit_test(without_the_right_it_says_so),
	    cmocka_unit_test(grants_that_are_given_again_are_never_away),
	    cmocka_unit_test(accounts_are_brought_up_to_date),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
