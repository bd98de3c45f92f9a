#include "stages.h"

#include "../../store/event.h"

/* Songs that are spoken; what expires; what is removed. */

static const struct slice lines[] = {{"one", 3}, {"two", 3}};

static struct stage_worker
speaking(const char *host)
{
	struct stage_worker at = stages_worker(STAGE_SONG, host);

	at.chosen = at.given;
	return at;
}

/* Render all sentences there are; the first N_FAILED fail. */
static void
render_all(size_t n_failed)
{
	struct claimant who = fixture_claimant("r", 60);
	struct claim v[16];
	size_t n = fixture_claim(&who, 16, v);

	for (size_t i = 0; i < n; i++) {
		struct result r =
		    fixture_result(&who, &v[i], i < n_failed ? OUTCOME_FAILED : OUTCOME_READY);

		assert_rc(queue_finish(renderer, &r, 1), RC_OK);
		assert_false(r.stale);
	}
}

static void
a_song_waits_for_its_sentences(void **state)
{
	uint64_t user = fixture_user(), id = stages_with_lyric(user, "t");
	struct stage_worker at = speaking("a");
	struct stage_claim c = stages_begin(&at), v[1];
	struct stage_result r;
	struct stage_input in;
	unsigned long woken = db_woken(renderer);
	bool queued = false;

	assert_rc(stage_input(stages_db[STAGE_SONG], pool, &c, &in), RC_OK);
	assert_string_equal(in.lyric, "one\ntwo");
	assert_rc(stage_narrate(
		      stages_db[STAGE_SONG], fixture_conf(NULL, 10), &c, "en", lines, 2, &queued),
	    RC_OK);
	assert_true(queued);
	assert_string_equal(stages_newest(id, STAGE_SONG), "waiting begin 0");
	assert_int_equal(stages_claim(&at, 1, v), 0);
	render_all(0);
	assert_int_equal(db_woken(renderer), woken + 1);
	assert_string_equal(stages_newest(id, STAGE_SONG), "pending begin 0");
	c = stages_begin(&at);
	assert_true(c.own_project);
	assert_rc(stage_input(stages_db[STAGE_SONG], pool, &c, &in), RC_OK);
	assert_int_equal(in.n_sounds, 2);
	assert_int_equal(in.unfinished, 0);
	assert_null(in.sound_error);
	assert_string_equal(in.sounds[1].text, "two");
	assert_true(in.sounds[0].path[0] != '\0');
	/* Its project goes with its end. */
	r = stages_finish(&c, CLASS_OK, STEPS);
	assert_true(r.next);
	assert_int_equal(
	    fixture_number("SELECT deleted FROM project WHERE id = %d", (int)c.project), 1);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM work WHERE kind = 'project_delete' AND"
			   " object_id = %d",
		(int)c.project),
	    1);
	fixture_check();
}

static void
nobody_sees_the_project_of_a_song(void **state)
{
	uint64_t user = fixture_user();
	struct project shown = fixture_project(user, 1), list[PAGE_SIZE];
	struct stage_worker at = speaking("a");
	struct stage_claim c;
	uint64_t newest, oldest, before, after;
	struct page page;
	struct event *v;
	bool queued;
	size_t n;

	(void)stages_with_lyric(user, "t");
	c = stages_begin(&at);
	assert_rc(event_read(admin, pool, user, 0, 100, &v, &n, &before, &oldest), RC_OK);
	assert_rc(stage_narrate(
		      stages_db[STAGE_SONG], fixture_conf(NULL, 10), &c, "en", lines, 2, &queued),
	    RC_OK);
	assert_rc(
	    project_list(api, pool, user, &(struct project_filter){0}, PAGE_OF_TEN(1), &page, list),
	    RC_OK);
	assert_int_equal(page.total, 1);
	assert_int_equal(page.n, 1);
	assert_int_equal(list[0].id, shown.id);
	assert_int_equal(
	    fixture_number("SELECT project_count FROM user WHERE id = %d", (int)user), 1);
	render_all(0);
	assert_rc(event_read(admin, pool, user, before, 100, &v, &n, &after, &oldest), RC_OK);
	for (size_t i = 0; i < n; i++)
		assert_true(v[i].project == 0 || v[i].project == shown.id);
	assert_int_equal(fixture_number("SELECT ready_count FROM project WHERE hidden"), 2);
	newest = after;
	assert_true(newest > before);
	c = stages_begin(&at);
	(void)stages_finish(&c, CLASS_OK, STEPS);
	assert_int_equal(
	    fixture_number("SELECT project_count FROM user WHERE id = %d", (int)user), 1);
	fixture_check();
}

