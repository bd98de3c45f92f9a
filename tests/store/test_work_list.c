#include "working.h"

/* Work that waits for other work, and what operators can see and do. */

#define CHILDREN 4

/* ---------------------------------------------------------------- parents */

static void
a_parent_is_due_when_its_last_child_is_done(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t parent = working_add("user_delete", 1, 0, 0);
	struct work_claim p = working_begin(&who), c;

	working_add("project_delete", 20, 1, parent);
	working_add("project_delete", 20, 2, parent);
	working_finish(&p, WORK_OUTCOME_WAITS);
	assert_int_equal(working_get(parent).state, WORK_STATE_WAITING);
	assert_string_equal(working_last_try(parent).outcome, "waits");
	c = working_begin(&who);
	working_finish(&c, WORK_OUTCOME_DONE);
	assert_int_equal(working_get(parent).state, WORK_STATE_WAITING);
	c = working_begin(&who);
	working_finish(&c, WORK_OUTCOME_FAILED); /* it has to be tried again first */
	assert_int_equal(working_get(parent).state, WORK_STATE_WAITING);
	assert_rc(work_retry(admin, c.id), RC_OK);
	c = working_begin(&who);
	working_finish(&c, WORK_OUTCOME_DONE);
	assert_int_equal(working_get(parent).state, WORK_STATE_PENDING);
	assert_int_equal(working_begin(&who).id, parent);
}

static void
a_child_that_failed_earlier_keeps_its_parent_waiting(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t parent = working_add("user_delete", 1, 0, 0);
	struct work_claim p = working_begin(&who), failed, c;

	working_add("project_delete", 20, 1, parent);
	working_add("project_delete", 20, 2, parent);
	working_finish(&p, WORK_OUTCOME_WAITS);
	failed = working_begin(&who);
	working_finish(&failed, WORK_OUTCOME_FAILED);
	c = working_begin(&who);
	working_finish(&c, WORK_OUTCOME_DONE);
	assert_int_equal(working_get(parent).state, WORK_STATE_WAITING);
	assert_rc(work_retry(admin, failed.id), RC_OK);
	c = working_begin(&who);
	working_finish(&c, WORK_OUTCOME_DONE);
	assert_int_equal(working_get(parent).state, WORK_STATE_PENDING);
}

static void
a_parent_that_waits_for_nothing_is_due_at_once(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t parent = working_add("user_delete", 1, 0, 0);
	struct work_claim p = working_begin(&who), c;

	working_add("project_delete", 20, 1, parent);
	c = working_begin(&who);
	working_finish(&c, WORK_OUTCOME_DONE);
	working_finish(&p, WORK_OUTCOME_WAITS);
	assert_int_equal(working_get(parent).state, WORK_STATE_PENDING);
}

static int
finish_own(int number, void *arg)
{
	const struct work_claim *c = (const struct work_claim *)arg + number;
	struct work_result r = {
	    .id = c->id, .outcome = WORK_OUTCOME_DONE, .error_class = "", .error = ""};

	memcpy(r.token, c->token, sizeof r.token);
	return work_queue_finish(worker, &r, 1) != RC_OK || r.stale;
}

/* Of two children that end at the same time, neither may consider the other unfinished. */
static void
children_that_end_at_once_wake_their_parent(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	struct work_claim *c = fixture_shared(CHILDREN * sizeof *c);

	for (int round = 0; round < 5; round++) {
		uint64_t parent = working_add("user_delete", 1, 0, 0);
		struct work_claim p = working_begin(&who);

		for (int i = 0; i < CHILDREN; i++)
			working_add("project_delete", 20, i, parent);
		working_finish(&p, WORK_OUTCOME_WAITS);
		assert_int_equal(working_claim(&who, CHILDREN, c), CHILDREN);
		fixture_together(CHILDREN, finish_own, c);
		assert_int_equal(working_get(parent).state, WORK_STATE_PENDING);
		fixture_run("DELETE FROM work");
	}
}

/* ---------------------------------------------------------------- operators */

