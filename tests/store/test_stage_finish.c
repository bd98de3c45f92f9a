#include "stages.h"

/* What becomes of a run, by the class of its result. */

/* ---------------------------------------------------------------- the policy */

/* What is expected of a class in a stage: how many tries there are (0: any number), the time to the
 * second in seconds, whether the engine is held or disabled, and whether somebody is told. */
struct expected {
	unsigned tries;
	int base;
	bool held, disabled, alert, alert_dead;
};

#define SAME(class, ...) [class] = {{__VA_ARGS__}, {__VA_ARGS__}, {__VA_ARGS__}}

static const struct expected expected[CLASSES][STAGES] = {
    [CLASS_TRANSIENT] = {{.tries = 4, .base = 30, .alert_dead = true},
	{.tries = 4, .base = 60, .alert_dead = true},
	{.tries = 3, .base = 120, .alert_dead = true}},
    SAME(CLASS_RATE_LIMITED, .held = true),
    SAME(CLASS_OUT_OF_MONEY, .held = true, .alert = true),
    SAME(CLASS_AUTH, .disabled = true, .alert = true),
    SAME(CLASS_PERMANENT, .tries = 1),
    SAME(CLASS_TEMPLATE, .tries = 1, .alert_dead = true),
    [CLASS_TOO_SHORT] = {{.tries = 2, .base = 30}, {.tries = 1}, {.tries = 1}},
    [CLASS_PROVIDER_FAILED] = {{.tries = 4, .base = 30, .alert_dead = true},
	{.tries = 4, .base = 60, .alert_dead = true},
	{.tries = 3, .base = 120, .alert_dead = true}},
    [CLASS_TIMEOUT] = {{.tries = 4, .base = 30, .alert_dead = true},
	{.tries = 2, .base = 60, .alert_dead = true}, {.tries = 1, .alert_dead = true}},
    [CLASS_NOT_READY] = {{.base = 30}, {.base = 30}, {.base = 60}},
    SAME(CLASS_EXPIRED, .tries = 1),
    [CLASS_SYSTEM] = {{.base = 30, .alert = true}, {.base = 60, .alert = true},
	{.base = 120, .alert = true}},
};

/* Fail the newest pipeline's stage again and again with CLASS; how often until it is dead? */
static void
fails_as_expected(enum stage stage, enum pipeline_class class, const struct expected *e)
{
	uint64_t id = stages_make(stage, "task");
	struct stage_worker at = stages_worker(stage, "a");
	unsigned most = e->tries > 0 ? e->tries : 6;
	const char *pending;

	for (unsigned i = 1; i <= most; i++) {
		struct stage_claim c = stages_begin(&at);
		struct stage_result r = stages_result(&c, class, STEP_BEGIN);
		bool dead = e->tries == i;

		r.remote = class != CLASS_SYSTEM;
		assert_rc(stage_finish(stages_db[stage], &r), RC_OK);
		assert_int_equal(r.failed, dead);
		assert_false(r.done || r.next || r.stale);
		pending = pool_printf(pool, "%s begin %u %s", dead ? "failed" : "pending",
		    e->tries > 0 ? i : 0, pipeline_class_name(class));
		assert_string_equal(stages_newest(id, stage), pending);
		assert_int_equal(
		    fixture_number("SELECT COUNT(*) FROM engine WHERE held_until > NOW(3)"),
		    e->held);
		assert_int_equal(
		    fixture_number("SELECT COUNT(*) FROM engine WHERE disabled"), e->disabled);
		fixture_run("UPDATE engine SET held_until = NULL, disabled = FALSE");
		fixture_run("UPDATE stage SET run_at = NOW(3)");
	}
	/* However often: told once. */
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM alert"),
	    e->alert || (e->alert_dead && e->tries > 0));
	/* Each try is there, with its class and what was said. */
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM stage_try WHERE error_class = '%s' AND"
			   " error = 'it went wrong' AND ended_at IS NOT NULL",
		pipeline_class_name(class)),
	    most);
}

