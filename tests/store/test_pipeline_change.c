#include "pipelines.h"

#include <inttypes.h>

/* Pipelines as their owners, and services, change them. */

/* ---------------------------------------------------------------- doing it again */

static void
a_retry_makes_what_comes_later_stale(void **state)
{
	const char *task = pipelines_with_song();
	const struct pipeline_key key = pipelines_key(task);
	struct pipeline p;

	pipelines_finish(task, STAGE_VIDEO, false);
	assert_string_equal(pipelines_overall(task), "completed");
	assert_rc(pipeline_retry(api, &key, STAGE_SONG), RC_OK);
	assert_rc(pipeline_retry(api, &key, STAGE_SONG), RC_RUNNING);
	p = pipelines_read(task);
	assert_int_equal(p.runs[STAGE_SONG].run, 2);
	assert_int_equal(p.runs[STAGE_SONG].state, STAGE_PENDING);
	assert_string_equal(pipelines_word(task, STAGE_LYRIC), "completed");
	assert_string_equal(pipelines_word(task, STAGE_VIDEO), "stale");
	assert_string_equal(pipelines_overall(task), "processing");
	assert_rc(pipeline_retry(api, &key, STAGE_VIDEO), RC_NOT_READY);
	assert_string_equal(
	    pipelines_told(task), "pipeline.stage {\"stage\":\"song\",\"status\":\"pending\"}");
	/* What was done before is kept. */
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage WHERE pipeline_id = %" PRIu64
					" AND stage = 'song' AND state = 'done'",
			     p.id),
	    1);
}

static void
nothing_is_made_of_what_is_stale(void **state)
{
	struct pipeline_new in;
	struct pipeline_key key;

	pipelines_user = fixture_user();
	in = pipelines_request(pipelines_task());
	in.auto_continue = false;
	pipelines_start_with(&in);
	key = pipelines_key(in.task);
	pipelines_finish(in.task, STAGE_LYRIC, true);
	pipelines_finish(in.task, STAGE_SONG, false);
	assert_rc(pipeline_edit_lyric(api, &key, "Another."), RC_OK);
	assert_string_equal(pipelines_word(in.task, STAGE_SONG), "stale");
	assert_string_equal(pipelines_overall(in.task), "waiting");
	assert_rc(pipeline_retry(api, &key, STAGE_VIDEO), RC_NOT_READY);
	assert_rc(pipeline_retry(api, &key, STAGE_SONG), RC_OK);
	assert_string_equal(pipelines_overall(in.task), "processing");
}

static void
a_retry_of_the_lyric_ends_what_is_made_of_the_old_one(void **state)
{
	struct pipeline p = pipelines_start();
	const struct pipeline_key key = pipelines_key(p.task);
	struct project hidden;

	pipelines_finish(p.task, STAGE_LYRIC, true);
	pipelines_claim(p.task, STAGE_SONG);
	hidden = fixture_project(pipelines_user, 2);
	fixture_run("UPDATE project SET hidden = 1 WHERE id = %" PRIu64, hidden.id);
	fixture_run("UPDATE stage SET project_id = %" PRIu64
		    ", own_project = 1 WHERE id = %" PRIu64,
	    hidden.id, pipelines_read(p.task).runs[STAGE_SONG].id);
	fixture_run("INSERT INTO stage_try (stage_id, n, step, host, run_id, began_at)"
		    " VALUES (%" PRIu64 ", 1, 'begin', 'here', 1, NOW(3))",
	    pipelines_read(p.task).runs[STAGE_SONG].id);
	assert_int_equal(pipelines_read(p.task).runs[STAGE_SONG].attempts, 1);
	assert_rc(pipeline_retry(api, &key, STAGE_LYRIC), RC_OK);
	p = pipelines_read(p.task);
	assert_int_equal(p.runs[STAGE_SONG].state, STAGE_CANCELLED);
	assert_true(p.runs[STAGE_SONG].stale);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage_try WHERE stage_id = %" PRIu64
					" AND outcome = 'released'",
			     p.runs[STAGE_SONG].id),
	    1);
	/* The project that was made for it goes too. */
	assert_int_equal(
	    fixture_number("SELECT deleted FROM project WHERE id = %" PRIu64, hidden.id), 1);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM work WHERE kind = 'project_delete'"
					" AND object_id = %" PRIu64,
			     hidden.id),
	    1);
}

