#include "pipelines.h"

#include <inttypes.h>

#include "../../store/account.h"
#include "../../store/admin.h"
#include "../../store/trash.h"
#include "working.h"

/* Pipelines that go, and stages that failed for good. */

/* ---------------------------------------------------------------- deleting */

static void
a_pipeline_is_deleted_while_it_is_worked_on(void **state)
{
	const char *task = pipelines_with_song();
	const struct pipeline_key key = pipelines_key(task);
	struct trash v[8];
	uint64_t id, gone, song = pipelines_read(task).runs[STAGE_SONG].id;
	struct project hidden;
	size_t n;
	bool has;

	hidden = fixture_project(pipelines_user, 1);
	fixture_run("UPDATE project SET hidden = 1 WHERE id = %" PRIu64, hidden.id);
	fixture_run("UPDATE stage SET project_id = %" PRIu64
		    ", own_project = 1 WHERE id = %" PRIu64,
	    hidden.id, song);
	fixture_run("INSERT INTO stage_try (stage_id, n, step, host, run_id, began_at)"
		    " VALUES (%" PRIu64 ", 1, 'begin', 'here', 1, NOW(3))",
	    song);
	fixture_run("INSERT INTO caption VALUES (%" PRIu64 ", 1, 'a line', 0, 1000)", song);
	pipelines_add_image(task, "0123456789abcdef0123456789abcdef", RC_OK);
	pipelines_claim(task, STAGE_VIDEO);
	assert_rc(pipeline_delete(api, &key, &id), RC_OK);
	assert_int_equal(pipelines_left(id), 0);
	assert_rc(pipeline_delete(api, &key, &gone), RC_NOT_FOUND);
	assert_rc(trash_has_pipeline(api, pool, id, &has), RC_OK);
	assert_true(has);
	assert_int_equal(
	    fixture_number("SELECT deleted FROM project WHERE id = %" PRIu64, hidden.id), 1);
	fixture_run("UPDATE trash SET created_at = created_at - INTERVAL 1 MINUTE");
	assert_rc(trash_list(worker, pool, 8, v, &n), RC_OK);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM trash WHERE pipeline_id > 0 AND path ="
			   " '0123456789abcdef0123456789abcdef'"),
	    1);
	/* The name is free again. */
	pipelines_add_image(task, "ff", RC_OK);
}

static void
a_draft_that_nobody_starts_is_deleted(void **state)
{
	const char *started = pipelines_with_song(), *old = pipelines_task();
	const char *young = pipelines_task();
	uint64_t *gone, id;
	size_t n;

	pipelines_add_image(old, "00112233445566778899aabbccddeeff", RC_OK);
	pipelines_add_image(young, "ee", RC_OK);
	id = pipelines_read(old).id;
	fixture_run("UPDATE pipeline SET expires_at = NULL,"
		    " updated_at = NOW(3) - INTERVAL IF(task_id = '%s', 71, 73) HOUR"
		    " WHERE user_id = %" PRIu64,
	    young, pipelines_user);
	assert_rc(pipeline_forget_drafts(worker, pool, 4, &gone, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_rc(pipeline_forget_drafts(worker, pool, 3, &gone, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(gone[0], id);
	assert_int_equal(pipelines_left(id), 0);
	assert_int_equal(
	    fixture_number(
		"SELECT COUNT(*) FROM trash WHERE pipeline_id = %" PRIu64 " AND bury", id),
	    1);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM trash WHERE path ="
					" '00112233445566778899aabbccddeeff'"),
	    1);
	assert_string_equal(pipelines_overall(young), "draft");
	assert_string_equal(pipelines_word(started, STAGE_SONG), "completed");
	assert_rc(pipeline_forget_drafts(worker, pool, 3, &gone, &n), RC_OK);
	assert_int_equal(n, 0);
}

static void
a_deleted_user_has_no_pipelines(void **state)
{
	struct pipeline_new in;
	struct pipeline p;

	pipelines_user = fixture_user();
	for (int i = 0; i < 70; i++) {
		in = pipelines_request(pipelines_task());
		p = pipelines_start_with(&in);
	}
	pipelines_add_image(p.task, "ab", RC_OK);
	assert_rc(account_delete(admin, pipelines_user), RC_OK);
	working_drain();
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM pipeline WHERE user_id = %" PRIu64,
			     pipelines_user),
	    0);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM stage WHERE user_id = %" PRIu64, pipelines_user),
	    0);
	assert_int_equal(pipelines_left(p.id), 0);
	assert_int_equal(
	    fixture_number(
		"SELECT COUNT(*) FROM trash WHERE pipeline_id = %" PRIu64 " AND bury", p.id),
	    1);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM user WHERE id = %" PRIu64, pipelines_user), 0);
}