static void
every_class_of_every_stage_does_as_expected(void **state)
{
	for (enum pipeline_class class = CLASS_TRANSIENT; class < CLASSES; class ++)
		for (enum stage stage = STAGE_LYRIC; stage < STAGES; stage++) {
			const struct expected *e = &expected[class][stage];
			const struct stage_policy *policy = stage_policy(stage, class);

			print_message("%s %s\n", stage_name(stage), pipeline_class_name(class));
			(void)stages_nothing(NULL);
			assert_int_equal(policy->base_sec, e->base);
			fails_as_expected(stage, class, e);
		}
}

/* Whatever a stage costs, fetching its result costs nothing. */
static void
a_result_is_fetched_three_times_more(void **state)
{
	for (enum stage stage = STAGE_SONG; stage <= STAGE_VIDEO; stage++) {
		uint64_t id = stages_make(stage, "task");
		struct stage_worker at = stages_worker(stage, "a");
		struct stage_claim c = stages_begin(&at);
		struct stage_result r = stages_result(&c, CLASS_OK, STEP_FETCH);

		assert_rc(stage_finish(stages_db[stage], &r), RC_OK);
		for (unsigned i = 1; i <= 4; i++) {
			fixture_run("UPDATE stage SET run_at = NOW(3)");
			assert_string_equal(stages_newest(id, stage),
			    i == 1 ? "pending fetch 0"
				   : pool_printf(pool, "pending fetch %u transient", i - 1));
			c = stages_begin(&at);
			r = stages_result(&c, CLASS_TRANSIENT, STEP_FETCH);
			assert_rc(stage_finish(stages_db[stage], &r), RC_OK);
		}
		assert_string_equal(stages_newest(id, stage), "failed fetch 4 transient");
		(void)stages_nothing(NULL);
	}
}

static void
rests_grow_up_to_ten_minutes(void **state)
{
	const struct stage_policy *policy = stage_policy(STAGE_LYRIC, CLASS_TRANSIENT);
	uint32_t most[12] = {0};

	for (unsigned n = 0; n < 12; n++)
		for (int i = 0; i < 200; i++) {
			uint32_t ms = stage_rest_ms(policy, n);

			most[n] = ms > most[n] ? ms : most[n];
		}
	assert_in_range(most[1], 20000, 30000);
	assert_in_range(most[2], 40000, 60000);
	assert_in_range(most[3], 80000, 120000);
	assert_in_range(most[11], 300000, 600000);
}

/* ---------------------------------------------------------------- steps */

static void
waiting_costs_no_try(void **state)
{
	uint64_t id = stages_make(STAGE_SONG, "t");
	struct stage_worker at = stages_worker(STAGE_SONG, "a");
	struct stage_claim c = stages_begin(&at);
	struct stage_result r = stages_result(&c, CLASS_WAIT, STEP_POLL);

	r.external_id = "job-1";
	assert_rc(stage_finish(stages_db[STAGE_SONG], &r), RC_OK);
	for (int i = 0; i < 40; i++) {
		c = stages_begin(&at);
		assert_int_equal(c.step, STEP_POLL);
		assert_string_equal(c.external_id, "job-1");
		r = stages_result(&c, CLASS_WAIT, STEP_POLL);
		r.progress = i;
		assert_rc(stage_finish(stages_db[STAGE_SONG], &r), RC_OK);
	}
	assert_string_equal(stages_newest(id, STAGE_SONG), "pending poll 0");
	assert_int_equal(
	    fixture_number("SELECT progress FROM stage WHERE external_id = 'job-1'"), 39);
	/* Questions are no tries. */
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage_try"), 1);
	/* But what goes wrong is in the history. */
	c = stages_begin(&at);
	r = stages_result(&c, CLASS_TRANSIENT, STEP_POLL);
	r.uncharged = true;
	r.status = 502;
	r.excerpt = "Bad gateway";
	assert_rc(stage_finish(stages_db[STAGE_SONG], &r), RC_OK);
	assert_string_equal(stages_newest(id, STAGE_SONG), "pending poll 0 transient");
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage_try WHERE step = 'poll' AND"
					" status = 502 AND answer = 'Bad gateway'"),
	    1);
}

