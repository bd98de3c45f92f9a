#include "working.h"

#include <inttypes.h>

#include "proxy.h"

/* How the rows of a deleted project go, step by step. */

static uint64_t
count(const char *table, uint64_t project)
{
	return fixture_number(
	    "SELECT COUNT(*) FROM %s WHERE project_id = %" PRIu64, table, project);
}

/* Claim and begin the one piece of work that there is. */
static struct work_claim
begin_only(void)
{
	struct claimant who = fixture_claimant("here", 60);

	return working_begin(&who);
}

/* ---------------------------------------------------------------- step by step */

static uint64_t
rows_written(struct db *db)
{
	static const struct sql sql = {
	    .text = "SELECT CAST(SUM(variable_value) AS UNSIGNED)"
		    " FROM information_schema.session_status WHERE variable_name IN"
		    " ('HANDLER_WRITE', 'HANDLER_UPDATE', 'HANDLER_DELETE')"};
	struct rows rows;

	assert_rc(db_query(db, pool, &rows, &sql, NO_ARGS), RC_OK);
	return db_row(&rows, 0)->number;
}

static void
the_request_costs_the_same_for_any_project(void **state)
{
	uint64_t user = fixture_user(), cost[2];
	struct project p[2] = {fixture_project(user, 10), fixture_project(user, 3000)};

	rows_written(api);
	for (size_t i = 0; i < 2; i++) {
		uint64_t before = rows_written(api);

		assert_rc(project_delete(api, user, p[i].id), RC_OK);
		cost[i] = rows_written(api) - before;
	}
	assert_in_range(cost[0], 3, 200);
	assert_int_equal(cost[1], cost[0]);
}

static void
a_project_goes_step_by_step(void **state)
{
	uint64_t user = fixture_user(), left = 1500;
	struct project p = fixture_project(user, 1500), kept = fixture_project(user, 3);
	enum work_step step = WORK_STEP_MORE;
	struct work_claim c;
	struct work w;

	assert_rc(project_delete(api, user, p.id), RC_OK);
	c = begin_only();
	assert_int_equal(c.kind, WORK_KIND_PROJECT_DELETE);
	assert_int_equal(c.object, p.id);
	assert_int_equal(c.user, user);
	assert_int_equal(c.total, 1500);
	while (left > 0) {
		assert_rc(working_step(&c, &step), RC_OK);
		assert_int_equal(step, WORK_STEP_MORE);
		assert_in_range(left - count("audio", p.id), 1, 512);
		left = count("audio", p.id);
		w = working_get(c.id);
		assert_int_equal(w.progress, 1500 - left);
		assert_int_equal(c.progress, w.progress);
	}
	assert_rc(working_step(&c, &step), RC_OK);
	assert_int_equal(step, WORK_STEP_DONE);
	assert_false(working_finish(&c, WORK_OUTCOME_DONE).stale);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM project WHERE id = %d", (int)p.id), 0);
	assert_int_equal(count("stretch", p.id), 0);
	assert_int_equal(count("audio", kept.id), 3);
	fixture_check();
}

/* The sentences that were added up wrong go like all others. */
static void
wrong_counts_keep_nothing_from_being_deleted(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 20);

	fixture_run("UPDATE project SET sentence_count = 3, ready_count = 3, duration_ms = 1"
		    " WHERE id = %d",
	    (int)p.id);
	fixture_run("UPDATE audio SET state = 'failed', error = 'x' WHERE project_id = %d LIMIT 9",
	    (int)p.id);
	assert_rc(project_delete(api, user, p.id), RC_OK);
	working_drain();
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM project"), 0);
}

static void
a_project_that_is_not_deleted_stays(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 3);

	working_add("project_delete", 20, 0, 0);
	fixture_run("UPDATE work SET object_id = %d", (int)p.id);
	working_drain();
	assert_int_equal(count("audio", p.id), 3);
}

