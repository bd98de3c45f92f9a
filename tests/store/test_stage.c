#include "stages.h"

/* How the stages of pipelines are queued, begun and taken back. */

static void
each_stage_queues_the_next(void **state)
{
	static const enum stage_step all = STEPS;
	uint64_t user = fixture_user(), id = stages_pipeline(user, "task-1");
	uint64_t lyric = 0, song = 0;

	for (enum stage s = STAGE_LYRIC; s < STAGES; s++) {
		struct stage_worker at = stages_worker(s, "a");
		struct stage_claim c = stages_begin(&at);
		struct stage_result r;

		assert_int_equal(c.pipeline, id);
		assert_int_equal(c.run, 1);
		assert_string_equal(c.engine, at.chosen);
		assert_int_equal(c.input, s == STAGE_LYRIC ? 0 : s == STAGE_SONG ? lyric : song);
		r = stages_finish(&c, CLASS_OK, all);
		assert_true(r.done);
		assert_false(r.stale);
		assert_int_equal(r.next, s != STAGE_VIDEO);
		assert_string_equal(stages_newest(id, s), "done begin 0");
		lyric = s == STAGE_LYRIC ? c.id : lyric;
		song = s == STAGE_SONG ? c.id : song;
		if (s != STAGE_VIDEO)
			assert_string_equal(
			    stages_newest(id, (enum stage)(s + 1)), "pending begin 0");
	}
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage WHERE cause = 'start' AND"
					" stage = 'lyric' OR cause = 'lyric_completed' AND stage ="
					" 'song' OR cause = 'song_completed' AND stage = 'video'"),
	    3);
	assert_string_equal(stages_events(user),
	    "pipeline.stage task-1 {\"stage\":\"lyric\",\"status\":\"processing\"}\n"
	    "pipeline.stage task-1 {\"stage\":\"lyric\",\"status\":\"completed\"}\n"
	    "pipeline.stage task-1 {\"stage\":\"song\",\"status\":\"processing\"}\n"
	    "pipeline.stage task-1 {\"stage\":\"song\",\"status\":\"completed\",\"captions\":0}\n"
	    "pipeline.stage task-1 {\"stage\":\"video\",\"status\":\"processing\"}\n"
	    "pipeline.stage task-1 {\"stage\":\"video\",\"status\":\"completed\"}\n"
	    "pipeline.completed task-1 {}");
}

static void
a_stage_that_was_not_asked_for_does_not_follow(void **state)
{
	uint64_t user = fixture_user(), id = stages_pipeline(user, "t");
	struct stage_worker at = stages_worker(STAGE_LYRIC, "a");
	struct stage_claim c;

	fixture_run("UPDATE pipeline SET stages = 'lyric'");
	c = stages_begin(&at);
	assert_false(stages_finish(&c, CLASS_OK, STEPS).next);
	assert_string_equal(stages_newest(id, STAGE_SONG), "");
	assert_non_null(strstr(stages_events(user), "pipeline.completed"));
	/* Nor if the client goes on by itself. */
	id = stages_pipeline(user, "u");
	fixture_run("UPDATE pipeline SET auto_continue = FALSE");
	c = stages_begin(&at);
	assert_false(stages_finish(&c, CLASS_OK, STEPS).next);
	assert_string_equal(stages_newest(id, STAGE_SONG), "");
}