static void
what_the_service_gave_up_is_begun_anew(void **state)
{
	uint64_t id = stages_make(STAGE_SONG, "t");
	struct stage_worker at = stages_worker(STAGE_SONG, "a");
	struct stage_claim c = stages_begin(&at);
	struct stage_result r;

	assert_rc(stage_send(stages_db[STAGE_SONG], &at, &c), RC_OK);
	r = stages_result(&c, CLASS_WAIT, STEP_POLL);
	r.external_id = "job-1";
	assert_rc(stage_finish(stages_db[STAGE_SONG], &r), RC_OK);
	c = stages_begin(&at);
	(void)stages_finish(&c, CLASS_PROVIDER_FAILED, STEP_BEGIN);
	assert_string_equal(stages_newest(id, STAGE_SONG), "pending begin 1 provider_failed");
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage WHERE external_id = 'job-1' OR"
					" callback IS NOT NULL OR deadline_at IS NOT NULL"),
	    0);
}

static void
a_download_is_tried_again_without_making_it_again(void **state)
{
	uint64_t id = stages_make(STAGE_SONG, "t");
	struct stage_worker at = stages_worker(STAGE_SONG, "a");
	struct stage_claim c = stages_begin(&at);
	struct stage_result r = stages_result(&c, CLASS_OK, STEP_FETCH);

	r.external_id = "job-1";
	r.url = "https://example.org/song.mp3";
	assert_rc(stage_finish(stages_db[STAGE_SONG], &r), RC_OK);
	for (int i = 1; i <= 4; i++) {
		fixture_run("UPDATE stage SET run_at = NOW(3)");
		c = stages_begin(&at);
		assert_int_equal(c.step, STEP_FETCH);
		assert_string_equal(c.url, "https://example.org/song.mp3");
		(void)stages_finish(&c, CLASS_PROVIDER_FAILED, STEP_FETCH);
	}
	assert_string_equal(stages_newest(id, STAGE_SONG), "failed fetch 4 provider_failed");
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM stage WHERE external_id = 'job-1'"), 1);
}

static void
what_may_have_been_paid_is_not_sent_again(void **state)
{
	uint64_t id = stages_make(STAGE_SONG, "t");
	struct stage_worker at = stages_worker(STAGE_SONG, "a");
	struct stage_claim c = stages_begin(&at);
	struct stage_result r;

	assert_rc(stage_send(stages_db[STAGE_SONG], &at, &c), RC_OK);
	r = stages_result(&c, CLASS_TIMEOUT, STEP_SENT);
	r.final = true;
	assert_rc(stage_finish(stages_db[STAGE_SONG], &r), RC_OK);
	assert_true(r.failed);
	assert_string_equal(stages_newest(id, STAGE_SONG), "failed sent 1 timeout");
}

static void
what_is_given_back_is_as_before(void **state)
{
	uint64_t id = stages_make(STAGE_SONG, "t");
	struct stage_worker at = stages_worker(STAGE_SONG, "a");
	struct stage_claim c = stages_begin(&at);
	struct stage_result r;

	assert_rc(stage_send(stages_db[STAGE_SONG], &at, &c), RC_OK);
	r = stages_result(&c, CLASS_OK, STEP_BEGIN);
	r.released = true;
	assert_rc(stage_finish(stages_db[STAGE_SONG], &r), RC_OK);
	assert_string_equal(stages_newest(id, STAGE_SONG), "pending sent 0");
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM stage_try WHERE outcome = 'released'"), 1);
}

/* ---------------------------------------------------------------- results */

