#include "fixture.h"

#include "../../store/store.h"

/* A result that the database refuses does not prevent others from being written. */

/* Set the counts as if all sentences had sound, so that the CHECK refuses one more. */
static void
spoil(const struct project *p)
{
	fixture_run("UPDATE project SET ready_count = sentence_count WHERE id = %d", (int)p->id);
}

static void
one_projects_wrong_counts_stop_no_other(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user(), other = fixture_user();
	struct project bad = fixture_project(user, 2), good = fixture_project(other, 2);
	struct claim v[4];
	struct result r[4];

	assert_int_equal(fixture_claim(&who, 4, v), 4);
	spoil(&bad);
	for (size_t i = 0; i < 4; i++)
		r[i] = fixture_result(&who, &v[i], OUTCOME_READY);
	assert_rc(queue_finish(renderer, r, 4), RC_OK);
	for (size_t i = 0; i < 4; i++) {
		bool spoiled = v[i].project == bad.id;
		struct audio a = fixture_sentence(v[i].user, v[i].id);

		assert_int_equal(a.state, spoiled ? AUDIO_PENDING : AUDIO_READY);
		assert_int_equal(r[i].outcome, spoiled ? OUTCOME_RETRY : OUTCOME_READY);
		assert_false(r[i].stale || r[i].unwritten);
		assert_int_equal(
		    fixture_number("SELECT attempts FROM audio WHERE id = %d", (int)v[i].id),
		    spoiled);
	}
	assert_rc(project_get(api, pool, other, good.id, &good), RC_OK);
	assert_int_equal(good.ready_count, 2);
}

/* Each attempt is charged until the sentence has failed; nothing is retried forever. */
static void
a_sound_that_cannot_be_stored_fails_in_the_end(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	int max = fixture_conf(NULL, 10)->scheduler.max_attempts;
	uint64_t user = fixture_user();
	struct project bad = fixture_project(user, 1);
	struct claim c = {0};
	struct result r;
	struct audio a;

	spoil(&bad);
	for (int i = 1; i <= max; i++) {
		fixture_run("UPDATE audio SET run_at = NOW(3)");
		assert_int_equal(fixture_claim(&who, 1, &c), 1);
		assert_int_equal(c.attempts, i - 1);
		r = fixture_result(&who, &c, OUTCOME_READY);
		assert_rc(queue_finish(renderer, &r, 1), RC_OK);
		assert_int_equal(r.outcome, i < max ? OUTCOME_RETRY : OUTCOME_FAILED);
	}
	a = fixture_sentence(user, c.id);
	assert_int_equal(a.state, AUDIO_FAILED);
	assert_string_equal(a.error, "the sound could not be stored in the database");
	assert_string_equal(a.path, "");
	fixture_run("UPDATE audio SET run_at = NOW(3)");
	assert_int_equal(fixture_claim(&who, 1, &c), 0);
}

/* A database that is full, or broken, says nothing about the sound. */
static void
what_is_the_databases_own_trouble_is_charged_to_nobody(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	struct claim v[2];
	struct result r[2];

	fixture_project(fixture_user(), 2);
	assert_int_equal(fixture_claim(&who, 2, v), 2);
	for (size_t i = 0; i < 2; i++)
		r[i] = fixture_result(&who, &v[i], OUTCOME_READY);
	/* A failure could be written: it is not for want of a way to charge one. */
	fixture_run("CREATE TRIGGER full BEFORE UPDATE ON audio FOR EACH ROW"
		    " IF NEW.state = 'ready' THEN"
		    " SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114; END IF");
	assert_rc(queue_finish(renderer, r, 2), RC_FAIL);
	fixture_run("DROP TRIGGER full");
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(r[i].outcome, OUTCOME_READY);
		assert_int_equal(r[i].attempts, 0);
		assert_false(r[i].unwritten || r[i].stale);
	}
	assert_rc(queue_finish(renderer, r, 2), RC_OK);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM audio WHERE state = 'ready'"), 2);
}

/* If neither a failure nor a release can be written, the claim remains until its lease ends. */
static void
what_cannot_be_written_at_all_is_left_to_its_lease(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user();
	struct claim v[4], again;
	struct result r[4];
	uint64_t n;

	fixture_project(user, 4);
	assert_int_equal(fixture_claim(&who, 4, v), 4);
	r[0] = fixture_result(&who, &v[0], OUTCOME_READY);
	r[1] = fixture_result(&who, &v[1], OUTCOME_READY);
	r[2] = fixture_result(&who, &v[2], OUTCOME_RELEASE);
	r[3] = fixture_result(&who, &v[3], OUTCOME_RETRY);
	fixture_run("CREATE TRIGGER no BEFORE UPDATE ON audio FOR EACH ROW"
		    " IF NEW.id IN (%d, %d) THEN SIGNAL SQLSTATE '45000'; END IF",
	    (int)v[0].id, (int)v[2].id);
	assert_rc(queue_finish(renderer, r, 4), RC_OK);
	fixture_run("DROP TRIGGER no");
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(r[i].unwritten, i % 2 == 0);
	assert_int_equal(fixture_sentence(user, v[0].id).state, AUDIO_CLAIMED);
	assert_int_equal(fixture_sentence(user, v[1].id).state, AUDIO_READY);
	assert_int_equal(fixture_sentence(user, v[2].id).state, AUDIO_CLAIMED);
	assert_int_equal(fixture_claim(&who, 1, &again), 1);
	assert_int_equal(again.id, v[3].id);
	fixture_run("UPDATE audio SET lease_until = NOW(3) - INTERVAL 1 SECOND"
		    " WHERE id IN (%d, %d)",
	    (int)v[0].id, (int)v[2].id);
	assert_rc(
	    queue_take_back(renderer, fixture_conf(NULL, 10), "elsewhere", NULL, 0, &n), RC_OK);
	assert_int_equal(n, 2);
	fixture_check();
}

static void
wrong_counts_stop_no_taking_back(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	const struct conf *conf = fixture_conf(NULL, 10);
	uint64_t user = fixture_user(), n;
	struct project bad = fixture_project(user, 2);
	struct claim v[2];

	assert_int_equal(fixture_claim(&who, 2, v), 2);
	spoil(&bad);
	fixture_run("UPDATE audio SET attempts = %d", conf->scheduler.max_attempts - 1);
	assert_rc(queue_take_back(renderer, conf, "here", &v[0].id, 1, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(fixture_sentence(user, v[0].id).state, AUDIO_FAILED);
	assert_int_equal(fixture_sentence(user, v[1].id).state, AUDIO_PENDING);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup(test, fixture_empty_queue)
	const struct CMUnitTest tests[] = {
	    TEST(one_projects_wrong_counts_stop_no_other),
	    TEST(a_sound_that_cannot_be_stored_fails_in_the_end),
	    TEST(what_is_the_databases_own_trouble_is_charged_to_nobody),
	    TEST(what_cannot_be_written_at_all_is_left_to_its_lease),
	    TEST(wrong_counts_stop_no_taking_back),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