/* ---------------------------------------------------------------- dead letters */

static void
dead_letters_are_listed_retried_and_dropped(void **state)
{
	struct dead_filter filter = {.stage = STAGES, .error_class = ""};
	const char *task = pipelines_with_song();
	struct dead v[4], dead;
	struct stage_try tries[4];
	uint64_t n_all, run, other = fixture_user();
	size_t n;

	filter.user = pipelines_user;
	assert_rc(dead_count(api, &filter, &n_all), RC_OK);
	assert_int_equal(n_all, 0);
	pipelines_fail(task, STAGE_VIDEO, "begin", "permanent");
	run = pipelines_read(task).runs[STAGE_VIDEO].id;
	fixture_run("INSERT INTO stage_try (stage_id, n, step, host, run_id, began_at, ended_at,"
		    " outcome, error_class, error) VALUES (%" PRIu64
		    ", 1, 'begin', 'here', 1, NOW(3), NOW(3), 'failed', 'permanent', 'why')",
	    run);
	assert_rc(dead_list(api, pool, &filter, 0, 4, v, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(v[0].id, run);
	assert_string_equal(v[0].task, task);
	assert_int_equal(v[0].stage, STAGE_VIDEO);
	assert_string_equal(v[0].error, "it is broken");
	assert_int_equal(v[0].attempts, 1);
	assert_rc(stage_tries(api, pool, run, 4, tries, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_string_equal(tries[0].error, "why");
	filter.stage = STAGE_SONG;
	assert_rc(dead_list(api, pool, &filter, 0, 4, v, &n), RC_OK);
	assert_int_equal(n, 0);
	filter.stage = STAGE_VIDEO;
	filter.error_class = "transient";
	assert_rc(dead_count(api, &filter, &n_all), RC_OK);
	assert_int_equal(n_all, 0);
	filter.error_class = "permanent";
	assert_rc(dead_count(api, &filter, &n_all), RC_OK);
	assert_int_equal(n_all, 1);
	assert_rc(dead_get(api, pool, other, run, &dead), RC_NOT_FOUND);
	assert_rc(dead_retry(api, other, run), RC_NOT_FOUND);
	assert_rc(dead_drop(api, other, run), RC_NOT_FOUND);
	assert_rc(dead_retry(api, pipelines_user, run), RC_OK);
	assert_rc(dead_get(api, pool, pipelines_user, run, &dead), RC_NOT_FOUND);
	assert_rc(dead_retry(api, pipelines_user, run), RC_NOT_FOUND);
	pipelines_fail(task, STAGE_VIDEO, "begin", "permanent");
	run = pipelines_read(task).runs[STAGE_VIDEO].id;
	assert_rc(dead_get(admin, pool, 0, run, &dead), RC_OK);
	assert_rc(dead_drop(api, pipelines_user, run), RC_OK);
	assert_rc(dead_drop(api, pipelines_user, run), RC_NOT_FOUND);
	assert_string_equal(pipelines_overall(task), "failed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(
		a_pipeline_is_deleted_while_it_is_worked_on, fixture_empty_queue),
	    cmocka_unit_test_setup(a_draft_that_nobody_starts_is_deleted, fixture_empty_queue),
	    cmocka_unit_test_setup(a_deleted_user_has_no_pipelines, fixture_empty_queue),
	    cmocka_unit_test_setup(
		dead_letters_are_listed_retried_and_dropped, fixture_empty_queue),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