static void
a_result_has_its_files_and_captions(void **state)
{
	uint64_t id = stages_make(STAGE_SONG, "t");
	struct stage_worker at = stages_worker(STAGE_SONG, "a"),
			    videos = stages_worker(STAGE_VIDEO, "a");
	struct stage_claim c = stages_begin(&at);
	struct stage_result r = stages_result(&c, CLASS_OK, STEPS);
	const struct stage_asset assets[] = {{.path = "pipeline/0/1/a.mp3",
						 .type = "audio/mpeg",
						 .size_bytes = 10,
						 .duration_ms = 20,
						 .external_part = "x"},
	    {.path = "pipeline/0/1/b.mp3", .type = "audio/mpeg", .external_part = ""}};
	const struct stage_caption captions[] = {{"하나", 10, 20}, {"two", 30, 25}};
	struct stage_input in;

	r.assets = assets;
	r.n_assets = 2;
	r.captions = captions;
	r.n_captions = 2;
	assert_rc(stage_finish(stages_db[STAGE_SONG], &r), RC_OK);
	assert_true(r.next);
	assert_non_null(strstr(stages_events(c.user), "\"status\":\"completed\",\"captions\":2}"));
	fixture_run("INSERT INTO image (pipeline_id, position, created_at, type, width, height,"
		    " size_bytes, sha256, inbox) VALUES (%d, 2, NOW(3), 'webp', 1, 1, 1, '', 'b'),"
		    " (%d, 1, NOW(3), 'png', 1, 1, 1, '', 'a')",
	    (int)id, (int)id);
	c = stages_begin(&videos);
	assert_rc(stage_input(stages_db[STAGE_VIDEO], pool, &c, &in), RC_OK);
	assert_string_equal(in.song, "pipeline/0/1/a.mp3");
	assert_int_equal(in.song_ms, 20);
	assert_int_equal(in.n_captions, 2);
	assert_string_equal(in.captions[0].text, "하나");
	assert_int_equal(in.captions[1].start_ms, 30);
	assert_int_equal(in.captions[1].end_ms, 30);
	assert_int_equal(in.n_images, 2);
	assert_string_equal(in.images[0].inbox, "a");
	assert_int_equal(in.images[1].type, IMAGE_WEBP);
	assert_string_equal(in.customer_name, "Inn");
}

static void
what_became_of_pictures_is_noted(void **state)
{
	uint64_t id = stages_make(STAGE_VIDEO, "t");
	struct stage_worker at = stages_worker(STAGE_VIDEO, "a");
	struct stage_claim c = stages_begin(&at);
	struct stage_picture v[3] = {{.path = "pipeline/0/1/i.jpg", .error = ""},
	    {.path = "", .error = "no picture"}, {.image = 999999, .path = "x", .error = ""}};
	struct stage_input in;

	fixture_run("INSERT INTO image (pipeline_id, position, created_at, type, width, height,"
		    " size_bytes, sha256, inbox) VALUES (%d, 1, NOW(3), 'webp', 1, 1, 1, '', 'b'),"
		    " (%d, 2, NOW(3), 'png', 1, 1, 1, '', 'a')",
	    (int)id, (int)id);
	v[0].image = fixture_number("SELECT MIN(id) FROM image");
	v[1].image = fixture_number("SELECT MAX(id) FROM image");
	assert_rc(stage_pictures(stages_db[STAGE_VIDEO], &c, v, 3), RC_OK);
	assert_false(v[0].unwanted || v[1].unwanted);
	assert_true(v[2].unwanted);
	assert_rc(stage_input(stages_db[STAGE_VIDEO], pool, &c, &in), RC_OK);
	assert_string_equal(in.images[0].path, "pipeline/0/1/i.jpg");
	assert_string_equal(in.images[0].inbox, "");
	assert_string_equal(in.images[1].error, "no picture");
	fixture_run("UPDATE stage SET claim_token = REPEAT('y', 16) WHERE state = 'claimed'");
	assert_rc(stage_pictures(stages_db[STAGE_VIDEO], &c, v, 1), RC_STALE);
}

/* The lyric is edited while the song is made: the song is kept, does not count, and is made anew.
 */
