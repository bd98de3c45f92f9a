#include "fixture.h"

#include <stdio.h>

#include "../../store/admin.h"
#include "../../store/queue.h"
#include "../../store/trash.h"

static enum rc
finish(struct claimant *who, const struct claim *claim, enum outcome outcome, bool *stale)
{
	struct result r = fixture_result(who, claim, outcome);
	enum rc rc;

	if (outcome == OUTCOME_FAILED)
		r.error = "no voice speaks this";
	rc = queue_finish(renderer, &r, 1);
	*stale = r.stale;
	return rc;
}

static void
a_sentence_is_claimed_with_all_that_is_needed(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user();
	struct slice s = {"Guten Tag.", 10};
	struct project_new in = {
	    .title = "t", .language = "de", .voice = "de", .speed = 200, .sentences = &s, .n = 1};
	struct project p, q = fixture_project(user, 1);
	struct claim v[10];
	uint8_t token[CLAIM_TOKEN_SIZE];

	assert_rc(project_create(api, pool, user, &in, 10, NULL, &p), RC_OK);
	assert_int_equal(fixture_claim(&who, 10, v), 2);
	assert_int_equal(v[0].project, q.id);
	assert_string_equal(v[0].language, "en");
	assert_int_equal(v[1].project, p.id);
	assert_int_equal(v[1].user, user);
	assert_int_equal(v[1].revision, 1);
	assert_int_equal(v[1].text_len, 10);
	assert_string_equal(v[1].text, "Guten Tag.");
	assert_int_equal(v[1].speed, 200);
	assert_string_equal(v[1].language, "de");
	assert_string_equal(v[1].voice, "de");
	assert_int_equal(v[1].attempts, 0);
	assert_int_equal(fixture_sentence(user, v[1].id).state, AUDIO_CLAIMED);

	memcpy(token, who.token, sizeof token);
	assert_int_equal(fixture_claim(&who, 10, v), 0);
	assert_memory_not_equal(token, who.token, sizeof token);
}

static void
claims_go_in_reading_order(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user();
	struct claim v[300];
	char expected[40];

	fixture_project(user, 300);
	for (size_t done = 0; done < 300;) {
		size_t n = fixture_claim(&who, 7 + done, v);

		for (size_t i = 0; i < n; i++) {
			snprintf(expected, sizeof expected, "Sentence %d.", (int)(done + i + 1));
			assert_string_equal(v[i].text, expected);
		}
		done += n;
	}
}

static void
a_finished_sentence_is_ready_with_its_sound(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 3);
	struct claim v[3];
	struct result r[2];
	struct audio a;

	assert_int_equal(fixture_claim(&who, 3, v), 3);
	r[0] = fixture_result(&who, &v[2], OUTCOME_READY);
	r[1] = fixture_result(&who, &v[0], OUTCOME_READY);
	r[1].attempts = 2;
	fixture_run("UPDATE project SET updated_at = '2020-01-01' WHERE id = %d", (int)p.id);
	fixture_run("UPDATE audio SET updated_at = '2020-01-01' WHERE project_id = %d", (int)p.id);
	assert_rc(queue_finish(renderer, r, 2), RC_OK);
	assert_false(r[0].stale);
	assert_false(r[1].stale);
	a = fixture_sentence(user, v[0].id);
	assert_int_equal(a.state, AUDIO_READY);
	assert_int_equal(a.audio_revision, 1);
	assert_string_equal(a.path, r[1].path);
	assert_int_equal(a.duration_ms, r[1].duration_ms);
	assert_int_equal(a.size_bytes, r[1].size_bytes);
	assert_int_equal(fixture_sentence(user, v[1].id).state, AUDIO_CLAIMED);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM audio WHERE id = %d"
					" AND sha256 = REPEAT(CHAR(%d), 32) AND attempts = 2",
			     (int)v[0].id, (int)(v[0].id & 0xff)),
	    1);
	assert_rc(project_get(api, pool, user, p.id, &p), RC_OK);
	assert_int_equal(p.ready_count, 2);
	assert_int_equal(p.failed_count, 0);
	assert_int_equal(p.duration_ms, r[0].duration_ms + r[1].duration_ms);
	/* Clients see both change. */
	assert_true(strcmp(p.updated_at.s, "2020-01-01T00:00:00.000Z") > 0);
	assert_true(strcmp(a.updated_at.s, "2020-01-01T00:00:00.000Z") > 0);
	assert_string_equal(
	    fixture_sentence(user, v[1].id).updated_at.s, "2020-01-01T00:00:00.000Z");
	fixture_check();
}

