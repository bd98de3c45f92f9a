#include "working.h"

/* How work is claimed, begun, finished and taken back. */

/* ---------------------------------------------------------------- claiming */

static void
work_is_claimed_by_priority_and_turn(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t late = working_add("project_delete", 20, 7, 0),
		 early = working_add("project_delete", 20, 3, 0);
	uint64_t first = working_add("lexicon_sweep", 10, 9, 0);
	uint64_t resting = working_add("lexicon_sweep", 10, 1, 0);
	struct work_claim v[4];

	fixture_run(
	    "UPDATE work SET run_at = NOW(3) + INTERVAL 1 MINUTE WHERE id = %d", (int)resting);
	assert_int_equal(working_claim(&who, 2, v), 2);
	assert_int_equal(v[0].id, first);
	assert_int_equal(v[0].kind, WORK_KIND_SWEEP);
	assert_int_equal(v[1].id, early);
	assert_int_equal(v[1].user, 1);
	assert_int_equal(working_get(early).state, WORK_STATE_CLAIMED);
	assert_string_equal(working_get(early).host, "here");
	assert_int_equal(working_claim(&who, 4, v), 1);
	assert_int_equal(v[0].id, late);
	assert_int_equal(working_claim(&who, 4, v), 0);
	/* No delay is as long as a week: the clock was set back. */
	fixture_run("UPDATE work SET run_at = NOW(3) + INTERVAL 7 DAY WHERE id = %d", (int)resting);
	assert_int_equal(working_claim(&who, 4, v), 1);
	assert_int_equal(v[0].id, resting);
}

static void
what_another_claimant_holds_is_passed_over(void **state)
{
	struct db *other = fixture_db(ACCOUNT_MIGRATION);
	struct claimant who = fixture_claimant("here", 60);
	uint64_t held = working_add("project_delete", 20, 1, 0),
		 next = working_add("project_delete", 20, 2, 0);
	struct sql lock = {
	    .text = pool_printf(pool, "SELECT id FROM work WHERE id = %d FOR UPDATE", (int)held)};
	struct work_claim v[2];
	struct rows rows;

	assert_rc(db_begin(other), RC_OK);
	assert_rc(db_query(other, pool, &rows, &lock, NO_ARGS), RC_OK);
	assert_int_equal(working_claim(&who, 2, v), 1);
	assert_int_equal(v[0].id, next);
	db_rollback(other);
	db_free(other);
	assert_int_equal(working_claim(&who, 2, v), 1);
	assert_int_equal(v[0].id, held);
}

#define CLAIMANTS 4
#define PIECES 60
#define OBJECT 1000000

/* Claim until nothing is left; ARG counts how often each object was claimed. */
static int
claim_all(int number, void *arg)
{
	unsigned *claimed = arg;
	struct claimant who = {.host = "here", .run_id = (uint64_t)number + 1, .lease_sec = 60};
	struct work_claim v[3];
	size_t n;

	for (int idle = 0; idle < 20;) {
		if (work_queue_claim(worker, pool, &who, 1 + (size_t)number % 3, v, &n) != RC_OK)
			return 1;
		idle = n == 0 ? idle + 1 : 0;
		for (size_t i = 0; i < n; i++)
			__atomic_add_fetch(&claimed[v[i].object - OBJECT], 1, __ATOMIC_RELAXED);
	}
	return 0;
}

static void
no_two_claimants_get_the_same_work(void **state)
{
	unsigned *claimed = fixture_shared(PIECES * sizeof *claimed);

	for (int i = 0; i < PIECES; i++) {
		uint64_t id = working_add("project_delete", 20, i / 4, 0);

		fixture_run("UPDATE work SET object_id = %d WHERE id = %d", OBJECT + i, (int)id);
	}
	fixture_together(CLAIMANTS, claim_all, claimed);
	for (int i = 0; i < PIECES; i++)
		assert_int_equal(claimed[i], 1);
}

static void
of_one_object_only_one_is_open(void **state)
{
	struct sql again = {.text =
				"INSERT INTO work (kind, object_id, created_at, updated_at,"
				" priority, turn, run_at) SELECT kind, object_id, NOW(3), NOW(3),"
				" 1, 1, NOW(3) FROM work"};
	struct claimant who = fixture_claimant("here", 60);
	struct work_claim c;

	working_add("project_delete", 20, 1, 0);
	assert_rc(db_exec(admin, &again, NO_ARGS), RC_DUPLICATE);
	c = working_begin(&who);
	assert_rc(db_exec(admin, &again, NO_ARGS), RC_DUPLICATE);
	working_finish(&c, WORK_OUTCOME_DONE);
	assert_rc(db_exec(admin, &again, NO_ARGS), RC_OK);
}