static void
nobody_claims_what_somebody_has_stopped(void **state)
{
	static const char *const stops[][2] = {
	    {"UPDATE pipeline SET paused = 'user', paused_at = NOW(3) WHERE task_id = 'first'",
		"UPDATE pipeline SET paused = '', paused_at = NULL"},
	    {"UPDATE pipeline SET cancelled_at = NOW(3) WHERE task_id = 'first'",
		"UPDATE pipeline SET cancelled_at = NULL"},
	    {"UPDATE user SET disabled = 1 WHERE id IN (SELECT user_id FROM pipeline WHERE task_id"
	     " = 'first')",
		"UPDATE user SET disabled = 0"},
	    {"UPDATE stage SET run_at = NOW(3) + INTERVAL 1 HOUR WHERE pipeline_id IN (SELECT id"
	     " FROM pipeline WHERE task_id = 'first')",
		"UPDATE stage SET run_at = NOW(3)"},
	};
	uint64_t user = fixture_user(), other = fixture_user();
	uint64_t first = stages_pipeline(user, "first"), second = stages_pipeline(other, "second");
	struct stage_worker at = stages_worker(STAGE_LYRIC, "a");
	struct stage_claim v[4];

	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
		fixture_run("UPDATE stage SET state = 'pending', claim_token = NULL, host = NULL,"
			    " lease_until = NULL");
		fixture_run("%s", stops[i][0]);
		assert_int_equal(stages_claim(&at, 4, v), 1);
		assert_int_equal(v[0].pipeline, second);
		fixture_run("%s", stops[i][1]);
		fixture_run("UPDATE stage SET state = 'pending', claim_token = NULL, host = NULL,"
			    " lease_until = NULL");
		/* It has kept its place. */
		assert_int_equal(stages_claim(&at, 4, v), 2);
		assert_int_equal(v[0].pipeline, first);
	}
	fixture_run("UPDATE stage SET state = 'pending', claim_token = NULL, host = NULL,"
		    " lease_until = NULL");
	fixture_run("UPDATE stage_control SET paused = TRUE WHERE stage = 'song'");
	assert_int_equal(stages_claim(&at, 4, v), 2);
	fixture_run("UPDATE stage SET state = 'pending', claim_token = NULL, host = NULL,"
		    " lease_until = NULL");
	fixture_run("UPDATE stage_control SET paused = TRUE WHERE stage = 'lyric'");
	assert_int_equal(stages_claim(&at, 4, v), 0);
}

/* No delay is as long: the clock was set back. */
static void
a_time_that_is_too_far_away_is_not_waited_for(void **state)
{
	struct stage_worker at = stages_worker(STAGE_LYRIC, "a");
	struct stage_claim v[1];

	(void)stages_pipeline(fixture_user(), "t");
	fixture_run("UPDATE stage SET run_at = NOW(3) + INTERVAL 100 MINUTE");
	assert_int_equal(stages_claim(&at, 1, v), 0);
	fixture_run("UPDATE stage SET run_at = NOW(3) + INTERVAL 1 DAY");
	assert_int_equal(stages_claim(&at, 1, v), 1);
}

static void
a_worker_leaves_other_stages_alone(void **state)
{
	uint64_t user = fixture_user();
	struct stage_worker at = stages_worker(STAGE_VIDEO, "a");
	struct stage_claim v[4];
	uint64_t n;

	(void)stages_pipeline(user, "one");
	(void)stages_with_lyric(user, "two");
	assert_int_equal(stages_claim(&at, 4, v), 0);
	fixture_run("UPDATE stage SET state = 'claimed', claim_token = REPEAT('x', 16), host = 'a',"
		    " lease_until = NOW(3) - INTERVAL 1 DAY WHERE state = 'pending'");
	assert_rc(
	    stage_take_back(stages_db[STAGE_VIDEO], STAGE_VIDEO, fixture_conf(NULL, 10), "a", &n),
	    RC_OK);
	assert_int_equal(n, 0);
}

/* ---------------------------------------------------------------- beginning, taking back */

static uint64_t
take_back(const char *host)
{
	uint64_t n = 99;

	assert_rc(
	    stage_take_back(stages_db[STAGE_SONG], STAGE_SONG, fixture_conf(NULL, 10), host, &n),
	    RC_OK);
	return n;
}

static void
what_was_sent_is_never_begun_again(void **state)
{
	uint64_t user = fixture_user(), id = stages_with_lyric(user, "t");
	struct stage_worker at = stages_worker(STAGE_SONG, "a");
	struct stage_claim c = stages_begin(&at), again;

	assert_rc(stage_send(stages_db[STAGE_SONG], &at, &c), RC_OK);
	assert_int_equal(c.step, STEP_SENT);
	assert_int_equal(strlen(c.callback), 32);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM stage WHERE HEX(callback) = '%s'", c.callback), 1);
	assert_int_equal(
	    fixture_number("SELECT paid_total FROM engine WHERE name LIKE 'there%%'"), 1);
	/* The program dies before it has the answer. */
	assert_int_equal(take_back("a"), 1);
	assert_string_equal(stages_newest(id, STAGE_SONG), "pending sent 0 system");
	stages_pass(301);
	again = stages_begin(&at);
	assert_int_equal(again.step, STEP_SENT);
	assert_true(again.late);
	assert_string_equal(again.callback, c.callback); /* by which the answer is recognized */
	(void)stages_finish(&again, CLASS_WAIT, STEP_POLL);
	assert_string_equal(stages_newest(id, STAGE_SONG), "pending poll 0");
	assert_int_equal(
	    fixture_number("SELECT paid_total FROM engine WHERE name LIKE 'there%%'"), 1);
}