static void
progress_survives_the_death_of_the_program(void **state)
{
	uint64_t user = fixture_user(), left;
	struct project p = fixture_project(user, 1200);
	enum work_step step;
	struct work_claim dead, c;

	assert_rc(project_delete(api, user, p.id), RC_OK);
	dead = begin_only();
	assert_rc(working_step(&dead, &step), RC_OK);
	left = count("audio", p.id);
	assert_int_equal(working_take_back("here"), 1);
	fixture_run("UPDATE work SET run_at = NOW(3)");
	c = begin_only();
	assert_int_equal(c.progress, 1200 - left);
	assert_int_equal(c.tries, 1);
	/* It was not dead after all: its next step changes nothing. */
	assert_rc(working_step(&dead, &step), RC_STALE);
	assert_int_equal(count("audio", p.id), left);
	assert_rc(working_step(&c, &step), RC_OK);
	/* A step that succeeds makes up for failures. */
	assert_int_equal(working_get(c.id).tries, 0);
	working_finish(&c, WORK_OUTCOME_RELEASED);
	assert_int_equal(working_get(c.id).state, WORK_STATE_PENDING);
	working_drain();
	assert_int_equal(working_get(c.id).progress, 1200);
	assert_int_equal(count("audio", p.id), 0);
}

/* As of a program that was told nothing of a step it did, and does it again. */
static void
a_step_from_an_old_place_changes_nothing(void **state)
{
	uint64_t user = fixture_user(), left;
	struct project p = fixture_project(user, 1200);
	enum work_step step;
	struct work_claim c, old;

	assert_rc(project_delete(api, user, p.id), RC_OK);
	old = c = begin_only();
	assert_rc(working_step(&c, &step), RC_OK);
	left = count("audio", p.id);
	assert_rc(working_step(&old, &step), RC_STALE);
	assert_int_equal(count("audio", p.id), left);
	assert_int_equal(working_get(c.id).progress, 1200 - left);
	assert_rc(working_step(&c, &step), RC_OK);
}

static void
each_step_renews_the_lease(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 600);
	enum work_step step;
	struct work_claim c;

	assert_rc(project_delete(api, user, p.id), RC_OK);
	c = begin_only();
	fixture_run("UPDATE work SET lease_until = NOW(3) + INTERVAL 1 SECOND");
	assert_rc(working_step(&c, &step), RC_OK);
	assert_in_range(
	    fixture_number("SELECT TIMESTAMPDIFF(SECOND, NOW(3), lease_until) FROM work"), 50, 60);
}

static void
a_step_is_done_once_whatever_becomes_of_its_commit(void **state)
{
	static const struct {
		enum proxy_mode mode;
		enum rc rc;
	} cases[] = {{PROXY_CUT_BEFORE_COMMIT, RC_BUSY}, {PROXY_CUT_AFTER_COMMIT, RC_OK}};
	uint64_t user = fixture_user(), before;
	struct project p = fixture_project(user, 3000);
	const char *socket = proxy_start();
	struct db *direct = worker;
	enum work_step step;
	struct work_claim c;

	assert_rc(project_delete(api, user, p.id), RC_OK);
	c = begin_only();
	worker = db_new(fixture_conf(socket, 3), ACCOUNT_WORK);
	assert_rc(db_ready(worker), RC_OK);
	for (size_t i = 0; i < 4; i++) {
		bool done = cases[i % 2].rc == RC_OK;

		before = count("audio", p.id);
		proxy_set(cases[i % 2].mode);
		assert_rc(working_step(&c, &step), cases[i % 2].rc);
		assert_int_equal(proxy_mode(), PROXY_PASS);
		assert_int_equal(before - count("audio", p.id), done ? 512 : 0);
		assert_int_equal(c.progress, 3000 - count("audio", p.id));
		assert_int_equal(working_get(c.id).progress, c.progress);
	}
	db_free(worker);
	worker = direct;
	proxy_stop();
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM work_try"), 1);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup(test, fixture_empty_queue)
	const struct CMUnitTest tests[] = {
	    TEST(the_request_costs_the_same_for_any_project),
	    TEST(a_project_goes_step_by_step),
	    TEST(wrong_counts_keep_nothing_from_being_deleted),
	    TEST(a_project_that_is_not_deleted_stays),
	    TEST(progress_survives_the_death_of_the_program),
	    TEST(a_step_from_an_old_place_changes_nothing),
	    TEST(each_step_renews_the_lease),
	    TEST(a_step_is_done_once_whatever_becomes_of_its_commit),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
