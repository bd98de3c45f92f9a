#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "../../common/say/pace.h"
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
	assert_rc(audio_edit(api, pool, few, a.id, "now", 3, 1, NULL, &a), RC_OK);
	assert_int_equal(fixture_claim(&who, 10, v), 10);
	for (size_t i = 0; i < 10; i++)
		found = found || v[i].id == a.id;
	assert_true(found);
}

/* The estimated sound of each of two users in the first 100 claims of their books. */
static void
claim_two_books(uint64_t first, uint64_t second, uint64_t sound[2])
{
	struct claimant who = fixture_claimant("here", 60);
	struct claim v[100];

	sound[0] = sound[1] = 0;
	assert_int_equal(fixture_claim(&who, 100, v), 100);
	for (size_t i = 0; i < 100; i++) {
		assert_true(v[i].user == first || v[i].user == second);
		sound[v[i].user == second] += pace_ms(v[i].text, v[i].text_len, "", 100);
	}
}

static void
books_of_two_users_are_read_in_turns(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t first = fixture_user(), second = fixture_user(), sound[2];
	struct claim v[100];

	fixture_project(first, 1000);
	assert_int_equal(fixture_claim(&who, 100, v), 100);
	fixture_project(second, 1000);
	/* A user who comes later does not get earlier turns. */
	for (int i = 0; i < 2; i++) {
		claim_two_books(first, second, sound);
		assert_in_range(sound[1] * 100 / (sound[0] + sound[1]), 47, 53);
	}
}

/* A project of N sentences that are all TEXT. */
static struct project
project_of(uint64_t user, const char *text, size_t n)
{
	struct slice *v = pool_array(pool, n, sizeof *v);
	const struct project_new in = {
	    .title = "A project", .language = "", .voice = "", .speed = 1, .sentences = v, .n = n};
	struct project project;

	for (size_t i = 0; i < n; i++)
		v[i] = (struct slice){text, strlen(text)};
	assert_rc(project_create(api, pool, user, &in, 1000, NULL, &project), RC_OK);
	return project;
}

static const char *
repeated(const char *word, int times)
{
	struct buf buf;

	buf_init(&buf, pool, 1024);
	for (int i = 0; i < times; i++)
		buf_adds(&buf, word);
	return buf.data;
}

static void
turns_are_given_by_the_sound_and_not_by_the_sentence(void **state)
{
	uint64_t with_long = fixture_user(), with_short = fixture_user(), sound[2];

	project_of(with_long, repeated("Blah blah. ", 70), 100);
	project_of(with_short, "Blah blah.", 2000);
	claim_two_books(with_long, with_short, sound);
	/* Either may be ahead by at most one long sentence. */
	assert_in_range(sound[0] + 50000, sound[1], sound[1] + 100000);
}

static void
a_claim_has_no_more_sound_than_it_may_have(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user(), each;
	const char *text = repeated("Blah blah. ", 70);
	struct claim v[100];

	project_of(user, text, 10);
	each = pace_ms(text, strlen(text), "", 100);
	who.sound_ms_max = 3 * each + each / 2;
	assert_int_equal(fixture_claim(&who, 100, v), 3);
	/* A sentence that is longer than that is claimed nevertheless, alone. */
	who.sound_ms_max = each / 2;
	assert_int_equal(fixture_claim(&who, 100, v), 1);
	who.sound_ms_max = UINT64_MAX;
	assert_int_equal(fixture_claim(&who, 100, v), 6);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM audio WHERE state = 'claimed'"), 10);
}

static void
a_claim_can_be_of_earlier_turns_alone(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t many = fixture_user(), few = fixture_user();
	struct project small = fixture_project(few, 1);
	struct audio a = fixture_audio(few, small.id, 0);
	struct claim v[20];

	fixture_project(many, 100);
	assert_int_equal(fixture_claim(&who, 20, v), 20);
	who.early = true;
	assert_int_equal(fixture_claim(&who, 20, v), 0);
	assert_rc(audio_edit(api, pool, few, a.id, "now", 3, 1, NULL, &a), RC_OK);
	assert_int_equal(fixture_claim(&who, 20, v), 1);
	assert_int_equal(v[0].id, a.id);
	assert_false(v[0].had_turn);
	assert_int_equal(fixture_claim(&who, 20, v), 0);
}

/* Otherwise a long text that a run gave back would take the place that is kept for edits in the
 * next. */
static void
what_was_given_back_is_no_earlier_turn(void **state)
{
	struct claimant who = fixture_claimant("here", 60), dead = fixture_claimant("dead", 60);
	uint64_t user = fixture_user(), n;
	struct claim v[20];
	struct result r;

	fixture_project(user, 10);
	assert_int_equal(fixture_claim(&dead, 1, v), 1);
	assert_int_equal(fixture_claim(&who, 1, v), 1);
	fixture_run("DO SLEEP(0.01)");
	r = fixture_result(&who, &v[0], OUTCOME_RELEASE);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_rc(queue_take_back(renderer, fixture_conf(NULL, 10), "dead", NULL, 0, &n), RC_OK);
	assert_int_equal(n, 1);
	who.early = true;
	assert_int_equal(fixture_claim(&who, 20, v), 0);
	who.early = false;
	assert_int_equal(fixture_claim(&who, 20, v), 10);
	assert_true(v[0].had_turn && v[1].had_turn);
	assert_false(v[2].had_turn);
}

