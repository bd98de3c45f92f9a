#include "pipelines.h"

#include <inttypes.h>
#include <time.h>

/* Pipelines and their pictures as their owners make them. */

/* ---------------------------------------------------------------- starting */

static void
a_start_queues_the_lyric_once(void **state)
{
	struct pipeline p = pipelines_start(), other;
	struct pipeline_new in = pipelines_request(p.task);
	struct pipeline_started again = {.run = 0};
	uint64_t owner = pipelines_user;

	assert_string_equal(p.customer_name, "스테이 머뭄");
	assert_int_equal(p.stages, PIPELINES_ALL);
	assert_true(p.auto_continue);
	assert_int_equal(p.runs[STAGE_LYRIC].state, STAGE_PENDING);
	assert_int_equal(p.runs[STAGE_LYRIC].run, 1);
	assert_int_equal(p.runs[STAGE_SONG].id, 0);
	assert_string_not_equal(p.expires_at.s, "");
	assert_string_equal(
	    pipelines_told(p.task), "pipeline.stage {\"stage\":\"lyric\",\"status\":\"pending\"}");
	in.customer_name = "another";
	assert_rc(pipeline_start(api, pool, pipelines_user, &in, NULL, &again), RC_OK);
	assert_true(again.existing);
	assert_int_equal(again.pipeline.id, p.id);
	assert_int_equal(again.run, p.runs[STAGE_LYRIC].id);
	assert_string_equal(pipelines_read(p.task).customer_name, "스테이 머뭄");
	/* The name is the client's own: another user has another pipeline of that name. */
	pipelines_user = fixture_user();
	other = pipelines_start_with(&in);
	assert_int_not_equal(other.id, p.id);
	pipelines_user = owner;
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM stage WHERE user_id = %" PRIu64, pipelines_user),
	    1);
}

static const char *shared_task;

static int
start_in_a_process(int number, void *arg)
{
	struct db *db = fixture_db(ACCOUNT_API);
	struct pipeline_new in = pipelines_request(shared_task);
	struct pipeline_started out = {.run = 0};

	return pipeline_start(db, pool, pipelines_user, &in, NULL, &out) != RC_OK;
}

static void
starts_at_the_same_time_make_one_pipeline(void **state)
{
	pipelines_user = fixture_user();
	shared_task = pipelines_task();
	fixture_together(6, start_in_a_process, NULL);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM pipeline WHERE user_id = %" PRIu64,
			     pipelines_user),
	    1);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM stage WHERE user_id = %" PRIu64, pipelines_user),
	    1);
}

static const char *
answer_once(struct pool *p, const void *object)
{
	const struct pipeline_started *s = object;

	return pool_printf(p, "{\"id\":%" PRIu64 "}", s->pipeline.id);
}

static void
a_key_gives_the_first_answer_again(void **state)
{
	static const uint8_t key[32] = {1}, body[32] = {2}, other[32] = {3};
	struct idempotency idem = {key, body, answer_once, NULL};
	struct pipeline_started out = {.run = 0};
	struct pipeline_new in;
	const char *first;

	pipelines_user = fixture_user();
	in = pipelines_request(pipelines_task());
	assert_rc(pipeline_start(api, pool, pipelines_user, &in, &idem, &out), RC_OK);
	first = answer_once(pool, &out);
	in.task = pipelines_task(); /* one that the server made: another each time */
	assert_rc(pipeline_start(api, pool, pipelines_user, &in, &idem, &out), RC_REPLAY);
	assert_string_equal(idem.replay, first);
	idem.body_hash = other;
	assert_rc(pipeline_start(api, pool, pipelines_user, &in, &idem, &out), RC_KEY_REUSED);
}