/* What was refused costs nothing; what is not known may, and so does what came to nothing. */
static void
what_was_refused_is_not_counted_as_paid(void **state)
{
	static const struct {
		enum pipeline_class class;
		enum stage_step step;
		uint64_t paid;
	} cases[] = {{CLASS_RATE_LIMITED, STEP_BEGIN, 0}, {CLASS_AUTH, STEP_BEGIN, 0},
	    {CLASS_PERMANENT, STEP_BEGIN, 0}, {CLASS_TRANSIENT, STEP_BEGIN, 0},
	    {CLASS_WAIT, STEP_SENT, 1}, {CLASS_WAIT, STEP_POLL, 1}, {CLASS_TRANSIENT, STEP_SENT, 1},
	    {CLASS_PROVIDER_FAILED, STEP_BEGIN, 1}, {CLASS_OK, STEPS, 1}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct stage_worker at = stages_worker(STAGE_SONG, "a");
		struct stage_claim c;
		struct stage_result r;

		assert_int_equal(stages_nothing(state), 0);
		(void)stages_with_lyric(fixture_user(), "t");
		c = stages_begin(&at);
		assert_rc(stage_send(stages_db[STAGE_SONG], &at, &c), RC_OK);
		r = stages_result(&c, cases[i].class, cases[i].step);
		r.began = true;
		assert_rc(stage_finish(stages_db[STAGE_SONG], &r), RC_OK);
		assert_int_equal(
		    fixture_number("SELECT SUM(paid_total) FROM engine"), cases[i].paid);
	}
}

static void
a_claim_that_is_lost_begins_nothing(void **state)
{
	struct stage_worker at = stages_worker(STAGE_SONG, "a");
	struct stage_claim v[1];

	(void)stages_with_lyric(fixture_user(), "t");
	assert_int_equal(stages_claim(&at, 1, v), 1);
	fixture_run("UPDATE stage SET claim_token = REPEAT('y', 16) WHERE state = 'claimed'");
	assert_rc(stage_begin(stages_db[STAGE_SONG], &at, &v[0]), RC_STALE);
	assert_rc(stage_send(stages_db[STAGE_SONG], &at, &v[0]), RC_STALE);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage WHERE step = 'sent'"), 0);
	assert_int_equal(fixture_number("SELECT SUM(paid_total) FROM engine"), 0);
	fixture_run("DELETE FROM pipeline");
	assert_rc(stage_begin(stages_db[STAGE_SONG], &at, &v[0]), RC_STALE);
}

static void
leases_are_renewed_while_they_hold(void **state)
{
	struct stage_worker at = stages_worker(STAGE_SONG, "a");
	struct stage_claim v[2];
	const struct stage_claim *both[] = {&v[0], &v[1]};
	bool held[2];
	uint64_t user = fixture_user();

	(void)stages_with_lyric(user, "t");
	(void)stages_with_lyric(user, "u");
	assert_int_equal(stages_claim(&at, 2, v), 2);
	fixture_run("UPDATE stage SET lease_until = NOW(3) + INTERVAL 1 SECOND WHERE state ="
		    " 'claimed'");
	fixture_run("UPDATE stage SET state = 'cancelled', claim_token = NULL, host = NULL,"
		    " lease_until = NULL, ended_at = NOW(3) WHERE id = %d",
	    (int)v[1].id);
	assert_rc(stage_renew(stages_db[STAGE_SONG], &at, both, 2, held), RC_OK);
	assert_true(held[0]);
	assert_false(held[1]);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage WHERE lease_until > NOW(3) +"
					" INTERVAL 30 SECOND"),
	    1);
}

static void
a_death_is_charged_to_nobody_until_it_is_many(void **state)
{
	uint64_t user = fixture_user(), id = stages_with_lyric(user, "t");
	struct stage_worker at = stages_worker(STAGE_SONG, "a");
	struct stage_claim v[1];

	assert_int_equal(stages_claim(&at, 1, v), 1);
	assert_int_equal(take_back("a"), 1); /* it was not begun */
	assert_int_equal(fixture_number("SELECT deaths FROM stage WHERE state = 'pending'"), 0);
	for (int i = 1; i <= 20; i++) {
		fixture_run("UPDATE stage SET run_at = NOW(3)");
		(void)stages_begin(&at);
		assert_int_equal(take_back("b"), 0);
		assert_int_equal(take_back("a"), 1);
		assert_string_equal(stages_newest(id, STAGE_SONG),
		    i < 20 ? "pending begin 0 system" : "failed begin 0 system");
	}
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM stage_try WHERE outcome = 'lost'"), 20);
	assert_non_null(strstr(stages_events(user), "pipeline.failed"));
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM alert WHERE subject = 'dead.song.system'"), 1);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM stage WHERE error LIKE '%%paid%%'"), 0);
}