static void
work_is_listed_and_counted(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	struct work_stats stats[WORK_KINDS];
	struct work v[WORK_LIST_MAX];
	struct work_claim c;
	size_t n;

	for (int i = 0; i < 4; i++)
		working_add("project_delete", 20, i, 0);
	working_add("lexicon_sweep", 30, 0, 0);
	fixture_run(
	    "UPDATE work SET created_at = NOW(3) - INTERVAL 100 SECOND WHERE priority = 30");
	c = working_begin(&who);
	working_finish(&c, WORK_OUTCOME_DONE);
	c = working_begin(&who);
	working_finish(&c, WORK_OUTCOME_FAILED);
	working_begin(&who);
	assert_rc(work_stats(api, stats), RC_OK);
	assert_int_equal(stats[WORK_KIND_PROJECT_DELETE].pending, 1);
	assert_int_equal(stats[WORK_KIND_PROJECT_DELETE].claimed, 1);
	assert_int_equal(stats[WORK_KIND_PROJECT_DELETE].failed, 1);
	assert_int_equal(stats[WORK_KIND_SWEEP].pending, 1);
	assert_in_range(stats[WORK_KIND_SWEEP].oldest_sec, 100, 200);
	assert_int_equal(stats[WORK_KIND_USER_DELETE].pending, 0);
	/* After a clock was set back, no time is 584 million years. */
	fixture_run("UPDATE work SET created_at = NOW(3) + INTERVAL 1 HOUR");
	assert_rc(work_stats(api, stats), RC_OK);
	assert_int_equal(stats[WORK_KIND_SWEEP].oldest_sec, 0);

	assert_rc(work_list(admin, pool, true, 0, v, &n), RC_OK);
	assert_int_equal(n, 4);
	assert_rc(work_list(admin, pool, false, 0, v, &n), RC_OK);
	assert_int_equal(n, 5);
	assert_rc(work_list(admin, pool, false, v[2].id, v, &n), RC_OK);
	assert_int_equal(n, 2);
}

static void
only_what_failed_or_rests_is_tried_again(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t id = working_add("project_delete", 20, 1, 0);
	struct work_claim c;

	fixture_run("UPDATE work SET run_at = NOW(3) + INTERVAL 1 MINUTE");
	assert_rc(work_retry(admin, id), RC_OK);
	c = working_begin(&who);
	assert_rc(work_retry(admin, id), RC_NOT_FAILED);
	working_finish(&c, WORK_OUTCOME_FAILED);
	assert_rc(work_retry(admin, id), RC_OK);
	assert_int_equal(working_get(id).tries, 0);
	c = working_begin(&who);
	working_finish(&c, WORK_OUTCOME_FAILED);
	fixture_run("INSERT INTO work (kind, object_id, created_at, updated_at, priority, turn,"
		    " run_at) SELECT kind, object_id, NOW(3), NOW(3), 1, 1, NOW(3) FROM work");
	assert_rc(work_retry(admin, id), RC_DUPLICATE);
	assert_rc(work_retry(admin, id + 1000), RC_NOT_FOUND);
}

static void
only_a_sweep_can_be_cancelled(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t sweep = working_add("lexicon_sweep", 20, 1, 0),
		 other = working_add("project_delete", 20, 2, 0);
	struct work_claim c = working_begin(&who);

	assert_rc(work_cancel(admin, sweep), RC_OK);
	assert_int_equal(working_get(sweep).state, WORK_STATE_CANCELLED);
	assert_string_equal(working_last_try(sweep).error_class, "cancelled");
	assert_true(working_finish(&c, WORK_OUTCOME_DONE).stale);
	assert_rc(work_cancel(admin, sweep), RC_NOT_CANCELLABLE);
	assert_rc(work_cancel(admin, other), RC_NOT_CANCELLABLE);
	assert_rc(work_cancel(admin, other + 1000), RC_NOT_FOUND);
}

static void
only_old_history_is_removed(void **state)
{
	static const char *const states[] = {"pending", "waiting", "done", "failed", "cancelled"};
	uint64_t n;

	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		for (int days = 8; days >= 6; days -= 2) {
			uint64_t id = working_add("project_delete", 20, 1, 0);

			fixture_run("UPDATE work SET state = '%s', error = 'x',"
				    " updated_at = NOW(3) - INTERVAL %d DAY WHERE id = %d",
			    states[i], days, (int)id);
			fixture_run("INSERT INTO work_try (work_id, n, host, run_id, began_at)"
				    " VALUES (%d, 1, 'here', 1, NOW(3))",
			    (int)id);
		}
	assert_rc(work_prune(worker, 7, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM work"), 8);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM work_try"), 8);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM work WHERE state IN"
					" ('done', 'cancelled')"),
	    2);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup(test, working_clear)
	const struct CMUnitTest tests[] = {
	    TEST(a_parent_is_due_when_its_last_child_is_done),
	    TEST(a_child_that_failed_earlier_keeps_its_parent_waiting),
	    TEST(a_parent_that_waits_for_nothing_is_due_at_once),
	    TEST(children_that_end_at_once_wake_their_parent),
	    TEST(work_is_listed_and_counted),
	    TEST(only_what_failed_or_rests_is_tried_again),
	    TEST(only_a_sweep_can_be_cancelled),
	    TEST(only_old_history_is_removed),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