static void
a_lyric_that_was_given_is_no_stage_if_it_was_not_asked_for(void **state)
{
	struct pipeline_new in;
	struct pipeline p;

	pipelines_user = fixture_user();
	in = pipelines_request(pipelines_task());
	in.lyric = "One line.\nAnother.";
	p = pipelines_start_with(&in);
	assert_true(p.given);
	assert_int_equal(p.runs[STAGE_LYRIC].state, STAGE_PENDING);
	in = pipelines_request(pipelines_task());
	in.lyric = "One line.\nAnother.";
	in.stages = 1U << STAGE_SONG;
	p = pipelines_start_with(&in);
	assert_int_equal(p.runs[STAGE_LYRIC].state, STAGE_DONE);
	assert_string_equal(p.runs[STAGE_LYRIC].text, in.lyric);
	assert_int_equal(p.runs[STAGE_SONG].state, STAGE_PENDING);
	assert_int_equal(p.runs[STAGE_SONG].input, p.runs[STAGE_LYRIC].id);
	assert_int_equal(p.stages, 1U << STAGE_SONG);
	assert_string_equal(pipelines_word(p.task, STAGE_VIDEO), "skipped");
}

/* Each run has the priority of its pipeline, and says whether the request brings its result. */
static void
runs_have_the_priority_of_their_pipeline(void **state)
{
	static const char like[] =
	    "SELECT COUNT(*) FROM stage s JOIN pipeline p ON p.id = s.pipeline_id"
	    " WHERE p.task_id = '%s' AND s.priority = 2 AND s.stage = '%s' AND"
	    " s.given = %d";
	struct pipeline_new in;
	struct pipeline p;

	pipelines_user = fixture_user();
	in = pipelines_request(pipelines_task());
	in.priority = 2;
	in.lyric = "One line.\nAnother.";
	p = pipelines_start_with(&in);
	assert_int_equal(p.priority, 2);
	assert_int_equal(fixture_number(like, p.task, "lyric", 1), 1);
	in = pipelines_request(pipelines_task());
	in.priority = 2;
	p = pipelines_start_with(&in);
	assert_int_equal(fixture_number(like, p.task, "lyric", 0), 1);
}

static void
a_project_can_be_the_song(void **state)
{
	struct pipeline_new in;
	struct project project;
	struct pipeline p;
	struct pipeline_started out = {.run = 0};
	struct pipeline_key key;
	uint64_t other = fixture_user(), ms, chars;

	pipelines_user = fixture_user();
	project = fixture_project(pipelines_user, 3);
	in = pipelines_request(pipelines_task());
	in.project = project.id;
	p = pipelines_start_with(&in);
	assert_int_equal(p.project, project.id);
	assert_string_equal(p.runs[STAGE_LYRIC].text, "Sentence 1.\nSentence 2.\nSentence 3.");
	assert_int_equal(p.runs[STAGE_LYRIC].state, STAGE_DONE);
	assert_int_equal(p.runs[STAGE_SONG].state, STAGE_PENDING);
	assert_rc(
	    pipeline_project_length(api, pool, pipelines_user, project.id, &ms, &chars), RC_OK);
	assert_int_equal(chars, 33);
	assert_in_range(ms, 500, 10000);
	key = pipelines_key(p.task);
	assert_rc(pipeline_edit_lyric(api, &key, "x"), RC_DUPLICATE);
	assert_rc(pipeline_retry(api, &key, STAGE_LYRIC), RC_DUPLICATE);
	in.task = pipelines_task();
	assert_rc(pipeline_start(api, pool, other, &in, NULL, &out), RC_NOT_FOUND);
	in.project = fixture_project(pipelines_user, 0).id;
	assert_rc(pipeline_start(api, pool, pipelines_user, &in, NULL, &out), RC_RANGE);
	/* When it is deleted, the song that waits for it is looked at. */
	fixture_run("UPDATE stage SET state = 'waiting', project_id = %" PRIu64
		    ", run_at = NOW(3) + INTERVAL 1 DAY WHERE id = %" PRIu64,
	    project.id, p.runs[STAGE_SONG].id);
	assert_rc(project_delete(api, pipelines_user, project.id), RC_OK);
	assert_int_equal(pipelines_read(p.task).runs[STAGE_SONG].state, STAGE_PENDING);
	assert_int_equal(fixture_number("SELECT run_at <= NOW(3) FROM stage WHERE id = %" PRIu64,
			     p.runs[STAGE_SONG].id),
	    1);
}