static void
finishing_twice_is_finishing_once(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1);
	struct claim c;
	struct result r;

	assert_int_equal(fixture_claim(&who, 1, &c), 1);
	r = fixture_result(&who, &c, OUTCOME_READY);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_false(r.stale); /* the file is the one the row names: it must not be dropped */
	assert_rc(project_get(api, pool, user, p.id, &p), RC_OK);
	assert_int_equal(p.ready_count, 1);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM trash"), 0);
}

static void
a_failed_sentence_says_why_and_can_be_retried(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 2);
	struct claim v[2];
	struct result r;
	struct audio a;

	assert_int_equal(fixture_claim(&who, 2, v), 2);
	r = fixture_result(&who, &v[0], OUTCOME_FAILED);
	r.error = "the engine died 3 times (signal 11) while speaking";
	r.attempts = r.crashes = 3;
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	a = fixture_sentence(user, v[0].id);
	assert_int_equal(a.state, AUDIO_FAILED);
	assert_string_equal(a.error, r.error);
	assert_rc(project_get(api, pool, user, p.id, &p), RC_OK);
	assert_int_equal(p.failed_count, 1);
	assert_int_equal(fixture_claim(&who, 2, v + 1), 0);

	assert_rc(audio_retry(api, pool, user, v[0].id, NULL, &a), RC_OK);
	assert_int_equal(a.state, AUDIO_PENDING);
	assert_int_equal(a.revision, 1);
	assert_string_equal(a.error, "");
	assert_int_equal(fixture_claim(&who, 2, v), 1);
	assert_int_equal(v[0].attempts + v[0].crashes, 0);
	assert_rc(audio_retry(api, pool, user, v[0].id, NULL, &a), RC_OK);
	assert_int_equal(a.state, AUDIO_CLAIMED); /* left as it is */
	fixture_check();
}

static void
an_endless_reason_is_cut(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user();
	struct claim v[2];
	struct result r[2];
	char reason[1001];

	fixture_project(user, 2);
	memset(reason, 'x', 1000);
	reason[1000] = '\0';
	assert_int_equal(fixture_claim(&who, 2, v), 2);
	r[0] = fixture_result(&who, &v[0], OUTCOME_FAILED);
	r[0].error = reason;
	r[1] = fixture_result(&who, &v[1], OUTCOME_FAILED);
	assert_rc(queue_finish(renderer, r, 2), RC_OK);
	reason[255] = '\0';
	assert_string_equal(fixture_sentence(user, v[0].id).error, reason);
	assert_true(fixture_sentence(user, v[1].id).error[0] != '\0');
}

static void
a_retry_waits_and_keeps_what_it_was_charged(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user();
	struct claim c;
	struct result r;

	fixture_project(user, 1);
	assert_int_equal(fixture_claim(&who, 1, &c), 1);
	r = fixture_result(&who, &c, OUTCOME_RETRY);
	r.attempts = 2;
	r.crashes = 1;
	r.delay_ms = 200000;
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_int_equal(fixture_sentence(user, c.id).state, AUDIO_PENDING);
	assert_int_equal(fixture_claim(&who, 1, &c), 0);
	assert_in_range(
	    fixture_number("SELECT TIMESTAMPDIFF(SECOND, NOW(3), run_at) FROM audio"), 150, 200);

	fixture_run("UPDATE audio SET run_at = NOW(3)");
	assert_int_equal(fixture_claim(&who, 1, &c), 1);
	assert_int_equal(c.attempts, 2);
	assert_int_equal(c.crashes, 1);
	r = fixture_result(&who, &c, OUTCOME_RETRY);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_int_equal(fixture_claim(&who, 1, &c), 1); /* without a delay at once */
}

static void
what_is_released_is_charged_nothing(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user();
	struct claim v[2], again[2];
	struct result r;

	fixture_project(user, 2);
	assert_int_equal(fixture_claim(&who, 2, v), 2);
	r = fixture_result(&who, &v[0], OUTCOME_RELEASE);
	r.attempts = 9;
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_false(r.stale);
	assert_int_equal(fixture_claim(&who, 2, again), 1);
	assert_int_equal(again[0].id, v[0].id);
	assert_int_equal(again[0].attempts + again[0].crashes, 0);
}