static void
what_was_sent_when_programs_died_may_have_been_paid_for(void **state)
{
	uint64_t user = fixture_user(), id = stages_with_lyric(user, "t");
	struct stage_worker at = stages_worker(STAGE_SONG, "a");

	for (int i = 1; i <= 20; i++) {
		fixture_run("UPDATE stage SET run_at = NOW(3)");
		(void)stages_begin(&at);
		fixture_run("UPDATE stage SET step = 'sent' WHERE state = 'claimed'");
		assert_int_equal(take_back("a"), 1);
	}
	assert_string_equal(stages_newest(id, STAGE_SONG), "failed sent 0 system");
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM stage WHERE state = 'failed' AND error ="
			   " 'the program died while doing this, at attempt 20; it may"
			   " have been paid for'"),
	    1);
	assert_non_null(strstr(stages_events(user), "it may have been paid for"));
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM alert WHERE text LIKE"
					" '%%it may have been paid for'"),
	    1);
}

static void
a_lease_that_has_ended_is_taken_by_others(void **state)
{
	struct stage_worker at = stages_worker(STAGE_SONG, "a");
	struct stage_claim c;

	(void)stages_with_lyric(fixture_user(), "t");
	c = stages_begin(&at);
	fixture_run(
	    "UPDATE stage SET lease_until = NOW(3) - INTERVAL 1 SECOND WHERE id = %d", (int)c.id);
	assert_int_equal(take_back(""), 1);
	fixture_run("UPDATE stage SET run_at = NOW(3)");
	(void)stages_begin(&at);
	/* Whoever had it before changes nothing any more. */
	assert_true(stages_finish(&c, CLASS_OK, STEPS).stale);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage WHERE stage = 'video'"), 0);
}

static void
what_is_due_next_is_known(void **state)
{
	uint64_t ms;
	bool due;

	/* A first claim makes the engine known. */
	fixture_run("DELETE FROM engine");
	assert_rc(stage_due(stages_db[STAGE_SONG], STAGE_SONG, &due, &ms), RC_OK);
	assert_true(due);
	fixture_run("INSERT INTO engine (name, stage) VALUES ('speech', 'song')");
	assert_rc(stage_due(stages_db[STAGE_SONG], STAGE_SONG, &due, &ms), RC_OK);
	assert_false(due);
	assert_true(ms == UINT64_MAX);
	(void)stages_with_lyric(fixture_user(), "t");
	assert_rc(stage_due(stages_db[STAGE_SONG], STAGE_SONG, &due, &ms), RC_OK);
	assert_true(due);
	fixture_run("UPDATE stage SET run_at = NOW(3) + INTERVAL 5 SECOND WHERE state = 'pending'");
	assert_rc(stage_due(stages_db[STAGE_SONG], STAGE_SONG, &due, &ms), RC_OK);
	assert_false(due);
	assert_in_range(ms, 1000, 5000);
	/* The clock was set back by a day, and nothing is due earlier. */
	fixture_run("UPDATE stage SET run_at = NOW(3) + INTERVAL 1 DAY WHERE state = 'pending'");
	assert_rc(stage_due(stages_db[STAGE_SONG], STAGE_SONG, &due, &ms), RC_OK);
	assert_true(due);
}

#define TEST(name) cmocka_unit_test_setup(name, stages_nothing)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(each_stage_queues_the_next),
	    TEST(a_stage_that_was_not_asked_for_does_not_follow),
	    TEST(nobody_claims_what_somebody_has_stopped),
	    TEST(a_time_that_is_too_far_away_is_not_waited_for),
	    TEST(a_worker_leaves_other_stages_alone),
	    TEST(what_was_sent_is_never_begun_again),
	    TEST(what_was_refused_is_not_counted_as_paid),
	    TEST(a_claim_that_is_lost_begins_nothing),
	    TEST(leases_are_renewed_while_they_hold),
	    TEST(a_death_is_charged_to_nobody_until_it_is_many),
	    TEST(what_was_sent_when_programs_died_may_have_been_paid_for),
	    TEST(a_lease_that_has_ended_is_taken_by_others),
	    TEST(what_is_due_next_is_known),
	};

	return cmocka_run_group_tests(tests, stages_start, stages_stop);
}