static void
a_user_has_a_maximum_of_pipelines(void **state)
{
	struct pipeline_started out = {.run = 0};
	struct pipeline_new in;

	pipelines_user = fixture_user();
	fixture_run("INSERT INTO pipeline (user_id, task_id, created_at, updated_at)"
		    " SELECT %" PRIu64 ", CONCAT('old-', seq), NOW(3), NOW(3) FROM seq_1_to_10000",
	    pipelines_user);
	in = pipelines_request(pipelines_task());
	assert_rc(pipeline_start(api, pool, pipelines_user, &in, NULL, &out), RC_LIMIT);
	in.task = "old-7"; /* a draft */
	assert_rc(pipeline_start(api, pool, pipelines_user, &in, NULL, &out), RC_OK);
	fixture_run("DELETE FROM pipeline WHERE user_id = %" PRIu64 " AND task_id LIKE 'old-%%'",
	    pipelines_user);
}

static void
names_that_we_make_are_uuids_of_version_7_in_order(void **state)
{
	char a[PIPELINE_TASK_SIZE], b[PIPELINE_TASK_SIZE];
	struct timespec rest = {.tv_nsec = 2000000};

	pipeline_task_make(a);
	nanosleep(&rest, NULL);
	pipeline_task_make(b);
	assert_int_equal(strlen(a), 36);
	assert_int_equal(a[14], '7');
	assert_non_null(strchr("89ab", a[19]));
	assert_true(strcmp(a, b) < 0);
}

/* ---------------------------------------------------------------- reading */

static void
a_page_has_the_newest_and_another_user_sees_none(void **state)
{
	struct pipeline v[PAGE_SIZE];
	struct pipeline_key theirs;
	struct pipeline_new in;
	struct page page;

	pipelines_user = fixture_user();
	for (int i = 0; i < 12; i++) {
		in = pipelines_request(pipelines_task());
		pipelines_start_with(&in);
	}
	assert_rc(pipeline_list(api, pool, pipelines_user, PAGE_OF_TEN(1), &page, v), RC_OK);
	assert_int_equal(page.total, 12);
	assert_int_equal(page.n, 10);
	assert_string_equal(v[0].task, in.task);
	assert_int_equal(v[9].runs[STAGE_LYRIC].state, STAGE_PENDING);
	assert_rc(pipeline_list(api, pool, pipelines_user, PAGE_OF_TEN(2), &page, v), RC_OK);
	assert_int_equal(page.n, 2);
	assert_rc(pipeline_list(api, pool, pipelines_user, PAGE_OF_TEN(3), &page, v), RC_NOT_FOUND);
	assert_int_equal(page.pages, 2);
	pipelines_user = fixture_user();
	theirs = pipelines_key(in.task);
	assert_rc(pipeline_get(api, pool, &theirs, v), RC_NOT_FOUND);
	assert_rc(pipeline_retry(api, &theirs, STAGE_LYRIC), RC_NOT_FOUND);
	assert_rc(pipeline_cancel(api, &theirs), RC_NOT_FOUND);
	assert_rc(pipeline_pause(api, &theirs, ""), RC_NOT_FOUND);
	assert_rc(pipeline_unpause(api, &theirs), RC_NOT_FOUND);
	assert_rc(pipeline_edit_lyric(api, &theirs, "x"), RC_NOT_FOUND);
	assert_rc(pipeline_choose_take(api, &theirs, 1), RC_NOT_FOUND);
	assert_rc(pipeline_delete(api, &theirs, &page.total), RC_NOT_FOUND);
	assert_rc(pipeline_list(api, pool, pipelines_user, PAGE_OF_TEN(1), &page, v), RC_OK);
	assert_int_equal(page.n, 0);
}