/* ---------------------------------------------------------------- finishing */

static void
each_outcome_does_what_it_says(void **state)
{
	static const struct {
		enum work_outcome outcome;
		enum work_state state;
		unsigned tries;
		const char *history, *error;
	} cases[] = {
	    {WORK_OUTCOME_DONE, WORK_STATE_DONE, 3, "done", ""},
	    {WORK_OUTCOME_AGAIN, WORK_STATE_PENDING, 4, "again", "it was told to"},
	    {WORK_OUTCOME_FAILED, WORK_STATE_FAILED, 4, "failed", "it was told to"},
	    {WORK_OUTCOME_RELEASED, WORK_STATE_PENDING, 3, "released", "before"},
	};
	struct claimant who = fixture_claimant("here", 60);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint64_t id = working_add("project_delete", 20, 1, 0);
		struct work_claim c;
		struct work w;

		fixture_run("UPDATE work SET tries = 3, error = 'before' WHERE id = %d", (int)id);
		c = working_begin(&who);
		assert_int_equal(c.tries, 3);
		assert_string_equal(working_last_try(id).ended_at.s, "");
		assert_false(working_finish(&c, cases[i].outcome).stale);
		w = working_get(id);
		assert_int_equal(w.state, cases[i].state);
		assert_int_equal(w.tries, cases[i].tries);
		assert_string_equal(w.error, cases[i].error);
		assert_string_equal(w.host, "");
		assert_string_equal(working_last_try(id).outcome, cases[i].history);
		assert_int_equal(working_last_try(id).n, 1);
		fixture_run("DELETE FROM work");
	}
}

static void
a_failure_rests_and_the_last_one_is_for_good(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t id = working_add("project_delete", 20, 1, 0);
	unsigned tries = 0;
	bool rested = false;

	while (working_get(id).state == WORK_STATE_PENDING) {
		struct work_claim c;

		rested |= fixture_number("SELECT COUNT(*) FROM work WHERE run_at > NOW(3)") > 0;
		fixture_run("UPDATE work SET run_at = NOW(3)");
		c = working_begin(&who);
		assert_int_equal(c.tries, tries++);
		working_finish(&c, WORK_OUTCOME_AGAIN);
		assert_in_range(tries, 1, 100);
	}
	assert_true(rested);
	assert_int_equal(working_get(id).state, WORK_STATE_FAILED);
	assert_int_equal(working_get(id).tries, tries);
	assert_string_equal(working_last_try(id).outcome, "failed");
	assert_int_equal(working_last_try(id).n, tries);
}

/* Everything that ends a claim makes its result stale. */
static void
a_claim_that_was_lost_writes_nothing(void **state)
{
	static const char *const losses[] = {
	    "UPDATE work SET claim_token = REPEAT('x', 16)", /* claimed anew */
	    "UPDATE work SET state = 'pending', claim_token = NULL, host = NULL,"
	    " run_id = NULL, lease_until = NULL", /* taken back */
	    "UPDATE work SET state = 'cancelled', claim_token = NULL, host = NULL,"
	    " run_id = NULL, lease_until = NULL",
	    "DELETE FROM work",
	};
	static const enum work_outcome outcomes[] = {WORK_OUTCOME_DONE, WORK_OUTCOME_WAITS,
	    WORK_OUTCOME_AGAIN, WORK_OUTCOME_FAILED, WORK_OUTCOME_RELEASED};
	struct claimant who = fixture_claimant("here", 60);

	for (size_t l = 0; l < sizeof losses / sizeof *losses; l++)
		for (size_t o = 0; o < sizeof outcomes / sizeof *outcomes; o++) {
			uint64_t before;
			struct work_claim c;

			working_add("lexicon_sweep", 20, 1, 0);
			c = working_begin(&who);
			fixture_run("%s", losses[l]);
			before = fixture_number("SELECT COALESCE(SUM(state), 0) FROM work");
			assert_true(working_finish(&c, outcomes[o]).stale);
			assert_rc(work_queue_begin(worker, &who, &c), RC_STALE);
			assert_int_equal(
			    fixture_number("SELECT COALESCE(SUM(state), 0) FROM work"), before);
			fixture_run("DELETE FROM work");
		}
}