static void
a_render_never_overwrites_an_edit(void **state)
{
	static const enum outcome outcomes[] = {
	    OUTCOME_READY, OUTCOME_RETRY, OUTCOME_FAILED, OUTCOME_RELEASE};
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1);
	struct claim c, d;
	struct audio a;
	bool stale;

	for (size_t i = 0; i < 4; i++) {
		char text[10];
		int len = snprintf(text, sizeof text, "edit %zu", i);

		assert_int_equal(fixture_claim(&who, 1, &c), 1);
		assert_rc(audio_edit(api, pool, user, c.id, text, (size_t)len, 1, NULL, &a), RC_OK);
		assert_int_equal(a.state, AUDIO_PENDING);
		assert_rc(finish(&who, &c, outcomes[i], &stale), RC_OK);
		assert_true(stale);
		a = fixture_sentence(user, c.id);
		assert_int_equal(a.state, AUDIO_PENDING);
		assert_int_equal(a.audio_revision, 0);
		assert_string_equal(a.path, "");
	}
	/* Claimed again: only the second claim is valid. */
	assert_int_equal(fixture_claim(&who, 1, &c), 1);
	assert_rc(audio_edit(api, pool, user, c.id, "last", 4, 1, NULL, &a), RC_OK);
	struct claimant second = fixture_claimant("there", 60);

	assert_int_equal(fixture_claim(&second, 1, &d), 1);
	assert_rc(finish(&who, &c, OUTCOME_READY, &stale), RC_OK);
	assert_true(stale);
	assert_rc(finish(&second, &d, OUTCOME_READY, &stale), RC_OK);
	assert_false(stale);
	assert_int_equal(fixture_sentence(user, c.id).audio_revision, 6);
	assert_rc(project_get(api, pool, user, p.id, &p), RC_OK);
	assert_int_equal(p.ready_count, 1);
	fixture_check();
}

static void
a_claim_of_something_deleted_is_stale(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 2), q = fixture_project(user, 1);
	struct claim v[3];
	bool stale;

	assert_int_equal(fixture_claim(&who, 3, v), 3);
	assert_rc(audio_delete(api, user, v[0].id, NULL), RC_OK);
	assert_rc(project_delete(api, user, q.id), RC_OK);
	assert_rc(finish(&who, &v[0], OUTCOME_READY, &stale), RC_OK);
	assert_true(stale);
	assert_rc(finish(&who, &v[2], OUTCOME_FAILED, &stale), RC_OK);
	assert_true(stale);
	assert_rc(finish(&who, &v[1], OUTCOME_READY, &stale), RC_OK);
	assert_false(stale);
	assert_rc(project_get(api, pool, user, p.id, &p), RC_OK);
	assert_int_equal(p.ready_count, 1);
	fixture_check();
}

