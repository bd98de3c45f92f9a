#include "stages.h"

/* What is claimed of the stages of pipelines: in which order, and within which limits. */

static void
users_take_turns(void **state)
{
	uint64_t a = fixture_user(), b = fixture_user();
	struct stage_worker lyrics = stages_worker(STAGE_LYRIC, "a");
	struct stage_worker songs = stages_worker(STAGE_SONG, "a");
	struct stage_claim v[STAGE_CLAIMS_MAX];
	size_t n;

	for (int i = 0; i < 3; i++)
		(void)stages_pipeline(a, pool_printf(pool, "a%d", i));
	n = stages_claim(&lyrics, 8, v);
	for (size_t i = 0; i < n; i++)
		assert_true(stages_finish(&v[i], CLASS_OK, STEPS).next);
	(void)stages_pipeline(b, "b");
	n = stages_claim(&lyrics, 8, v);
	assert_int_equal(n, 1);
	assert_true(stages_finish(&v[0], CLASS_OK, STEPS).next);
	assert_int_equal(stages_claim(&songs, 8, v), 4);
	assert_int_equal(v[0].user, a);
	assert_int_equal(v[1].user, b);
	assert_int_equal(v[2].user, a);
	assert_int_equal(v[3].user, a);
}

/* Add one of USER with that priority at the end of the user's turns. */
static void
add_with_priority(uint64_t user, const char *task, int priority, int turn)
{
	uint64_t id = stages_pipeline(user, task);

	fixture_run("UPDATE stage SET priority = %d, turn = %d WHERE pipeline_id = %d", priority,
	    turn, (int)id);
}

/* The tasks of what is claimed one by one, in order. */
static const char *
claimed_tasks(struct stage_worker *at)
{
	struct stage_claim v[1];
	const char *out = "";

	while (stages_claim(at, 1, v) == 1) {
		struct rows rows =
		    fixture_rows("SELECT task_id FROM pipeline WHERE id = %d", (int)v[0].pipeline);

		out =
		    pool_printf(pool, "%s%s%s", out, *out != '\0' ? " " : "", db_row(&rows, 0)->s);
		(void)stages_finish(&v[0], CLASS_PERMANENT, STEP_BEGIN);
	}
	return out;
}

/* The priority decides among a user's own, and takes no turn of another's. */
static void
a_priority_is_one_among_the_users_own(void **state)
{
	uint64_t a = fixture_user(), b = fixture_user();
	struct stage_worker at = stages_worker(STAGE_LYRIC, "a");
	struct stage_claim v[STAGE_CLAIMS_MAX];

	for (int i = 0; i < 2; i++) {
		fixture_run("DELETE FROM stage");
		fixture_run("DELETE FROM pipeline");
		add_with_priority(a, "a1", 5, 1);
		add_with_priority(b, "b1", 9, 1);
		add_with_priority(a, "a2", 5, 2);
		add_with_priority(b, "b2", 9, 2);
		add_with_priority(a, "a3", 9, 3);
		add_with_priority(a, "a4", 0, 4);
		add_with_priority(a, "a5", 0, 5);
		if (i == 0) {
			assert_string_equal(claimed_tasks(&at), "a4 b1 a5 b2 a1 a2 a3");
			continue;
		}
		/* The same when many are claimed at once: two of each. */
		assert_int_equal(stages_claim(&at, 4, v), 4);
		assert_int_equal(
		    fixture_number("SELECT COUNT(*) FROM stage s JOIN pipeline p ON p.id ="
				   " s.pipeline_id WHERE s.state = 'claimed' AND p.task_id"
				   " IN ('a4', 'a5', 'b1', 'b2')"),
		    4);
		assert_string_equal(claimed_tasks(&at), "a1 a2 a3");
	}
}

/* What waits for an engine that is full is not looked at. */
static void
a_long_queue_costs_a_claim_nothing(void **state)
{
	static const char read[] = "SELECT CAST(SUM(VARIABLE_VALUE) AS UNSIGNED) FROM"
				   " information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN"
				   " ('HANDLER_READ_KEY', 'HANDLER_READ_NEXT', 'HANDLER_READ_PREV',"
				   " 'HANDLER_ICP_ATTEMPTS')";
	uint64_t user = fixture_user(), other = fixture_user(), before;
	struct stage_worker at = stages_worker(STAGE_LYRIC, "a");
	struct stage_claim v[STAGE_CLAIMS_MAX];

	(void)stages_pipeline(user, "t");
	fixture_run(
	    "INSERT INTO stage (pipeline_id, user_id, stage, run, cause, created_at, updated_at,"
	    " run_at, turn) SELECT MAX(id), %d, 'lyric', seq + 1, 'start', NOW(3), NOW(3),"
	    " NOW(3), seq FROM pipeline JOIN seq_1_to_20000 GROUP BY seq",
	    (int)user);
	assert_int_equal(stages_claim(&at, 16, v), 8);
	before = fixture_number("%s", read);
	assert_int_equal(stages_claim(&at, 16, v), 0);
	assert_in_range(fixture_number("%s", read) - before, 0, 200);
	/* Nor do those hold up others, which have an engine of their own. */
	fixture_run("UPDATE stage SET given = TRUE WHERE pipeline_id = %d",
	    (int)stages_pipeline(other, "u"));
	before = fixture_number("%s", read);
	assert_int_equal(stages_claim(&at, 16, v), 1);
	assert_string_equal(v[0].engine, "here");
	assert_in_range(fixture_number("%s", read) - before, 0, 200);
}