static void
a_sentence_that_cannot_be_spoken_is_told(void **state)
{
	uint64_t user = fixture_user(), id = stages_with_lyric(user, "t");
	struct stage_worker at = speaking("a");
	struct stage_claim c = stages_begin(&at);
	struct stage_input in;
	bool queued;

	assert_rc(stage_narrate(
		      stages_db[STAGE_SONG], fixture_conf(NULL, 10), &c, "en", lines, 2, &queued),
	    RC_OK);
	render_all(1);
	c = stages_begin(&at);
	assert_rc(stage_input(stages_db[STAGE_SONG], pool, &c, &in), RC_OK);
	assert_non_null(in.sound_error);
	assert_non_null(strstr(in.sound_error, "sentence 1"));
	(void)stages_finish(&c, CLASS_PERMANENT, STEP_BEGIN);
	assert_string_equal(stages_newest(id, STAGE_SONG), "failed begin 1 permanent");
	/* That project is of no use to anybody either. */
	assert_int_equal(
	    fixture_number("SELECT deleted FROM project WHERE id = %d", (int)c.project), 1);
}

static void
a_project_of_the_user_is_waited_for(void **state)
{
	uint64_t user = fixture_user(), id = stages_with_lyric(user, "t");
	struct project project = fixture_project(user, 2);
	struct stage_worker at = speaking("a");
	struct stage_claim c;
	bool queued = true;

	fixture_run("UPDATE pipeline SET project_id = %d", (int)project.id);
	c = stages_begin(&at);
	assert_rc(stage_narrate(
		      stages_db[STAGE_SONG], fixture_conf(NULL, 10), &c, "en", lines, 2, &queued),
	    RC_OK);
	assert_false(queued);
	assert_string_equal(stages_newest(id, STAGE_SONG), "waiting begin 0");
	render_all(0);
	assert_string_equal(stages_newest(id, STAGE_SONG), "pending begin 0");
	c = stages_begin(&at);
	assert_false(c.own_project);
	/* What is ready already is not waited for. */
	assert_rc(stage_narrate(
		      stages_db[STAGE_SONG], fixture_conf(NULL, 10), &c, "en", lines, 2, &queued),
	    RC_OK);
	assert_string_equal(stages_newest(id, STAGE_SONG), "pending begin 0");
	c = stages_begin(&at);
	(void)stages_finish(&c, CLASS_OK, STEPS);
	assert_int_equal(
	    fixture_number("SELECT deleted FROM project WHERE id = %d", (int)project.id), 0);
	/* One that is gone, or somebody else's, is not found. */
	id = stages_with_lyric(fixture_user(), "u");
	fixture_run("UPDATE pipeline SET project_id = %d", (int)project.id);
	c = stages_begin(&at);
	assert_rc(stage_narrate(
		      stages_db[STAGE_SONG], fixture_conf(NULL, 10), &c, "en", lines, 2, &queued),
	    RC_NOT_FOUND);
}

static void
a_project_that_is_deleted_wakes_who_waits_for_it(void **state)
{
	uint64_t user = fixture_user(), id = stages_with_lyric(user, "t");
	struct project project = fixture_project(user, 2);
	struct stage_worker at = speaking("a");
	struct stage_input in;
	struct stage_claim c;
	bool queued;

	fixture_run("UPDATE pipeline SET project_id = %d", (int)project.id);
	c = stages_begin(&at);
	assert_rc(stage_narrate(
		      stages_db[STAGE_SONG], fixture_conf(NULL, 10), &c, "en", lines, 2, &queued),
	    RC_OK);
	assert_rc(project_delete(api, user, project.id), RC_OK);
	assert_string_equal(stages_newest(id, STAGE_SONG), "pending begin 0");
	c = stages_begin(&at);
	assert_rc(stage_input(stages_db[STAGE_SONG], pool, &c, &in), RC_OK);
	assert_string_equal(in.sound_error, "the project is gone");
}

