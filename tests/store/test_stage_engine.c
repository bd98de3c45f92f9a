#include "stages.h"

/* What results say of the engine: that it is to be left alone, or that it works again. */

static void
a_service_says_how_long_it_is_to_be_left_alone(void **state)
{
	struct stage_worker at = stages_worker(STAGE_LYRIC, "a");
	struct stage_claim c;
	struct stage_result r;

	(void)stages_make(STAGE_LYRIC, "t");
	c = stages_begin(&at);
	r = stages_result(&c, CLASS_RATE_LIMITED, STEP_BEGIN);
	r.retry_after_sec = 17;
	assert_rc(stage_finish(stages_db[STAGE_LYRIC], &r), RC_OK);
	assert_in_range(fixture_number("SELECT TIMESTAMPDIFF(MICROSECOND, NOW(3), held_until) DIV"
				       " 1000000 FROM engine WHERE name LIKE 'there%%'"),
	    15, 17);
	/* Without a word of it, some five minutes. */
	stages_pass(17);
	c = stages_begin(&at);
	(void)stages_finish(&c, CLASS_RATE_LIMITED, STEP_BEGIN);
	assert_in_range(fixture_number("SELECT TIMESTAMPDIFF(SECOND, NOW(3), held_until) FROM"
				       " engine WHERE name LIKE 'there%%'"),
	    265, 330);
}

/* A key that was revoked: nobody is charged, one alert, and all goes on when it is enabled. */
static void
a_revoked_key_harms_nobody(void **state)
{
	uint64_t user = fixture_user(), ids[5];
	struct stage_worker at = stages_worker(STAGE_LYRIC, "a");
	struct stage_claim v[8];
	size_t n;

	for (int i = 0; i < 5; i++)
		ids[i] = stages_pipeline(user, pool_printf(pool, "t%d", i));
	n = stages_claim(&at, 3, v);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++) {
		assert_rc(stage_begin(stages_db[STAGE_LYRIC], &at, &v[i]), RC_OK);
		(void)stages_finish(&v[i], CLASS_AUTH, STEP_BEGIN);
	}
	assert_int_equal(stages_claim(&at, 8, v), 0);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM alert"), 1);
	for (int i = 0; i < 5; i++)
		assert_null(strstr(stages_newest(ids[i], STAGE_LYRIC), "failed"));
	assert_int_equal(fixture_number("SELECT SUM(tries) FROM stage"), 0);
	fixture_run("UPDATE engine SET disabled = FALSE, error_class = ''");
	assert_int_equal(stages_claim(&at, 8, v), 5);
}

/* Three runs fail one after the other, each another: it is the engine that is away. */
static void
an_engine_that_is_away_is_charged_to_nobody(void **state)
{
	uint64_t user = fixture_user();
	struct stage_worker at = stages_worker(STAGE_LYRIC, "a");
	struct stage_claim v[8], c;
	uint64_t before;

	for (int i = 0; i < 6; i++)
		(void)stages_pipeline(user, pool_printf(pool, "t%d", i));
	assert_int_equal(stages_claim(&at, 4, v), 4);
	for (size_t i = 0; i < 4; i++) {
		assert_rc(stage_begin(stages_db[STAGE_LYRIC], &at, &v[i]), RC_OK);
		(void)stages_finish(&v[i], CLASS_TRANSIENT, STEP_BEGIN);
	}
	assert_int_equal(fixture_number("SELECT SUM(tries) FROM stage"), 2);
	assert_int_equal(stages_claim(&at, 8, v), 0);
	/* One is enough to see whether it is back, and the rests grow. */
	before = 0;
	for (int i = 0; i < 6; i++) {
		uint64_t sec;

		stages_pass(90);
		fixture_run("UPDATE stage SET run_at = NOW(3) WHERE state = 'pending'");
		assert_int_equal(stages_claim(&at, 8, v), 1);
		assert_rc(stage_begin(stages_db[STAGE_LYRIC], &at, &v[0]), RC_OK);
		(void)stages_finish(&v[0], CLASS_TRANSIENT, STEP_BEGIN);
		sec = fixture_number("SELECT TIMESTAMPDIFF(SECOND, NOW(3), held_until) FROM engine"
				     " WHERE name LIKE 'there%%'");
		assert_in_range(sec, before * 8 / 10, 66);
		before = sec;
	}
	assert_int_equal(fixture_number("SELECT SUM(tries) FROM stage"), 2);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM stage WHERE state = 'failed'"), 0);
	/* It is back: everything goes on. */
	stages_pass(90);
	c = stages_begin(&at);
	(void)stages_finish(&c, CLASS_OK, STEPS);
	fixture_run("UPDATE stage SET run_at = NOW(3) WHERE state = 'pending'");
	assert_int_equal(stages_claim(&at, 8, v), 5);
	/* What goes wrong for an hour is charged again. */
	fixture_run("UPDATE engine SET failures = 5, failing_since = NOW(3) - INTERVAL 61 MINUTE");
	assert_rc(stage_begin(stages_db[STAGE_LYRIC], &at, &v[0]), RC_OK);
	(void)stages_finish(&v[0], CLASS_TRANSIENT, STEP_BEGIN);
	assert_int_equal(
	    fixture_number("SELECT tries FROM stage WHERE id = %d", (int)v[0].id) > 0, 1);
}

static void
a_request_that_always_fails_is_no_outage(void **state)
{
	uint64_t id = stages_make(STAGE_LYRIC, "t");
	struct stage_worker at = stages_worker(STAGE_LYRIC, "a");

	for (int i = 0; i < 4; i++) {
		struct stage_claim c = stages_begin(&at);

		(void)stages_finish(&c, CLASS_TRANSIENT, STEP_BEGIN);
		fixture_run("UPDATE stage SET run_at = NOW(3)");
	}
	assert_string_equal(stages_newest(id, STAGE_LYRIC), "failed begin 4 transient");
}

static void
money_that_is_back_is_noticed_when_something_begins(void **state)
{
	struct stage_worker at = stages_worker(STAGE_SONG, "a");
	struct stage_claim c;

	(void)stages_make(STAGE_SONG, "t");
	c = stages_begin(&at);
	(void)stages_finish(&c, CLASS_OUT_OF_MONEY, STEP_BEGIN);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM alert"), 1);
	/* That a question was answered says nothing of money. */
	fixture_run("UPDATE stage SET step = 'poll', run_at = NOW(3) WHERE state = 'pending'");
	c = stages_begin(&at);
	(void)stages_finish(&c, CLASS_WAIT, STEP_POLL);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM engine WHERE error_class ="
					" 'out_of_money' AND held_until > NOW(3)"),
	    1);
	stages_pass(400);
	fixture_run("UPDATE stage SET step = 'begin', run_at = NOW(3) WHERE state = 'pending'");
	c = stages_begin(&at);
	(void)stages_finish(&c, CLASS_WAIT, STEP_POLL);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM engine WHERE error_class <> ''"), 0);
}

#define TEST(name) cmocka_unit_test_setup(name, stages_nothing)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_service_says_how_long_it_is_to_be_left_alone),
	    TEST(a_revoked_key_harms_nobody),
	    TEST(an_engine_that_is_away_is_charged_to_nobody),
	    TEST(a_request_that_always_fails_is_no_outage),
	    TEST(money_that_is_back_is_noticed_when_something_begins),
	};

	return cmocka_run_group_tests(tests, stages_start, stages_stop);
}