/* ---------------------------------------------------------------- limits over all hosts */

static void
places_are_those_of_all_hosts(void **state)
{
	uint64_t user = fixture_user();
	struct stage_worker here = stages_worker(STAGE_LYRIC, "a"),
			    far = stages_worker(STAGE_LYRIC, "b");
	struct stage_claim v[4], w[4];

	here.engines[1].concurrency = far.engines[1].concurrency = 2;
	for (int i = 0; i < 4; i++)
		(void)stages_pipeline(user, pool_printf(pool, "t%d", i));
	assert_int_equal(stages_claim(&here, 1, v), 1);
	assert_int_equal(stages_claim(&far, 4, w), 1);
	assert_int_equal(stages_claim(&here, 4, v + 1), 0);
	/* What a service works on takes a place too. */
	assert_rc(stage_begin(stages_db[STAGE_LYRIC], &here, &v[0]), RC_OK);
	(void)stages_finish(&v[0], CLASS_WAIT, STEP_POLL);
	fixture_run("UPDATE stage SET run_at = NOW(3) + INTERVAL 1 MINUTE WHERE step = 'poll'");
	assert_int_equal(stages_claim(&here, 4, v + 1), 0);
	/* But not for ever. */
	fixture_run("UPDATE stage SET deadline_at = NOW(3) WHERE step = 'poll'");
	assert_int_equal(stages_claim(&here, 4, v + 1), 1);
	/* What is at the service already needs no place of its own. */
	fixture_run("UPDATE stage SET run_at = NOW(3) WHERE step = 'poll'");
	assert_int_equal(stages_claim(&far, 4, w + 1), 1);
	assert_int_equal(w[1].step, STEP_POLL);
	assert_true(w[1].late);
}

static void
calls_are_those_of_all_hosts_in_any_minute(void **state)
{
	uint64_t user = fixture_user();
	struct stage_worker here = stages_worker(STAGE_LYRIC, "a"),
			    far = stages_worker(STAGE_LYRIC, "b");
	struct stage_claim v[8];
	size_t n;

	here.engines[1].calls_per_min = far.engines[1].calls_per_min = 3;
	for (int i = 0; i < 8; i++)
		(void)stages_pipeline(user, pool_printf(pool, "t%d", i));
	n = stages_claim(&here, 1, v);
	assert_int_equal(n, 1);
	fixture_run("UPDATE engine_call SET called_at = called_at - INTERVAL 50 SECOND");
	assert_int_equal(stages_claim(&far, 8, v + 1), 2);
	assert_int_equal(stages_claim(&here, 8, v + 3), 0);
	/* A retry is a call as any other. */
	assert_rc(stage_begin(stages_db[STAGE_LYRIC], &here, &v[0]), RC_OK);
	(void)stages_finish(&v[0], CLASS_TOO_SHORT, STEP_BEGIN);
	fixture_run("UPDATE stage SET run_at = NOW(3)");
	assert_int_equal(stages_claim(&here, 8, v + 3), 0);
	/* Only the first is older than a minute then. */
	fixture_run("UPDATE engine_call SET called_at = called_at - INTERVAL 11 SECOND");
	assert_int_equal(stages_claim(&here, 8, v + 3), 1);
	assert_int_equal(stages_claim(&here, 8, v + 4), 0);
	assert_int_equal(
	    fixture_number("SELECT calls_total FROM engine WHERE name LIKE 'there%%'"), 4);
}

static void
an_engine_that_is_held_holds_up_no_other(void **state)
{
	uint64_t user = fixture_user();
	struct stage_worker at = stages_worker(STAGE_LYRIC, "a");
	struct stage_claim v[4];
	uint64_t given;

	(void)stages_pipeline(user, "one");
	given = stages_pipeline(user, "two");
	fixture_run("UPDATE pipeline SET lyric = 'mine' WHERE id = %d", (int)given);
	fixture_run("UPDATE stage SET given = TRUE WHERE pipeline_id = %d", (int)given);
	fixture_run("INSERT INTO engine (name, stage, held_until) VALUES ('there', 'lyric', NOW(3)"
		    " + INTERVAL 1 MINUTE)");
	assert_int_equal(stages_claim(&at, 1, v), 1);
	assert_int_equal(v[0].pipeline, given);
	assert_string_equal(v[0].engine, "here");
	fixture_run(
	    "UPDATE engine SET held_until = NULL, disabled = TRUE WHERE name LIKE 'there%%'");
	assert_int_equal(stages_claim(&at, 1, v), 0);
	fixture_run("UPDATE engine SET disabled = FALSE WHERE name LIKE 'there%%'");
	assert_int_equal(stages_claim(&at, 1, v), 1);
}