static void
it_can_be_told_which_claims_still_hold(void **state)
{
	struct claimant who = fixture_claimant("here", 60), other = fixture_claimant("there", 60);
	uint64_t user = fixture_user(), ids[200];
	struct claim v[200];
	struct result r;
	struct audio a;
	bool held[200];

	fixture_project(user, 201);
	assert_int_equal(fixture_claim(&who, 200, v), 200);
	assert_int_equal(fixture_claim(&other, 1, &v[199]), 1);
	for (size_t i = 0; i < 200; i++)
		ids[i] = v[i].id;
	assert_rc(audio_edit(api, pool, user, ids[3], "now", 3, 1, NULL, &a), RC_OK);
	assert_rc(audio_delete(api, user, ids[150], NULL), RC_OK);
	r = fixture_result(&who, &v[0], OUTCOME_READY);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_rc(queue_still_claimed(renderer, pool, who.token, ids, 200, held), RC_OK);
	for (size_t i = 0; i < 200; i++)
		assert_int_equal(held[i], i != 0 && i != 3 && i != 150 && i != 199);
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
	assert_rc(audio_edit(api, pool, user, edited.id, "now", 3, 1, NULL, &edited), RC_OK);
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
	assert_int_equal(before, v[49].turn);
	/* A sentence that is queued again with its old turn is claimed, and does not move the
	 * clock. */
	r = fixture_result(&who, &v[0], OUTCOME_RETRY);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_int_equal(fixture_claim(&who, 50, v), 1);
	after = fixture_number("SELECT turn FROM queue_clock");
	assert_int_equal(after, before);
	/* A new user begins at the present turn, not at 1. */
	fixture_project(other, 1);
	assert_int_equal(
	    fixture_number("SELECT turn FROM audio WHERE user_id = %d", (int)other), before);
	a = fixture_audio(user, p.id, 0);
	assert_rc(audio_edit(api, pool, user, a.id, "x", 1, 1, NULL, &a), RC_OK);
	assert_int_equal(fixture_number("SELECT turn FROM audio WHERE id = %d", (int)a.id), before);
}

/* How many entries of indexes this renderer has read, and rows it has sorted, in all. */
static uint64_t
rows_looked_at(void)
{
	static const struct sql status = {
	    .text = "SELECT CAST(SUM(variable_value) AS UNSIGNED)"
		    " FROM information_schema.session_status WHERE variable_name IN"
		    " ('HANDLER_READ_NEXT', 'HANDLER_READ_PREV', 'SORT_ROWS')"};
	struct rows rows;

	assert_rc(db_query(renderer, pool, &rows, &status, NO_ARGS), RC_OK);
	return db_row(&rows, 0)->number;
}

/* A sort would read, and lock, every sentence that waits, so that nobody else could claim any. */
static void
a_claim_looks_at_no_more_than_it_takes(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user(), before;
	struct claim v[10];

	fixture_project(user, 1000);
	before = rows_looked_at();
	assert_int_equal(fixture_claim(&who, 10, v), 10);
	assert_in_range(rows_looked_at() - before, 1, 100);
	who.early = true;
	before = rows_looked_at();
	assert_int_equal(fixture_claim(&who, 10, v), 0);
	assert_in_range(rows_looked_at() - before, 0, 100);
}

/* ---------------------------------------------------------------- several renderers */

#define SENTENCES 600
#define RENDERERS 4

struct seen {
	int ready[SENTENCES + 1], lost;
	uint64_t first, user, project;
};

/* Claim and finish until nothing is left; count how often each sentence was published. */
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

/* Renderers and authors at the same time; the authors edit what is being rendered. */
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
		enum rc rc = audio_edit(api, pool, seen->user, id, text, (size_t)len, 1, NULL, &a);

		if (rc != RC_OK && rc != RC_NOT_FOUND)
			return 3;
		if (i % 10 == 0 && audio_insert(api, pool, seen->user, seen->project, 50, text,
				       (size_t)len, 1, 100000, NULL, &a, &count) != RC_OK)
			return 4;
		if (i % 10 == 5 && audio_delete(api, seen->user, a.id, NULL) != RC_OK &&
		    rc == RC_OK)
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
	    TEST(turns_are_given_by_the_sound_and_not_by_the_sentence),
	    TEST(a_claim_has_no_more_sound_than_it_may_have),
	    TEST(a_claim_can_be_of_earlier_turns_alone),
	    TEST(what_was_given_back_is_no_earlier_turn),
	    TEST(it_can_be_told_which_claims_still_hold),
	    TEST(an_edit_goes_ahead_of_the_same_users_bulk),
	    TEST(the_clock_of_the_queue_never_goes_back),
	    TEST(a_claim_looks_at_no_more_than_it_takes),
	    TEST(no_sentence_is_claimed_by_two),
	    TEST(no_edit_is_lost_while_rendering),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