static void
the_words_follow_the_rows(void **state)
{
	struct pipeline p = pipelines_start();
	const char *task = p.task;

	assert_string_equal(pipelines_overall(task), "processing");
	assert_string_equal(pipelines_word(task, STAGE_LYRIC), "pending");
	pipelines_claim(task, STAGE_LYRIC);
	assert_string_equal(pipelines_word(task, STAGE_LYRIC), "processing");
	pipelines_finish(task, STAGE_LYRIC, true);
	assert_string_equal(pipelines_word(task, STAGE_LYRIC), "completed");
	assert_string_equal(pipelines_word(task, STAGE_VIDEO), "pending");
	fixture_run(
	    "UPDATE stage SET tries = 2 WHERE pipeline_id = %" PRIu64 " AND stage = 'song'", p.id);
	assert_string_equal(pipelines_word(task, STAGE_SONG), "retrying");
	fixture_run("UPDATE stage SET tries = 0, step = 'poll' WHERE pipeline_id = %" PRIu64
		    " AND stage = 'song'",
	    p.id);
	assert_string_equal(pipelines_word(task, STAGE_SONG), "processing");
	fixture_run("UPDATE stage SET step = 'fetch' WHERE pipeline_id = %" PRIu64
		    " AND stage = 'song'",
	    p.id);
	assert_string_equal(pipelines_word(task, STAGE_SONG), "uploading");
	pipelines_finish(task, STAGE_SONG, true);
	fixture_run("UPDATE stage SET step = 'poll' WHERE pipeline_id = %" PRIu64
		    " AND stage = 'video'",
	    p.id);
	assert_string_equal(pipelines_word(task, STAGE_VIDEO), "rendering");
	assert_string_equal(pipelines_overall(task), "processing");
	pipelines_finish(task, STAGE_VIDEO, false);
	assert_string_equal(pipelines_overall(task), "completed");
	/* For ever. */
	fixture_run("UPDATE pipeline SET created_at = '2020-01-01', updated_at = '2020-01-01',"
		    " expires_at = '2020-01-02' WHERE id = %" PRIu64,
	    p.id);
	assert_string_equal(pipelines_overall(task), "completed");
}

static void
without_auto_continue_it_waits_for_the_next_stage(void **state)
{
	struct pipeline_new in;
	struct pipeline_key key;

	pipelines_user = fixture_user();
	in = pipelines_request(pipelines_task());
	in.auto_continue = false;
	pipelines_start_with(&in);
	key = pipelines_key(in.task);
	pipelines_finish(in.task, STAGE_LYRIC, false);
	assert_string_equal(pipelines_overall(in.task), "waiting");
	assert_rc(pipeline_retry(api, &key, STAGE_VIDEO), RC_NOT_READY);
	assert_rc(pipeline_retry(api, &key, STAGE_SONG), RC_OK);
	assert_string_equal(pipelines_overall(in.task), "processing");
	assert_int_equal(pipelines_read(in.task).runs[STAGE_SONG].input,
	    pipelines_read(in.task).runs[STAGE_LYRIC].id);
}

/* ---------------------------------------------------------------- pictures */

static const char *
order(const char *task)
{
	struct image *v;
	struct buf out;
	size_t n;

	assert_rc(image_list(api, pool, pipelines_user, task, &v, &n), RC_OK);
	buf_init(&out, pool, 64);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(v[i].index, i + 1);
		buf_addf(&out, "%" PRIu64 " ", v[i].id);
	}
	return out.data;
}