static void
one_refused_result_stops_no_other(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	struct work_claim v[3];
	struct work_result r[3];

	for (int i = 0; i < 3; i++)
		working_add("project_delete", 20, i, 0);
	assert_int_equal(working_claim(&who, 3, v), 3);
	for (int i = 0; i < 3; i++) {
		r[i] = (struct work_result){
		    .id = v[i].id, .outcome = WORK_OUTCOME_DONE, .error_class = "", .error = ""};
		memcpy(r[i].token, v[i].token, sizeof r[i].token);
	}
	fixture_run("CREATE TRIGGER no BEFORE UPDATE ON work FOR EACH ROW"
		    " IF NEW.id = %d THEN SIGNAL SQLSTATE '45000'; END IF",
	    (int)v[1].id);
	assert_rc(work_queue_finish(worker, r, 3), RC_OK);
	fixture_run("DROP TRIGGER no");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(r[i].unwritten, i == 1);
		assert_int_equal(
		    working_get(v[i].id).state, i == 1 ? WORK_STATE_CLAIMED : WORK_STATE_DONE);
	}
}

/* ---------------------------------------------------------------- taking back */

static void
only_what_was_begun_is_charged_when_its_program_dies(void **state)
{
	struct claimant who = fixture_claimant("here", 3600);
	uint64_t begun = working_add("project_delete", 20, 1, 0);
	uint64_t claimed = working_add("project_delete", 20, 2, 0);
	struct work_claim v[2];

	assert_int_equal(working_claim(&who, 2, v), 2);
	assert_rc(work_queue_begin(worker, &who, &v[0]), RC_OK);
	assert_rc(work_queue_begin(worker, &who, &v[0]), RC_OK); /* as after a lost answer */
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM work_try"), 1);
	assert_int_equal(working_take_back("elsewhere"), 0);
	assert_int_equal(working_take_back("here"), 2);
	assert_int_equal(working_take_back("here"), 0);
	assert_int_equal(working_get(begun).state, WORK_STATE_PENDING);
	assert_int_equal(working_get(begun).tries, 1);
	assert_string_equal(working_get(begun).error_class, "died");
	assert_string_equal(working_last_try(begun).outcome, "lost");
	assert_int_equal(working_get(claimed).tries, 0);
	assert_true(working_finish(&v[0], WORK_OUTCOME_DONE).stale);
	assert_true(working_finish(&v[1], WORK_OUTCOME_DONE).stale);
}

static void
a_claim_of_another_host_ends_with_its_lease(void **state)
{
	struct claimant there = fixture_claimant("there", 3600);
	uint64_t id = working_add("project_delete", 20, 1, 0);
	struct work_claim c = working_begin(&there);

	fixture_run("UPDATE work SET lease_until = NOW(3) + INTERVAL 2 SECOND");
	assert_int_equal(working_take_back("here"), 0);
	assert_int_equal(working_get(id).state, WORK_STATE_CLAIMED);
	fixture_run("UPDATE work SET lease_until = NOW(3) - INTERVAL 1 SECOND");
	assert_int_equal(working_take_back("here"), 1);
	assert_int_equal(working_get(id).tries, 1);
	assert_true(working_finish(&c, WORK_OUTCOME_DONE).stale);
}

static void
whatever_kills_its_program_fails_in_the_end(void **state)
{
	struct claimant who = fixture_claimant("here", 3600);
	uint64_t id = working_add("project_delete", 20, 1, 0);
	unsigned deaths = 0;

	while (working_get(id).state == WORK_STATE_PENDING) {
		fixture_run("UPDATE work SET run_at = NOW(3)");
		working_begin(&who);
		assert_int_equal(working_take_back("here"), 1);
		assert_in_range(++deaths, 1, 100);
	}
	assert_int_equal(working_get(id).state, WORK_STATE_FAILED);
	assert_string_equal(working_get(id).error,
	    pool_printf(pool, "the program died while doing this, at attempt %u", deaths));
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup(test, working_clear)
	const struct CMUnitTest tests[] = {
	    TEST(work_is_claimed_by_priority_and_turn),
	    TEST(what_another_claimant_holds_is_passed_over),
	    TEST(no_two_claimants_get_the_same_work),
	    TEST(of_one_object_only_one_is_open),
	    TEST(each_outcome_does_what_it_says),
	    TEST(a_failure_rests_and_the_last_one_is_for_good),
	    TEST(a_claim_that_was_lost_writes_nothing),
	    TEST(one_refused_result_stops_no_other),
	    TEST(only_what_was_begun_is_charged_when_its_program_dies),
	    TEST(a_claim_of_another_host_ends_with_its_lease),
	    TEST(whatever_kills_its_program_fails_in_the_end),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
