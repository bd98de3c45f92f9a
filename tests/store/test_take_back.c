#include "fixture.h"

#include "../../store/store.h"

static uint64_t
take_back(const char *host, const uint64_t *speaking, size_t n)
{
	uint64_t back;

	assert_rc(
	    queue_take_back(renderer, fixture_conf(NULL, 10), host, speaking, n, &back), RC_OK);
	return back;
}

/* Make all sentences that are waiting for a retry due. */
static void
rested(void)
{
	fixture_run("UPDATE audio SET run_at = NOW(3)");
}

static void
claims_of_a_dead_renderer_come_back_free(void **state)
{
	struct claimant here = fixture_claimant("here", 3600),
			there = fixture_claimant("there", 3600);
	struct claim v[10], w[10];
	struct result r;

	fixture_project(fixture_user(), 20);
	assert_int_equal(fixture_claim(&here, 10, v), 10);
	assert_int_equal(fixture_claim(&there, 5, w), 5);
	assert_int_equal(take_back("here", NULL, 0), 10);
	assert_int_equal(take_back("here", NULL, 0), 0);

	r = fixture_result(&here, &v[0], OUTCOME_READY);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_true(r.stale);
	r = fixture_result(&there, &w[0], OUTCOME_READY);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_false(r.stale);

	assert_int_equal(fixture_claim(&here, 10, v), 10);
	for (size_t i = 0; i < 10; i++)
		assert_int_equal(v[i].attempts + v[i].crashes, 0);
	fixture_check();
}

static void
the_claims_of_another_host_come_back_after_the_lease(void **state)
{
	struct claimant there = fixture_claimant("there", 3600);
	struct claim v[5];
	uint64_t speaking;

	fixture_project(fixture_user(), 5);
	assert_int_equal(fixture_claim(&there, 5, v), 5);
	assert_int_equal(take_back("here", NULL, 0), 0);
	fixture_run("UPDATE audio SET lease_until = NOW(3) - INTERVAL 1 SECOND WHERE id < %d",
	    (int)v[2].id);
	/* A list of sentences that another host was speaking does not concern them. */
	speaking = v[0].id;
	assert_int_equal(take_back("here", &speaking, 1), 2);
	assert_int_equal(fixture_number("SELECT SUM(attempts) FROM audio"), 0);
	assert_int_equal(fixture_claim(&there, 5, v), 2);
}

static void
only_what_was_being_spoken_is_charged(void **state)
{
	struct claimant here = fixture_claimant("here", 3600);
	struct claim v[10];
	uint64_t speaking[3];

	fixture_project(fixture_user(), 10);
	assert_int_equal(fixture_claim(&here, 10, v), 10);
	speaking[0] = v[3].id;
	speaking[1] = v[7].id;
	speaking[2] = 999999; /* deleted meanwhile */
	assert_int_equal(take_back("here", speaking, 3), 10);
	/* Nothing is claimed any more: a second renderer that starts charges no sentence. */
	assert_int_equal(take_back("here", speaking, 3), 0);
	rested();
	assert_int_equal(fixture_claim(&here, 10, v), 10);
	for (size_t i = 0; i < 10; i++) {
		assert_int_equal(v[i].attempts, v[i].id == speaking[0] || v[i].id == speaking[1]);
		assert_int_equal(v[i].crashes, 0);
	}
	fixture_check();
}

static void
the_fifth_death_is_the_last(void **state)
{
	struct claimant here = fixture_claimant("here", 3600);
	uint64_t user = fixture_user(), poison;
	struct project p = fixture_project(user, 4);
	struct claim v[4];
	struct audio a;

	poison = fixture_audio(user, p.id, 1).id;
	for (int death = 1; death <= 5; death++) {
		rested();
		assert_int_equal(fixture_claim(&here, 4, v), 4);
		assert_int_equal(take_back("here", &poison, 1), 4);
		assert_rc(audio_get(api, pool, user, poison, &a), RC_OK);
		assert_int_equal(a.state, death < 5 ? AUDIO_PENDING : AUDIO_FAILED);
	}
	assert_string_equal(a.error, "the renderer died while speaking this, at attempt 5");
	assert_rc(project_get(api, pool, user, p.id, &p), RC_OK);
	assert_int_equal(p.failed_count, 1);
	assert_int_equal(fixture_number("SELECT SUM(attempts) FROM audio"), 5);
	assert_int_equal(fixture_number("SELECT SUM(crashes) FROM audio"), 0);
	rested();
	assert_int_equal(fixture_claim(&here, 4, v), 3);
	fixture_check();

	assert_rc(audio_edit(api, pool, user, poison, "harmless", 8, 1, NULL, &a), RC_OK);
	assert_int_equal(a.state, AUDIO_PENDING);
	assert_string_equal(a.error, "");
	assert_int_equal(fixture_claim(&here, 4, v), 1);
	assert_int_equal(v[0].attempts, 0);
	fixture_check();
}

static void
what_was_edited_after_the_death_is_not_charged(void **state)
{
	struct claimant here = fixture_claimant("here", 3600);
	uint64_t user = fixture_user();
	struct claim v[2];
	struct audio a;

	fixture_project(user, 2);
	assert_int_equal(fixture_claim(&here, 2, v), 2);
	assert_rc(audio_edit(api, pool, user, v[0].id, "other", 5, 1, NULL, &a), RC_OK);
	assert_int_equal(take_back("here", &v[0].id, 1), 1);
	assert_int_equal(fixture_number("SELECT SUM(attempts) FROM audio"), 0);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup(test, fixture_empty_queue)
	const struct CMUnitTest tests[] = {
	    TEST(claims_of_a_dead_renderer_come_back_free),
	    TEST(the_claims_of_another_host_come_back_after_the_lease),
	    TEST(only_what_was_being_spoken_is_charged),
	    TEST(the_fifth_death_is_the_last),
	    TEST(what_was_edited_after_the_death_is_not_charged),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
