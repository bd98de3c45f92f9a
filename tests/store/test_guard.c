#include "fixture.h"

#include <stdio.h>
#include <time.h>

#include "../../common/base/clock.h"
#include "../../store/queue.h"
#include "../../store/trash.h"

/* What keeps those apart that work on the same sentence. Each guard has a test of its own here. */

static uint64_t user;
static struct project project;

static int
begin(void **state)
{
	fixture_clear();
	user = fixture_user();
	project = fixture_project(user, 3);
	return 0;
}

static int
end(void **state)
{
	fixture_check();
	return 0;
}

static const enum outcome outcomes[] = {
    OUTCOME_READY, OUTCOME_RETRY, OUTCOME_FAILED, OUTCOME_RELEASE};
#define OUTCOMES (sizeof outcomes / sizeof outcomes[0])

/* Finish a claim; nothing may be changed by it. */
static struct result
finish_stale(const struct claimant *who, const struct claim *claim, enum outcome outcome)
{
	struct result r = fixture_result(who, claim, outcome);
	const char *const row = "SELECT CONCAT_WS(',', state, revision, audio_revision, path, host,"
				" HEX(claim_token), attempts, error, run_at) FROM audio"
				" WHERE id = %d";
	const char *before = NULL, *after = NULL;
	struct rows rows = fixture_rows(row, (int)claim->id);

	if (rows.n > 0)
		before = db_row(&rows, 0)->s;
	r.attempts = 7;
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_true(r.stale);
	assert_false(r.unwritten);
	rows = fixture_rows(row, (int)claim->id);
	if (rows.n > 0)
		after = db_row(&rows, 0)->s;
	assert_int_equal(before != NULL, after != NULL);
	if (before != NULL)
		assert_string_equal(before, after);
	return r;
}

