#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "../../store/store.h"

/* Order, fairness and claims by several renderers. */

static void
one_user_with_a_book_does_not_hold_up_another(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t many = fixture_user(), few = fixture_user();
	struct project small = fixture_project(few, 1);
	struct audio a;
	struct claim v[10];
	bool found = false;

	assert_int_equal(fixture_claim(&who, 10, v), 1);
	fixture_project(many, 100000);
	for (int i = 0; i < 20; i++)
		assert_int_equal(fixture_claim(&who, 10, v), 10);
	a = fixture_audio(few, small.id, 0);
	assert_rc(audio_edit(api, pool, few, a.id, "now", 3, 1, 0, &a), RC_OK);
	assert_int_equal(fixture_claim(&who, 10, v), 10);
	for (size_t i = 0; i < 10; i++)
		found = found || v[i].id == a.id;
	assert_true(found);
}

static void
books_of_two_users_are_read_in_turns(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t first = fixture_user(), second = fixture_user();
	struct claim v[100];
	size_t of_second = 0;

	fixture_project(first, 1000);
	assert_int_equal(fixture_claim(&who, 100, v), 100);
	fixture_project(second, 1000);
	assert_int_equal(fixture_claim(&who, 100, v), 100);
	for (size_t i = 0; i < 100; i++)
		of_second += v[i].user == second;
	assert_in_range(of_second, 49, 51);
	/* Who comes later is not given the turns he was not there for. */
	assert_int_equal(fixture_claim(&who, 100, v), 100);
	of_second = 0;
	for (size_t i = 0; i < 100; i++)
		of_second += v[i].user == second;
	assert_in_range(of_second, 49, 51);
}

static void
an_edit_goes_ahead_of_the_same_users_bulk(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user(), count;
	struct project p = fixture_project(user, 500);
	struct audio edited, inserted;
	struct claim v[3];

	assert_int_equal(fixture_claim(&who, 3, v), 3);
	edited = fixture_audio(user, p.id, 400);
	assert_rc(audio_edit(api, pool, user, edited.id, "now", 3, 1, 0, &edited), RC_OK);
	assert_rc(audio_insert(
		      api, pool, user, p.id, -1, "and this", 8, 1, 1000, NULL, &inserted, &count),
	    RC_OK);
	assert_int_equal(fixture_claim(&who, 3, v), 3);
	assert_int_equal(v[0].id, edited.id);
	assert_true(v[1].id == inserted.id || v[2].id == inserted.id);
}

static void
the_clock_of_the_queue_never_goes_back(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user(), other = fixture_user(), before, after;
	struct project p = fixture_project(user, 50);
	struct claim v[50];
	struct result r;
	struct audio a;

	assert_int_equal(fixture_claim(&who, 50, v), 50);
	before = fixture_number("SELECT turn FROM queue_clock");
	assert_int_equal(before, 50);
	/* A sentence that comes back with its old turn is claimed again, and moves nothing. */
	r = fixture_result(&who, &v[0], OUTCOME_RETRY);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_int_equal(fixture_claim(&who, 50, v), 1);
	after = fixture_number("SELECT turn FROM queue_clock");
	assert_int_equal(after, before);
	/* Who comes now begins at the present turn, not at 1. */
	fixture_project(other, 1);
	assert_int_equal(
	    fixture_number("SELECT turn FROM audio WHERE user_id = %d", (int)other), 50);
	a = fixture_audio(user, p.id, 0);
	assert_rc(audio_edit(api, pool, user, a.id, "x", 1, 1, 0, &a), RC_OK);
	assert_int_equal(fixture_number("SELECT turn FROM audio WHERE id = %d", (int)a.id), 50);
}

static void
the_claim_reads_in_the_order_of_its_index(void **state)
{
	struct rows rows;
	uint64_t user = fixture_user();

	fixture_project(user, 1000);
	rows =
	    fixture_rows("EXPLAIN SELECT id, project_id, text FROM audio FORCE INDEX (audio_queue)"
			 " WHERE state = 'pending' AND run_at <= NOW(3) ORDER BY turn, id"
			 " LIMIT 10 FOR UPDATE SKIP LOCKED");
	assert_int_equal(rows.n, 1);
	assert_string_equal(db_row(&rows, 0)[5].s, "audio_queue");
	assert_null(strstr(db_row(&rows, 0)[9].s, "filesort"));
	assert_null(strstr(db_row(&rows, 0)[9].s, "temporary"));
}

