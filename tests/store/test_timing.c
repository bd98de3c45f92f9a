#include "working.h"

static const struct timed_word some[] = {
    {0, 8, 0, 310}, {9, 1, 310, 420}, {4000000000, 4294967295, 420, 4294967295}};
static const struct timed_word others[] = {{2, 3, 50, 60}};

static struct timing
timing(uint64_t user, uint64_t id)
{
	struct timing t;

	assert_rc(timing_get(api, pool, user, id, &t), RC_OK);
	return t;
}

/* Claim the only sentence and finish it with N words. */
static struct result
finish(const struct timed_word *words, size_t n, int loudness)
{
	struct claimant who = fixture_claimant("here", 60);
	struct claim claim;
	struct result r;

	assert_int_equal(fixture_claim(&who, 1, &claim), 1);
	r = fixture_result(&who, &claim, OUTCOME_READY);
	r.words = words;
	r.words_n = n;
	r.loudness = loudness;
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	return r;
}

static void
assert_words(const struct timing *t, const struct timed_word *words, size_t n)
{
	assert_int_equal(t->n, n);
	if (n > 0)
		assert_memory_equal(t->words, words, n * sizeof words[0]);
}

static void
words_come_with_the_sound_and_go_with_the_next(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1);
	uint64_t id = fixture_number(
	    "SELECT MIN(id) FROM audio WHERE project_id = %llu", (unsigned long long)p.id);
	struct timing t = timing(user, id);
	struct audio a;

	assert_int_equal(t.state, AUDIO_PENDING);
	assert_words(&t, NULL, 0);
	finish(some, 3, -1812);
	t = timing(user, id);
	assert_int_equal(t.state, AUDIO_READY);
	assert_int_equal(t.revision, 1);
	assert_words(&t, some, 3);
	assert_rc(audio_get(api, pool, user, id, &a), RC_OK);
	assert_int_equal(a.loudness, -1812);
	assert_int_equal(t.duration_ms, a.duration_ms);
	assert_string_equal(t.text, a.text);

	assert_rc(audio_edit(api, pool, user, id, "anew", 4, 0, NULL, &a), RC_OK);
	t = timing(user, id);
	assert_int_equal(t.state, AUDIO_PENDING);
	assert_int_equal(t.revision, 2);
	finish(others, 1, LOUDNESS_UNKNOWN);
	t = timing(user, id);
	assert_words(&t, others, 1);
	assert_rc(audio_get(api, pool, user, id, &a), RC_OK);
	assert_int_equal(a.loudness, LOUDNESS_UNKNOWN);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM timing"), 1);

	/* A sound without words, and one from before words were recorded. */
	assert_rc(audio_edit(api, pool, user, id, "once more", 9, 0, NULL, &a), RC_OK);
	finish(NULL, 0, -100);
	t = timing(user, id);
	assert_words(&t, NULL, 0);
	fixture_run("DELETE FROM timing");
	t = timing(user, id);
	assert_int_equal(t.state, AUDIO_READY);
	assert_words(&t, NULL, 0);
	fixture_check();
}

/* A stale result does not change the words of the present sound. */
static void
a_stale_result_changes_no_word(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1);
	struct claimant who = fixture_claimant("here", 60);
	struct claim claim;
	struct result r = finish(some, 3, -1800);
	struct audio a;
	struct timing t;

	assert_rc(audio_edit(api, pool, user, r.id, "b", 1, 0, NULL, &a), RC_OK);
	assert_int_equal(fixture_claim(&who, 1, &claim), 1);
	assert_rc(audio_edit(api, pool, user, r.id, "c", 1, 0, NULL, &a), RC_OK);
	r = fixture_result(&who, &claim, OUTCOME_READY);
	r.words = others;
	r.words_n = 1;
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_true(r.stale);
	t = timing(user, r.id);
	assert_words(&t, some, 3);
	assert_int_equal(fixture_number("SELECT revision FROM timing"), 1);
	assert_rc(project_delete(api, user, p.id), RC_OK);
	working_drain();
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM timing"), 0);
	fixture_check();
}

static void
others_have_no_part_in_it(void **state)
{
	uint64_t user = fixture_user(), other = fixture_user();
	struct project p = fixture_project(user, 1);
	struct result r = finish(some, 3, -1800);
	struct timing t;

	assert_rc(timing_get(api, pool, other, r.id, &t), RC_NOT_FOUND);
	assert_rc(timing_get(api, pool, user, r.id + 1000, &t), RC_NOT_FOUND);
	assert_rc(audio_delete(api, user, r.id, NULL), RC_OK);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM timing"), 0);
	assert_rc(timing_get(api, pool, user, r.id, &t), RC_NOT_FOUND);
	assert_rc(project_delete(api, user, p.id), RC_OK);
}

/* More results than fit into one statement, from several projects. */
static void
many_sounds_have_each_their_own(void **state)
{
	enum { N = 45 };
	uint64_t user = fixture_user();
	struct claimant who = fixture_claimant("here", 60);
	struct timed_word words[N];
	struct claim v[N];
	struct result r[N];

	fixture_project(user, 20);
	fixture_project(user, N - 20);
	assert_int_equal(fixture_claim(&who, N, v), N);
	for (uint32_t i = 0; i < N; i++) {
		words[i] = (struct timed_word){i, 1, i, i + 1};
		r[i] = fixture_result(&who, &v[i], OUTCOME_READY);
		r[i].words = &words[i];
		r[i].words_n = 1;
	}
	assert_rc(queue_finish(renderer, r, N), RC_OK);
	for (size_t i = 0; i < N; i++) {
		struct timing t = timing(user, r[i].id);
		assert_words(&t, &words[i], 1);
	}
	fixture_check();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(
		words_come_with_the_sound_and_go_with_the_next, fixture_empty_queue),
	    cmocka_unit_test_setup(a_stale_result_changes_no_word, fixture_empty_queue),
	    cmocka_unit_test_setup(others_have_no_part_in_it, fixture_empty_queue),
	    cmocka_unit_test_setup(many_sounds_have_each_their_own, fixture_empty_queue),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