/* What is at a service is asked about also if there is no money for more. */
static void
what_was_paid_for_goes_on(void **state)
{
	static const struct {
		const char *class, *step;
		int disabled, claimed;
	} cases[] = {
	    {"out_of_money", "begin", 0, 0},
	    {"out_of_money", "poll", 0, 1},
	    {"out_of_money", "fetch", 0, 1},
	    {"rate_limited", "poll", 0, 0},
	    {"rate_limited", "fetch", 0, 1},
	    {"auth", "sent", 1, 0},
	    {"auth", "fetch", 1, 1},
	    {"", "fetch", 1, 0},
	    {"", "poll", 0, 0},
	};
	uint64_t user = fixture_user();
	struct stage_worker at = stages_worker(STAGE_LYRIC, "a");
	struct stage_claim v[1];

	(void)stages_pipeline(user, "one");
	fixture_run("INSERT INTO engine (name, stage) VALUES ('there', 'lyric')");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		fixture_run("UPDATE stage SET state = 'pending', claim_token = NULL, host = NULL,"
			    " lease_until = NULL, engine = 'there', step = '%s'",
		    cases[i].step);
		fixture_run("UPDATE engine SET held_until = IF(%d, NULL, NOW(3) + INTERVAL 1"
			    " MINUTE), disabled = %d, error_class = '%s'",
		    cases[i].disabled, cases[i].disabled, cases[i].class);
		if ((int)stages_claim(&at, 1, v) != cases[i].claimed)
			fail_msg("%s %s", cases[i].class, cases[i].step);
	}
}

#define HOSTS 4
#define RUNS 40

/* Each host claims until nothing is left. How often each was claimed is counted. */
static int
claim_all(int number, void *arg)
{
	uint32_t *counts = arg;
	struct db *db = fixture_db(ACCOUNT_LYRIC);
	struct stage_worker at = stages_worker(STAGE_LYRIC, pool_printf(pool, "h%d", number));
	struct stage_claim v[4];
	size_t n = 1;

	for (size_t i = 0; i < 2; i++)
		at.engines[i].concurrency = 1000;
	while (n > 0) {
		if (stage_claim(db, pool, &at, 4, v, &n) != RC_OK)
			return 1;
		for (size_t i = 0; i < n; i++)
			__atomic_add_fetch(&counts[v[i].pipeline % RUNS], 1, __ATOMIC_SEQ_CST);
	}
	db_free(db);
	return 0;
}

static void
each_run_has_one_claimant(void **state)
{
	uint32_t *counts = fixture_shared(RUNS * sizeof *counts);
	uint64_t user = fixture_user();

	for (int i = 0; i < RUNS; i++)
		(void)stages_pipeline(user, pool_printf(pool, "t%d", i));
	fixture_together(HOSTS, claim_all, counts);
	for (int i = 0; i < RUNS; i++)
		assert_int_equal(counts[i], 1);
}

/* Each claim locks the engines of its stage: those of the others may be locked meanwhile. */
static void
stages_do_not_wait_for_each_other(void **state)
{
	struct stage_worker lyric = stages_worker(STAGE_LYRIC, "a");
	struct stage_worker song = stages_worker(STAGE_SONG, "a");
	uint64_t user = fixture_user();
	struct stage_claim v[4];

	(void)stages_pipeline(user, "t1");
	(void)stages_with_lyric(user, "t2");
	assert_int_equal(stages_claim(&lyric, 1, v), 1);
	assert_int_equal(stages_claim(&song, 1, v), 1);
	(void)stages_pipeline(user, "t3");
	fixture_run("START TRANSACTION");
	fixture_run("UPDATE engine SET reason = 'locked' WHERE stage <> 'lyric'");
	assert_int_equal(stages_claim(&lyric, 1, v), 1);
	fixture_run("ROLLBACK");
}

#define TEST(name) cmocka_unit_test_setup(name, stages_nothing)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(users_take_turns),
	    TEST(a_priority_is_one_among_the_users_own),
	    TEST(a_long_queue_costs_a_claim_nothing),
	    TEST(places_are_those_of_all_hosts),
	    TEST(calls_are_those_of_all_hosts_in_any_minute),
	    TEST(an_engine_that_is_held_holds_up_no_other),
	    TEST(what_was_paid_for_goes_on),
	    TEST(each_run_has_one_claimant),
	    TEST(stages_do_not_wait_for_each_other),
	};

	return cmocka_run_group_tests(tests, stages_start, stages_stop);
}