static void
an_old_claim_is_worth_nothing_at_the_same_revision(void **state)
{
	struct claimant first = fixture_claimant("here", 60),
			second = fixture_claimant("there", 60);
	struct claim old, new;
	struct result r;
	uint64_t n;

	assert_int_equal(fixture_claim(&first, 1, &old), 1);
	assert_rc(queue_take_back(renderer, fixture_conf(NULL, 10), "here", NULL, 0, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(fixture_claim(&second, 1, &new), 1);
	assert_int_equal(new.id, old.id);
	assert_int_equal(new.revision, old.revision);
	for (size_t i = 0; i < OUTCOMES; i++) {
		r = finish_stale(&first, &old, outcomes[i]);
		/* The file has the same name as the one that is being made: it stays. */
		assert_false(r.unwanted);
	}
	r = fixture_result(&second, &new, OUTCOME_READY);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_false(r.stale);
	/* And when it is there, the same sound again is no news, but no mistake either. */
	r = fixture_result(&first, &old, OUTCOME_READY);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_false(r.unwanted);
}

static void
another_revision_is_worth_nothing_whatever_the_claim(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	struct claim c;

	assert_int_equal(fixture_claim(&who, 1, &c), 1);
	fixture_run("UPDATE audio SET revision = revision + 1 WHERE id = %d", (int)c.id);
	for (size_t i = 0; i < OUTCOMES; i++)
		finish_stale(&who, &c, outcomes[i]);
	fixture_run("UPDATE audio SET revision = revision - 1 WHERE id = %d", (int)c.id);
	struct result r = fixture_result(&who, &c, OUTCOME_READY);

	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_false(r.stale);
}

static void
a_file_is_unwanted_only_when_no_row_can_name_it(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	struct claim v[3];
	struct result r;
	struct audio a;

	assert_int_equal(fixture_claim(&who, 3, v), 3);
	assert_rc(audio_delete(api, user, v[0].id, NULL), RC_OK);
	assert_true(finish_stale(&who, &v[0], OUTCOME_READY).unwanted);
	assert_rc(audio_edit(api, pool, user, v[1].id, "new", 3, 1, NULL, &a), RC_OK);
	assert_true(finish_stale(&who, &v[1], OUTCOME_READY).unwanted);

	/* What was published is heard until the edit's sound is there, and so is its file. */
	r = fixture_result(&who, &v[2], OUTCOME_READY);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_false(r.stale || r.unwanted);
	assert_rc(audio_edit(api, pool, user, v[2].id, "new", 3, 1, NULL, &a), RC_OK);
	assert_string_equal(a.path, r.path);
	r = fixture_result(&who, &v[2], OUTCOME_READY);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_false(r.unwanted);
}

/* ---------------------------------------------------------------- claims */

static const struct sql lock_first = {
    .text = "SELECT id FROM audio FORCE INDEX (audio_queue) WHERE state = 'pending'"
	    " ORDER BY turn, id LIMIT ? FOR UPDATE"};

static void
a_claim_passes_over_what_somebody_else_is_claiming(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	struct claim v[3];
	struct rows rows;
	int64_t began;

	assert_rc(db_begin(admin), RC_OK);
	assert_rc(db_query(admin, pool, &rows, &lock_first, ARGS(db_u64(2))), RC_OK);
	assert_int_equal(rows.n, 2);
	began = clock_ms();
	assert_int_equal(fixture_claim(&who, 3, v), 1);
	assert_in_range(clock_ms() - began, 0, 1000); /* a lock is waited for five seconds */
	assert_int_not_equal(v[0].id, db_row(&rows, 0)->number);
	assert_int_not_equal(v[0].id, db_row(&rows, 1)->number);
	db_rollback(admin);
	assert_int_equal(fixture_claim(&who, 3, v), 2);
}

static void
a_living_claim_of_another_host_is_not_taken_back(void **state)
{
	struct claimant who = fixture_claimant("there", 60);
	const struct conf *conf = fixture_conf(NULL, 10);
	struct claim v[3];
	uint64_t n;

	assert_int_equal(fixture_claim(&who, 2, v), 2);
	fixture_run("UPDATE audio SET lease_until = NOW(3) - INTERVAL 1 SECOND WHERE id = %d",
	    (int)v[0].id);
	assert_rc(queue_take_back(renderer, conf, "here", NULL, 0, &n), RC_OK);
	assert_int_equal(n, 1);
	/* Nor is one charged to a sentence that another host has in hand. */
	assert_rc(queue_take_back(renderer, conf, "here", &v[1].id, 1, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_int_equal(
	    fixture_number(
		"SELECT COUNT(*) FROM audio WHERE state = 'claimed' AND id = %d", (int)v[1].id),
	    1);
	assert_int_equal(fixture_number("SELECT SUM(attempts) FROM audio"), 0);
}

/* ---------------------------------------------------------------- others */

static void
only_what_has_failed_is_tried_again(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	struct claim v[2];
	struct result r;
	struct audio a;

	assert_int_equal(fixture_claim(&who, 2, v), 2);
	r = fixture_result(&who, &v[0], OUTCOME_READY);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	fixture_run("UPDATE audio SET attempts = 2");
	for (int i = 0; i < 3; i++) {
		struct audio before = fixture_audio(user, project.id, (uint64_t)i);
		uint64_t turn =
		    fixture_number("SELECT turn FROM audio WHERE id = %d", (int)before.id);

		assert_rc(audio_retry(api, pool, user, before.id, NULL, &a), RC_OK);
		assert_int_equal(a.state, before.state);
		assert_int_equal(a.revision, before.revision);
		assert_string_equal(a.path, before.path);
		assert_int_equal(
		    fixture_number("SELECT turn FROM audio WHERE id = %d", (int)before.id), turn);
		assert_int_equal(
		    fixture_number("SELECT attempts FROM audio WHERE id = %d", (int)before.id), 2);
	}
	/* The claim holds all the same. */
	r = fixture_result(&who, &v[1], OUTCOME_READY);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_false(r.stale);
}

static void
what_was_deleted_rests_before_it_is_removed(void **state)
{
	struct trash t[5];
	size_t n;

	fixture_run("DELETE FROM trash");
	assert_rc(audio_delete(api, user, fixture_audio(user, project.id, 0).id, NULL), RC_OK);
	assert_rc(trash_list(worker, pool, 5, t, &n), RC_OK);
	assert_int_equal(n, 0);
	fixture_run("UPDATE trash SET created_at = created_at - INTERVAL %d SECOND,"
		    " run_at = created_at",
	    TRASH_REST_SEC - 1);
	assert_rc(trash_list(worker, pool, 5, t, &n), RC_OK);
	assert_int_equal(n, 0);
	fixture_run("UPDATE trash SET created_at = created_at - INTERVAL 1 SECOND");
	assert_rc(trash_list(worker, pool, 5, t, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_true(t[0].bury);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
	    TEST(an_old_claim_is_worth_nothing_at_the_same_revision),
	    TEST(another_revision_is_worth_nothing_whatever_the_claim),
	    TEST(a_file_is_unwanted_only_when_no_row_can_name_it),
	    TEST(a_claim_passes_over_what_somebody_else_is_claiming),
	    TEST(a_living_claim_of_another_host_is_not_taken_back),
	    TEST(only_what_has_failed_is_tried_again),
	    TEST(what_was_deleted_rests_before_it_is_removed),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