static void
what_a_service_has_made_is_asked_for_before_it_is_paid_for_again(void **state)
{
	struct pipeline p = pipelines_start();
	const struct pipeline_key key = pipelines_key(p.task);
	const struct pipeline_run *r = &p.runs[STAGE_SONG];

	pipelines_finish(p.task, STAGE_LYRIC, true);
	fixture_run("UPDATE stage SET engine = 'suno', external_id = 'job-1', external_part = 'a',"
		    " sent_at = NOW(3), deadline_at = NOW(3) + INTERVAL 300 SECOND"
		    " WHERE pipeline_id = %" PRIu64 " AND stage = 'song'",
	    p.id);
	pipelines_fail(p.task, STAGE_SONG, "fetch", "transient");
	assert_rc(pipeline_retry(api, &key, STAGE_SONG), RC_OK);
	p = pipelines_read(p.task);
	assert_string_equal(r->external_id, "job-1");
	assert_string_equal(r->external_part, "a");
	assert_string_equal(r->engine, "suno");
	assert_int_equal(r->step, STEP_POLL);
	assert_int_equal(r->run, 2);
	assert_int_equal(fixture_number("SELECT TIMESTAMPDIFF(SECOND, NOW(3), deadline_at) BETWEEN"
					" 290 AND 300 FROM stage WHERE id = %" PRIu64,
			     r->id),
	    1);
	/* But not twice in a row. */
	pipelines_fail(p.task, STAGE_SONG, "fetch", "transient");
	assert_rc(pipeline_retry(api, &key, STAGE_SONG), RC_OK);
	p = pipelines_read(p.task);
	assert_string_equal(r->external_id, "");
	assert_int_equal(r->step, STEP_BEGIN);
	/* Nor if the service said that it failed. */
	fixture_run("UPDATE stage SET external_id = 'job-2' WHERE id = %" PRIu64, r->id);
	pipelines_fail(p.task, STAGE_SONG, "poll", "provider_failed");
	assert_rc(pipeline_resume(api, &key, &(enum stage){0}, &(enum pipeline_word){0}), RC_OK);
	p = pipelines_read(p.task);
	assert_string_equal(r->external_id, "");
	/* Nor for another lyric. */
	fixture_run(
	    "UPDATE stage SET external_id = 'job-3', input_id = 1 WHERE id = %" PRIu64, r->id);
	pipelines_fail(p.task, STAGE_SONG, "poll", "timeout");
	assert_rc(pipeline_retry(api, &key, STAGE_SONG), RC_OK);
	assert_string_equal(pipelines_read(p.task).runs[STAGE_SONG].external_id, "");
}

static void
a_resume_goes_on_where_it_failed(void **state)
{
	const char *task = pipelines_with_song();
	const struct pipeline_key key = pipelines_key(task);
	enum pipeline_word was;
	enum stage from;

	assert_rc(pipeline_resume(api, &key, &from, &was), RC_NOT_FAILED);
	assert_int_equal(was, PIPELINE_PROCESSING);
	pipelines_fail(task, STAGE_VIDEO, "begin", "permanent");
	assert_string_equal(pipelines_overall(task), "failed");
	assert_rc(pipeline_resume(api, &key, &from, &was), RC_OK);
	assert_int_equal(from, STAGE_VIDEO);
	assert_string_equal(pipelines_overall(task), "processing");
	assert_int_equal(pipelines_read(task).runs[STAGE_SONG].run, 1);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage WHERE pipeline_id = %" PRIu64
					" AND cause = 'resume'",
			     pipelines_read(task).id),
	    1);
	/* One that expired gets its time again. */
	pipelines_fail(task, STAGE_VIDEO, "begin", "expired");
	fixture_run("UPDATE pipeline SET expires_at = NOW(3) - INTERVAL 1 DAY WHERE id = %" PRIu64,
	    pipelines_read(task).id);
	assert_rc(pipeline_resume(api, &key, &from, &was), RC_OK);
	assert_int_equal(
	    fixture_number("SELECT expires_at > NOW(3) FROM pipeline WHERE id = %" PRIu64,
		pipelines_read(task).id),
	    1);
}

/* ---------------------------------------------------------------- ending and pausing */