/* ---------------------------------------------------------------- several renderers */

#define SENTENCES 600
#define RENDERERS 4

struct seen {
	int ready[SENTENCES + 1], lost;
	uint64_t first, user, project;
};

/* Claim and finish until nothing is left; say how often each sentence was published. */
static int
render_all(int number, void *arg)
{
	struct seen *seen = arg;
	char host[10];
	struct claimant who;
	int empty = 0;

	snprintf(host, sizeof host, "host%d", number);
	who = fixture_claimant(host, 60);
	while (empty < 3) {
		struct claim v[7];
		struct result r[7];
		size_t n;

		if (queue_claim(renderer, pool, &who, 7, v, &n) != RC_OK)
			return 1;
		empty = n == 0 ? empty + 1 : 0;
		for (size_t i = 0; i < n; i++)
			r[i] = fixture_result(&who, &v[i], OUTCOME_READY);
		if (queue_finish(renderer, r, n) != RC_OK)
			return 2;
		for (size_t i = 0; i < n; i++)
			__atomic_add_fetch(
			    r[i].stale ? &seen->lost : &seen->ready[v[i].id - seen->first], 1,
			    __ATOMIC_RELAXED);
		pool_reset(pool);
	}
	return 0;
}

static void
no_sentence_is_claimed_by_two(void **state)
{
	struct seen *seen = fixture_shared(sizeof *seen);
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, SENTENCES);

	seen->first = fixture_number("SELECT MIN(id) FROM audio");
	assert_true(fixture_number("SELECT MAX(id) FROM audio") - seen->first <= SENTENCES);
	fixture_together(RENDERERS, render_all, seen);
	assert_int_equal(seen->lost, 0);
	for (int i = 0; i < SENTENCES; i++)
		assert_int_equal(seen->ready[i], 1);
	assert_rc(project_get(api, pool, user, p.id, &p), RC_OK);
	assert_int_equal(p.ready_count, SENTENCES);
	fixture_check();
}

/* Renderers and authors at once; the authors edit what is being rendered. */
static int
render_or_edit(int number, void *arg)
{
	struct seen *seen = arg;
	unsigned seed = (unsigned)number;

	if (number < RENDERERS)
		return render_all(number, arg);
	for (int i = 0; i < 60; i++) {
		uint64_t id = seen->first + (uint64_t)rand_r(&seed) % 100, count;
		struct audio a;
		char text[30];
		int len = snprintf(text, sizeof text, "edit %d of %d", i, number);
		enum rc rc = audio_edit(api, pool, seen->user, id, text, (size_t)len, 1, 0, &a);

		if (rc != RC_OK && rc != RC_NOT_FOUND)
			return 3;
		if (i % 10 == 0 && audio_insert(api, pool, seen->user, seen->project, 50, text,
				       (size_t)len, 1, 100000, NULL, &a, &count) != RC_OK)
			return 4;
		if (i % 10 == 5 && audio_delete(api, seen->user, a.id) != RC_OK && rc == RC_OK)
			return 5;
		pool_reset(pool);
	}
	return 0;
}

static void
no_edit_is_lost_while_rendering(void **state)
{
	struct seen *seen = fixture_shared(sizeof *seen);
	struct project p;

	seen->user = fixture_user();
	p = fixture_project(seen->user, 300);
	seen->project = p.id;
	seen->first = fixture_number("SELECT MIN(id) FROM audio");
	fixture_together(RENDERERS + 3, render_or_edit, seen);
	fixture_check();
	render_all(0, seen); /* what was edited last */
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM audio WHERE state <> 'ready'"
					" OR path NOT LIKE CONCAT('%%-r', revision, '-key.mp3')"),
	    0);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM (SELECT path FROM audio"
					" UNION ALL SELECT path FROM trash WHERE path <> '') t"
					" GROUP BY path ORDER BY COUNT(*) DESC LIMIT 1"),
	    1);
	fixture_check();
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup(test, fixture_empty_queue)
	const struct CMUnitTest tests[] = {
	    TEST(one_user_with_a_book_does_not_hold_up_another),
	    TEST(books_of_two_users_are_read_in_turns),
	    TEST(an_edit_goes_ahead_of_the_same_users_bulk),
	    TEST(the_clock_of_the_queue_never_goes_back),
	    TEST(the_claim_reads_in_the_order_of_its_index),
	    TEST(no_sentence_is_claimed_by_two),
	    TEST(no_edit_is_lost_while_rendering),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