static void
the_sound_before_stays_until_the_new_one_is_there(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1);
	struct claim c;
	struct result first, second;
	struct audio a;
	struct trash t[5];
	size_t n;

	assert_int_equal(fixture_claim(&who, 1, &c), 1);
	first = fixture_result(&who, &c, OUTCOME_READY);
	assert_rc(queue_finish(renderer, &first, 1), RC_OK);
	assert_rc(audio_edit(api, pool, user, c.id, "again", 5, 1, NULL, &a), RC_OK);
	assert_int_equal(a.revision, 2);
	assert_int_equal(a.audio_revision, 1);
	assert_string_equal(a.path, first.path);
	assert_rc(project_get(api, pool, user, p.id, &p), RC_OK);
	assert_int_equal(p.ready_count + p.duration_ms, 0);
	assert_rc(trash_list(worker, pool, 5, t, &n), RC_OK);
	assert_int_equal(n, 0);

	assert_int_equal(fixture_claim(&who, 1, &c), 1);
	second = fixture_result(&who, &c, OUTCOME_READY);
	assert_rc(queue_finish(renderer, &second, 1), RC_OK);
	assert_string_equal(fixture_sentence(user, c.id).path, second.path);
	assert_rc(trash_list(worker, pool, 5, t, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_string_equal(t[0].path, first.path);
	assert_int_equal(t[0].audio, c.id);
	assert_false(t[0].bury);
	assert_rc(trash_done(worker, t, 1), RC_OK);

	assert_rc(audio_delete(api, user, c.id, NULL), RC_OK);
	fixture_run(
	    "UPDATE trash SET created_at = created_at - INTERVAL %d SECOND", TRASH_REST_SEC);
	assert_rc(trash_list(worker, pool, 5, t, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_string_equal(t[0].path, second.path);
	assert_true(t[0].bury);
	fixture_check();
}

static void
the_numbers_of_the_queue_are_told(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user();
	struct queue_numbers q;
	struct claim v[3];
	struct result r;
	bool stale;

	assert_rc(queue_numbers(api, &q), RC_OK);
	assert_int_equal(q.pending + q.claimed + q.ready + q.failed + q.later + q.stranded, 0);
	assert_int_equal(q.oldest_sec + q.overdue_sec, 0);
	fixture_project(user, 7);
	assert_int_equal(fixture_claim(&who, 3, v), 3);
	fixture_run("UPDATE audio SET queued_at = NOW(3) - INTERVAL 100 SECOND,"
		    " run_at = NOW(3) - INTERVAL 50 SECOND WHERE state = 'pending'"
		    " ORDER BY id DESC LIMIT 1");
	assert_rc(finish(&who, &v[0], OUTCOME_FAILED, &stale), RC_OK);
	assert_rc(finish(&who, &v[1], OUTCOME_READY, &stale), RC_OK);
	r = fixture_result(&who, &v[2], OUTCOME_RETRY);
	r.attempts = 1;
	r.delay_ms = 200000;
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_int_equal(fixture_claim(&who, 2, v), 2);
	assert_rc(queue_numbers(api, &q), RC_OK);
	assert_int_equal(q.pending, 3);
	assert_int_equal(q.claimed, 2);
	assert_int_equal(q.ready, 1);
	assert_int_equal(q.failed, 1);
	assert_int_equal(q.later, 1);
	assert_int_equal(q.stranded, 0);
	assert_in_range(q.oldest_sec, 100, 200);
	assert_in_range(q.overdue_sec, 50, 90);
}

static void
no_age_is_negative(void **state)
{
	struct queue_numbers q;

	fixture_project(fixture_user(), 1);
	fixture_run("UPDATE audio SET queued_at = NOW(3) + INTERVAL 1 HOUR");
	assert_rc(queue_numbers(api, &q), RC_OK);
	assert_int_equal(q.oldest_sec, 0);
	assert_int_equal(q.overdue_sec, 0);
}

/* The state after the server's clock was set back by two hours while a sentence was waiting. */
static void
a_clock_that_was_set_back_keeps_nothing_waiting(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	struct queue_numbers q;
	struct claim v[3];

	fixture_project(fixture_user(), 3);
	fixture_run("UPDATE audio SET attempts = 1, queued_at = NOW(3) - INTERVAL 30 SECOND,"
		    " run_at = NOW(3) + INTERVAL 2 HOUR");
	/* One waits for the longest delay. */
	fixture_run("UPDATE audio SET run_at = NOW(3) + INTERVAL %d MICROSECOND"
		    " ORDER BY id DESC LIMIT 1",
	    fixture_conf(NULL, 10)->scheduler.retry_cap_ms * 1000 - 1000);
	assert_rc(queue_numbers(api, &q), RC_OK);
	assert_int_equal(q.pending, 3);
	assert_int_equal(q.stranded, 2);
	assert_int_equal(q.later, 1);
	assert_in_range(q.overdue_sec, 30, 90);
	assert_int_equal(fixture_claim(&who, 3, v), 2);
	assert_rc(queue_numbers(api, &q), RC_OK);
	assert_int_equal(q.stranded, 0);
	assert_int_equal(q.later, 1);
	assert_int_equal(q.overdue_sec, 0);
}

static void
what_waits_can_be_made_due(void **state)
{
	static const char *const waits[] = {"2 HOUR", "100 SECOND"};
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user(), freed;
	struct claim v[300];
	struct project first, p;
	size_t seen;

	first = fixture_project(user, 1);
	p = fixture_project(user, 200);
	for (size_t i = 0; i < 2; i++) {
		struct admin_turn cursor = {0, 0};
		uint64_t sum = 0;

		fixture_run(
		    "UPDATE audio SET attempts = 3, run_at = NOW(3) + INTERVAL %s", waits[i]);
		do {
			assert_rc(admin_retry_waiting(admin, p.id, &cursor, &seen, &freed), RC_OK);
			sum += freed;
		} while (seen == ADMIN_MAX);
		assert_int_equal(sum, 200);
		assert_int_equal(
		    fixture_number("SELECT COUNT(*) FROM audio WHERE run_at > NOW(3)"), 1);
		assert_rc(admin_retry(admin, fixture_audio(user, first.id, 0).id), RC_OK);
		assert_rc(admin_retry(admin, fixture_audio(user, first.id, 0).id), RC_NOT_FAILED);
	}
	assert_int_equal(fixture_claim(&who, 300, v), 201);
	assert_int_equal(v[0].attempts, 3); /* it keeps what it was charged */
	fixture_check();
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup(test, fixture_empty_queue)
	const struct CMUnitTest tests[] = {
	    TEST(a_sentence_is_claimed_with_all_that_is_needed),
	    TEST(claims_go_in_reading_order),
	    TEST(a_finished_sentence_is_ready_with_its_sound),
	    TEST(finishing_twice_is_finishing_once),
	    TEST(a_failed_sentence_says_why_and_can_be_retried),
	    TEST(an_endless_reason_is_cut),
	    TEST(a_retry_waits_and_keeps_what_it_was_charged),
	    TEST(what_is_released_is_charged_nothing),
	    TEST(a_render_never_overwrites_an_edit),
	    TEST(a_claim_of_something_deleted_is_stale),
	    TEST(the_sound_before_stays_until_the_new_one_is_there),
	    TEST(the_numbers_of_the_queue_are_told),
	    TEST(no_age_is_negative),
	    TEST(a_clock_that_was_set_back_keeps_nothing_waiting),
	    TEST(what_waits_can_be_made_due),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