static void
a_cancelled_pipeline_can_be_resumed(void **state)
{
	const char *task = pipelines_with_song();
	const struct pipeline_key key = pipelines_key(task);
	enum pipeline_word was;
	enum stage from;

	pipelines_claim(task, STAGE_VIDEO);
	assert_rc(pipeline_cancel(api, &key), RC_OK);
	assert_string_equal(pipelines_overall(task), "cancelled");
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage WHERE pipeline_id = %" PRIu64
					" AND claim_token IS NOT NULL",
			     pipelines_read(task).id),
	    0);
	assert_string_equal(
	    pipelines_told(task), "pipeline.stage {\"stage\":\"video\",\"status\":\"cancelled\"}");
	assert_rc(pipeline_cancel(api, &key), RC_NOT_CANCELLABLE);
	assert_rc(pipeline_resume(api, &key, &from, &was), RC_OK);
	assert_int_equal(from, STAGE_VIDEO);
	assert_string_equal(pipelines_read(task).cancelled_at.s, "");
}

static void
only_the_operator_lifts_the_operators_pause(void **state)
{
	struct pipeline p = pipelines_start();
	const struct pipeline_key key = pipelines_key(p.task), operator= {.id = p.id};

	assert_rc(pipeline_pause(api, &key, ""), RC_OK);
	assert_string_equal(pipelines_overall(p.task), "paused");
	assert_string_equal(pipelines_read(p.task).paused, "user");
	assert_rc(pipeline_pause(api, &key, ""), RC_OK);
	assert_rc(pipeline_unpause(api, &key), RC_OK);
	assert_string_equal(pipelines_overall(p.task), "processing");
	assert_rc(pipeline_pause(admin, &operator, "too many"), RC_OK);
	assert_rc(pipeline_pause(api, &key, ""), RC_OK);
	assert_string_equal(pipelines_read(p.task).paused, "operator");
	assert_string_equal(pipelines_read(p.task).pause_reason, "too many");
	assert_rc(pipeline_unpause(api, &key), RC_DISABLED);
	assert_rc(pipeline_unpause(admin, &operator), RC_OK);
	assert_string_equal(pipelines_read(p.task).paused, "");
	assert_rc(pipeline_unpause(api, &key), RC_OK);
}

/* ---------------------------------------------------------------- edits */

static void
another_lyric_makes_another_song(void **state)
{
	const char *task = pipelines_with_song();
	const struct pipeline_key key = pipelines_key(task);
	struct pipeline p;

	pipelines_claim(task, STAGE_VIDEO);
	assert_rc(pipeline_edit_lyric(api, &key, "Another lyric."), RC_OK);
	p = pipelines_read(task);
	assert_string_equal(p.runs[STAGE_LYRIC].text, "Another lyric.");
	assert_int_equal(p.runs[STAGE_LYRIC].state, STAGE_DONE);
	assert_false(p.runs[STAGE_LYRIC].stale);
	assert_int_equal(p.runs[STAGE_SONG].run, 2);
	assert_int_equal(p.runs[STAGE_SONG].state, STAGE_PENDING);
	assert_int_equal(p.runs[STAGE_SONG].input, p.runs[STAGE_LYRIC].id);
	assert_int_equal(p.runs[STAGE_VIDEO].state, STAGE_CANCELLED);
	assert_string_equal(pipelines_word(task, STAGE_VIDEO), "stale");
	/* What was made of the earlier one is there still, and counts no more. */
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage WHERE pipeline_id = %" PRIu64
					" AND stage = 'song' AND state = 'done' AND stale",
			     p.id),
	    1);
	/* While the song is made. */
	pipelines_claim(task, STAGE_SONG);
	assert_rc(pipeline_edit_lyric(api, &key, "A third."), RC_OK);
	assert_int_equal(pipelines_read(task).runs[STAGE_SONG].run, 3);
	assert_int_equal(pipelines_read(task).runs[STAGE_SONG].state, STAGE_PENDING);
}