static void
what_is_made_of_something_replaced_does_not_count(void **state)
{
	uint64_t id = stages_make(STAGE_SONG, "t");
	struct stage_worker at = stages_worker(STAGE_SONG, "a");
	struct stage_claim c = stages_begin(&at);
	struct stage_result r;
	uint64_t newer;

	fixture_run("INSERT INTO stage (pipeline_id, user_id, stage, run, cause, created_at,"
		    " updated_at, run_at, state, ended_at, text) SELECT pipeline_id, user_id,"
		    " 'lyric', 2, 'edit', NOW(3), NOW(3), NOW(3), 'done', NOW(3), 'three' FROM"
		    " stage WHERE stage = 'lyric'");
	newer = fixture_number("SELECT MAX(id) FROM stage");
	fixture_run("UPDATE stage SET stale = TRUE WHERE id = %d", (int)c.id);
	r = stages_finish(&c, CLASS_OK, STEPS);
	assert_true(r.done && r.next);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage WHERE id = %d AND stale AND"
					" state = 'done'",
			     (int)c.id),
	    1);
	assert_string_equal(stages_newest(id, STAGE_SONG), "pending begin 0");
	assert_string_equal(stages_newest(id, STAGE_VIDEO), "");
	c = stages_begin(&at);
	assert_int_equal(c.run, 2);
	assert_int_equal(c.input, newer);
	assert_true(stages_finish(&c, CLASS_OK, STEPS).next);
	assert_string_equal(stages_newest(id, STAGE_VIDEO), "pending begin 0");
}

static void
a_result_for_what_was_cancelled_changes_nothing(void **state)
{
	uint64_t id = stages_make(STAGE_SONG, "t");
	struct stage_worker at = stages_worker(STAGE_SONG, "a");
	struct stage_claim c = stages_begin(&at);

	fixture_run("UPDATE stage SET state = 'cancelled', claim_token = NULL, host = NULL,"
		    " lease_until = NULL, ended_at = NOW(3) WHERE id = %d",
	    (int)c.id);
	assert_true(stages_finish(&c, CLASS_AUTH, STEP_BEGIN).stale);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM engine WHERE disabled"), 0);
	assert_true(stages_finish(&c, CLASS_OK, STEPS).stale);
	assert_string_equal(stages_newest(id, STAGE_SONG), "cancelled begin 0");
	fixture_run("DELETE FROM stage");
	fixture_run("DELETE FROM pipeline");
	assert_true(stages_finish(&c, CLASS_OK, STEPS).stale);
}

static void
what_the_database_does_not_take_fails(void **state)
{
	uint64_t id = stages_make(STAGE_SONG, "t");
	struct stage_worker at = stages_worker(STAGE_SONG, "a");
	struct stage_claim c = stages_begin(&at);
	struct stage_result r = stages_result(&c, CLASS_OK, STEPS);
	const struct stage_asset asset = {
	    .path = pool_printf(pool, "%0300d", 1), .type = "audio/mpeg", .external_part = ""};

	r.assets = &asset;
	r.n_assets = 1;
	assert_rc(stage_finish(stages_db[STAGE_SONG], &r), RC_OK);
	assert_true(r.failed);
	assert_string_equal(stages_newest(id, STAGE_SONG), "failed begin 1 permanent");
}

#define TEST(name) cmocka_unit_test_setup(name, stages_nothing)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(every_class_of_every_stage_does_as_expected),
	    TEST(a_result_is_fetched_three_times_more),
	    TEST(rests_grow_up_to_ten_minutes),
	    TEST(waiting_costs_no_try),
	    TEST(what_the_service_gave_up_is_begun_anew),
	    TEST(a_download_is_tried_again_without_making_it_again),
	    TEST(what_may_have_been_paid_is_not_sent_again),
	    TEST(what_is_given_back_is_as_before),
	    TEST(a_result_has_its_files_and_captions),
	    TEST(what_became_of_pictures_is_noted),
	    TEST(what_is_made_of_something_replaced_does_not_count),
	    TEST(a_result_for_what_was_cancelled_changes_nothing),
	    TEST(what_the_database_does_not_take_fails),
	};

	return cmocka_run_group_tests(tests, stages_start, stages_stop);
}