static void
a_claim_that_is_lost_makes_no_project(void **state)
{
	struct stage_worker at = speaking("a");
	struct stage_claim c;
	bool queued;

	(void)stages_with_lyric(fixture_user(), "t");
	c = stages_begin(&at);
	fixture_run("UPDATE stage SET claim_token = REPEAT('y', 16) WHERE state = 'claimed'");
	assert_rc(stage_narrate(
		      stages_db[STAGE_SONG], fixture_conf(NULL, 10), &c, "en", lines, 2, &queued),
	    RC_STALE);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM project"), 0);
}

/* ---------------------------------------------------------------- without anybody's doing */

static void
what_is_not_finished_in_its_time_fails(void **state)
{
	uint64_t user = fixture_user(), id = stages_with_lyric(user, "t");
	uint64_t other = stages_with_lyric(user, "u"), n;

	fixture_run("UPDATE pipeline SET expires_at = IF(id = %d, NOW(3) - INTERVAL 1 SECOND,"
		    " NOW(3) + INTERVAL 1 HOUR)",
	    (int)id);
	assert_rc(stage_expire(stages_db[STAGE_SONG], STAGE_SONG, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_string_equal(stages_newest(id, STAGE_SONG), "failed begin 0 expired");
	assert_string_equal(stages_newest(other, STAGE_SONG), "pending begin 0");
	assert_non_null(strstr(stages_events(user), "\"error_class\":\"expired\""));
	assert_rc(stage_expire(stages_db[STAGE_SONG], STAGE_SONG, &n), RC_OK);
	assert_int_equal(n, 0);
}

static void
what_waits_for_nothing_is_woken(void **state)
{
	uint64_t user = fixture_user(), id = stages_with_lyric(user, "t"), n;

	fixture_run("UPDATE stage SET state = 'waiting', project_id = 999999 WHERE stage = 'song'");
	assert_rc(stage_expire(stages_db[STAGE_SONG], STAGE_SONG, &n), RC_OK);
	assert_string_equal(stages_newest(id, STAGE_SONG), "pending begin 0");
}

static void
history_is_removed_but_not_of_what_failed(void **state)
{
	uint64_t user = fixture_user(), n;
	struct stage_worker at = stages_worker(STAGE_SONG, "a");
	struct stage_claim c;

	(void)stages_with_lyric(user, "t");
	(void)stages_with_lyric(user, "u");
	c = stages_begin(&at);
	(void)stages_finish(&c, CLASS_OK, STEPS);
	c = stages_begin(&at);
	(void)stages_finish(&c, CLASS_PERMANENT, STEP_BEGIN);
	assert_rc(stage_prune(stages_db[STAGE_SONG], STAGE_SONG, 1, &n), RC_OK);
	assert_int_equal(n, 0);
	fixture_run("UPDATE stage SET updated_at = NOW(3) - INTERVAL 2 DAY");
	fixture_run("UPDATE stage_try SET ended_at = NOW(3) - INTERVAL 2 DAY");
	assert_rc(stage_prune(stages_db[STAGE_SONG], STAGE_SONG, 1, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM stage_try WHERE error_class = 'permanent'"), 1);
}

#define TEST(name) cmocka_unit_test_setup(name, stages_nothing)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_song_waits_for_its_sentences),
	    TEST(nobody_sees_the_project_of_a_song),
	    TEST(a_sentence_that_cannot_be_spoken_is_told),
	    TEST(a_project_of_the_user_is_waited_for),
	    TEST(a_project_that_is_deleted_wakes_who_waits_for_it),
	    TEST(a_claim_that_is_lost_makes_no_project),
	    TEST(what_is_not_finished_in_its_time_fails),
	    TEST(what_waits_for_nothing_is_woken),
	    TEST(history_is_removed_but_not_of_what_failed),
	};

	return cmocka_run_group_tests(tests, stages_start, stages_stop);
}