static void
another_take_is_fetched_not_paid_for(void **state)
{
	const char *task = pipelines_with_song();
	const struct pipeline_key key = pipelines_key(task);
	uint64_t song = pipelines_read(task).runs[STAGE_SONG].id;
	struct pipeline p;

	assert_rc(pipeline_choose_take(api, &key, 2), RC_NOT_READY);
	fixture_run("UPDATE stage SET engine = 'suno', external_id = 'job', external_part = 'a',"
		    " step = 'fetch' WHERE id = %" PRIu64,
	    song);
	for (int i = 1; i <= 2; i++)
		fixture_run("INSERT INTO asset (stage_id, n, chosen, created_at, path, type,"
			    " size_bytes, duration_ms, sha256, external_part) VALUES (%" PRIu64
			    ", %d, %d, NOW(3), 'pipeline/0/1/song-%" PRIu64 "-%d-x.mp3',"
			    " 'audio/mpeg', 10, 1000, REPEAT('x', 32), '%s')",
		    song, i, i == 1, song, i, i == 1 ? "a" : "b");
	assert_rc(pipeline_choose_take(api, &key, 3), RC_RANGE);
	assert_rc(pipeline_choose_take(api, &key, 1), RC_OK);
	assert_int_equal(pipelines_read(task).runs[STAGE_SONG].id, song);
	assert_rc(pipeline_choose_take(api, &key, 2), RC_OK);
	p = pipelines_read(task);
	assert_int_equal(p.runs[STAGE_SONG].run, 2);
	assert_int_equal(p.runs[STAGE_SONG].step, STEP_POLL);
	assert_string_equal(p.runs[STAGE_SONG].external_id, "job");
	assert_string_equal(p.runs[STAGE_SONG].external_part, "b");
	assert_string_equal(pipelines_word(task, STAGE_VIDEO), "stale");
}

/* ---------------------------------------------------------------- services call */

static void
a_callback_only_makes_a_run_due(void **state)
{
	static const uint8_t secret[PIPELINE_CALLBACK_SIZE] = "0123456789abcde",
			     none[PIPELINE_CALLBACK_SIZE] = "x";
	struct pipeline p = pipelines_start();
	uint64_t run = p.runs[STAGE_LYRIC].id;

	fixture_run("UPDATE stage SET callback = CONCAT('0123456789abcde', CHAR(0)), step = 'sent',"
		    " run_at = NOW(3) + INTERVAL 1 HOUR WHERE id = %" PRIu64,
	    run);
	assert_rc(pipeline_called_back(api, none, "x"), RC_NOT_FOUND);
	assert_rc(pipeline_called_back(api, secret, "job-7"), RC_OK);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage WHERE id = %" PRIu64
					" AND run_at <= NOW(3) AND candidate = 'job-7' AND"
					" external_id = '' AND step = 'sent' AND state = 'pending'",
			     run),
	    1);
	/* An id that is known is not replaced; nothing is lost when nothing is claimed. */
	fixture_run(
	    "UPDATE stage SET external_id = 'known', step = 'poll' WHERE id = %" PRIu64, run);
	assert_rc(pipeline_called_back(api, secret, "forged"), RC_OK);
	assert_rc(pipeline_called_back(api, secret, ""), RC_OK);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage WHERE id = %" PRIu64
					" AND candidate = 'job-7' AND external_id = 'known'",
			     run),
	    1);
	/* Of what is over, nothing is. */
	pipelines_finish(p.task, STAGE_LYRIC, false);
	assert_rc(pipeline_called_back(api, secret, "late"), RC_NOT_FOUND);
	assert_int_equal(pipelines_read(p.task).runs[STAGE_LYRIC].state, STAGE_DONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_retry_makes_what_comes_later_stale, fixture_empty_queue),
	    cmocka_unit_test_setup(nothing_is_made_of_what_is_stale, fixture_empty_queue),
	    cmocka_unit_test_setup(
		a_retry_of_the_lyric_ends_what_is_made_of_the_old_one, fixture_empty_queue),
	    cmocka_unit_test_setup(what_a_service_has_made_is_asked_for_before_it_is_paid_for_again,
		fixture_empty_queue),
	    cmocka_unit_test_setup(a_resume_goes_on_where_it_failed, fixture_empty_queue),
	    cmocka_unit_test_setup(a_cancelled_pipeline_can_be_resumed, fixture_empty_queue),
	    cmocka_unit_test_setup(
		only_the_operator_lifts_the_operators_pause, fixture_empty_queue),
	    cmocka_unit_test_setup(another_lyric_makes_another_song, fixture_empty_queue),
	    cmocka_unit_test_setup(another_take_is_fetched_not_paid_for, fixture_empty_queue),
	    cmocka_unit_test_setup(a_callback_only_makes_a_run_due, fixture_empty_queue),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