static void
pictures_come_before_the_start_and_have_an_order(void **state)
{
	bool shown;
	const char *task = pipelines_task();
	struct pipeline_key key;
	struct pipeline_new in;
	struct image a, b, c, moved;

	pipelines_user = fixture_user();
	a = pipelines_add_image(task, "aa", RC_OK);
	assert_int_equal(a.index, 1);
	assert_int_equal(a.state, IMAGE_NEW);
	assert_string_equal(pipelines_overall(task), "draft");
	key = pipelines_key(task);
	assert_rc(pipeline_retry(api, &key, STAGE_LYRIC), RC_DRAFT);
	assert_rc(pipeline_pause(api, &key, ""), RC_DRAFT);
	assert_rc(pipeline_edit_lyric(api, &key, "x"), RC_DRAFT);
	assert_rc(pipeline_cancel(api, &key), RC_NOT_CANCELLABLE);
	b = pipelines_add_image(task, "bb", RC_OK);
	c = pipelines_add_image(task, "cc", RC_OK);
	in = pipelines_request(task);
	assert_int_equal(pipelines_start_with(&in).images, 3);
	assert_rc(image_move(api, pool, pipelines_user, task, c.id, 1, &moved), RC_OK);
	assert_int_equal(moved.index, 1);
	assert_string_equal(order(task),
	    pool_printf(pool, "%" PRIu64 " %" PRIu64 " %" PRIu64 " ", c.id, a.id, b.id));
	assert_rc(image_move(api, pool, pipelines_user, task, c.id, 3, &moved), RC_OK);
	assert_string_equal(order(task),
	    pool_printf(pool, "%" PRIu64 " %" PRIu64 " %" PRIu64 " ", a.id, b.id, c.id));
	assert_rc(image_move(api, pool, pipelines_user, task, b.id, 2, &moved), RC_OK);
	assert_rc(image_move(api, pool, pipelines_user, task, b.id, 4, &moved), RC_RANGE);
	assert_rc(image_move(api, pool, pipelines_user, task, b.id, 0, &moved), RC_RANGE);
	assert_rc(image_move(api, pool, pipelines_user, task, b.id + 100, 1, &moved), RC_NOT_FOUND);
	for (int i = 0; i < 7; i++)
		pipelines_add_image(task, "dd", RC_OK);
	pipelines_add_image(task, "ee", RC_LIMIT);
	/* Another user's picture is nowhere to be found. */
	assert_rc(image_delete(api, pool, fixture_user(), task, a.id, &shown), RC_NOT_FOUND);
	assert_rc(image_delete(api, pool, pipelines_user, task, a.id, &shown), RC_OK);
	assert_false(shown);
	assert_rc(image_delete(api, pool, pipelines_user, task, a.id, &shown), RC_NOT_FOUND);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM trash WHERE pipeline_id = %" PRIu64
					" AND path = 'aa' AND NOT bury",
			     pipelines_read(task).id),
	    1);
	pipelines_add_image(task, "ee", RC_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_start_queues_the_lyric_once, fixture_empty_queue),
	    cmocka_unit_test_setup(starts_at_the_same_time_make_one_pipeline, fixture_empty_queue),
	    cmocka_unit_test_setup(a_key_gives_the_first_answer_again, fixture_empty_queue),
	    cmocka_unit_test_setup(
		a_lyric_that_was_given_is_no_stage_if_it_was_not_asked_for, fixture_empty_queue),
	    cmocka_unit_test_setup(runs_have_the_priority_of_their_pipeline, fixture_empty_queue),
	    cmocka_unit_test_setup(a_project_can_be_the_song, fixture_empty_queue),
	    cmocka_unit_test_setup(a_user_has_a_maximum_of_pipelines, fixture_empty_queue),
	    cmocka_unit_test_setup(
		names_that_we_make_are_uuids_of_version_7_in_order, fixture_empty_queue),
	    cmocka_unit_test_setup(
		a_page_has_the_newest_and_another_user_sees_none, fixture_empty_queue),
	    cmocka_unit_test_setup(the_words_follow_the_rows, fixture_empty_queue),
	    cmocka_unit_test_setup(
		without_auto_continue_it_waits_for_the_next_stage, fixture_empty_queue),
	    cmocka_unit_test_setup(
		pictures_come_before_the_start_and_have_an_order, fixture_empty_queue),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
