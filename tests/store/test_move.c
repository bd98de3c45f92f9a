#include "fixture.h"

#include <inttypes.h>
#include <stdlib.h>

#include "../../store/event.h"

static struct audio
moved(uint64_t user, uint64_t id, int64_t index)
{
	struct audio a;
	uint64_t count;

	assert_rc(audio_move(api, pool, user, id, index, NULL, &a, &count), RC_OK);
	return a;
}

static void
a_sentence_is_moved_to_the_index_that_is_asked_for(void **state)
{
	static const struct {
		uint64_t from;
		int64_t to;
		const char *after;
	} rows[] = {
	    {1, 3, "b c a d"},
	    {3, 1, "a b c d"},
	    {2, -1, "a c d b"},
	    {4, 2, "a b c d"},
	    {2, 2, "a b c d"},
	    {1, 2, "b a c d"},
	    {2, 1, "a b c d"},
	    {4, 4, "a b c d"},
	    {4, -1, "a b c d"},
	};
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 4);

	for (int i = 0; i < 4; i++)
		fixture_run("UPDATE audio SET text = '%c' WHERE id = %" PRIu64, 'a' + i,
		    fixture_audio(user, p.id, (uint64_t)i).id);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct audio before = fixture_audio(user, p.id, rows[i].from - 1);
		struct audio a = moved(user, before.id, rows[i].to);

		assert_int_equal(a.index, rows[i].to == -1 ? 4 : rows[i].to);
		assert_int_equal(a.revision, 1);
		assert_string_equal(a.text, before.text);
		assert_string_equal(fixture_texts(user, p.id), rows[i].after);
		fixture_check();
	}
}

static void
what_cannot_be_moved_is_left(void **state)
{
	static const int64_t wrong[] = {0, 4, -2, INT64_MAX, INT64_MIN};
	const struct if_match other = {(const uint64_t[]){7}, 1}, one = {(const uint64_t[]){1}, 1};
	uint64_t user = fixture_user(), count;
	struct project p = fixture_project(user, 3);
	struct audio a = fixture_audio(user, p.id, 0), out;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		count = 0;
		assert_rc(
		    audio_move(api, pool, user, a.id, wrong[i], NULL, &out, &count), RC_RANGE);
		assert_int_equal(count, 3);
	}
	assert_rc(audio_move(api, pool, user, a.id, 2, &other, &out, &count), RC_STALE);
	assert_rc(audio_move(api, pool, fixture_user(), a.id, 2, NULL, &out, &count), RC_NOT_FOUND);
	assert_int_equal(fixture_audio(user, p.id, 0).id, a.id);
	assert_rc(audio_move(api, pool, user, a.id, 2, &one, &out, &count), RC_OK);
	assert_rc(project_delete(api, user, p.id), RC_OK);
	assert_rc(audio_move(api, pool, user, a.id, 1, NULL, &out, &count), RC_NOT_FOUND);
	fixture_check();
}

static void
a_move_writes_one_sentence_and_renders_none(void **state)
{
	struct claimant here = fixture_claimant("here", 3600);
	uint64_t user = fixture_user(), seq;
	struct project p = fixture_project(user, 3), after;
	struct claim claims[3];
	struct result results[3];
	struct audio a;

	assert_int_equal(fixture_claim(&here, 3, claims), 3);
	/* While it is being rendered, too: the result counts. */
	moved(user, claims[2].id, 1);
	for (int i = 0; i < 3; i++)
		results[i] = fixture_result(&here, &claims[i], OUTCOME_READY);
	assert_rc(queue_finish(renderer, results, 3), RC_OK);
	fixture_run("UPDATE audio SET updated_at = '2020-01-01' WHERE project_id = %" PRIu64, p.id);
	fixture_run("UPDATE project SET updated_at = '2020-01-01' WHERE id = %" PRIu64, p.id);
	seq = fixture_number("SELECT seq FROM user_seq WHERE user_id = %" PRIu64, user);

	a = moved(user, claims[2].id, 3);
	assert_int_equal(a.state, AUDIO_READY);
	assert_int_equal(a.audio_revision, a.revision);
	assert_string_equal(a.path, results[2].path);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM audio WHERE project_id = %" PRIu64
					" AND updated_at > '2021-01-01'",
			     p.id),
	    1);
	assert_int_equal(fixture_claim(&here, 3, claims), 0);
	assert_rc(project_get(api, pool, user, p.id, &after), RC_OK);
	assert_int_equal(after.ready_count, 3);
	assert_true(strcmp(after.updated_at.s, "2021") > 0);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM event WHERE user_id = %" PRIu64
					" AND seq > %" PRIu64
					" AND type = 'project.changed' AND audio_id = %" PRIu64
					" AND JSON_VALUE(data, '$.change') = 'moved'"
					" AND JSON_VALUE(data, '$.index') = 3",
			     user, seq, a.id),
	    1);
	/* To where it is: nothing is changed, and nobody is told. */
	moved(user, a.id, 3);
	assert_int_equal(
	    fixture_number("SELECT seq FROM user_seq WHERE user_id = %" PRIu64, user), seq + 1);
	fixture_check();
}

/* Where gaps are used up, and from any stretch to any other. */
static void
moves_keep_the_order_of_a_long_project(void **state)
{
	enum { N = 2100 };
	uint64_t user = fixture_user(), *order = pool_array(pool, N, sizeof *order);
	struct project p = fixture_project(user, N);
	const struct login login = {.user = user};
	const struct page_wish wish = {.size = PAGE_SIZE_MAX};
	struct audio v[PAGE_SIZE_MAX];
	struct page page;

	for (size_t i = 0; i < N; i++)
		order[i] = i == 0 ? fixture_audio(user, p.id, 0).id : order[i - 1] + 1;
	srandom(19);
	for (int i = 0; i < 160; i++) {
		size_t from = i < 60 ? 1500 : (size_t)random() % N;
		size_t to = i < 60 ? 2 : (size_t)random() % N;
		uint64_t id = order[from];

		memmove(order + from, order + from + 1, (N - from - 1) * sizeof *order);
		memmove(order + to + 1, order + to, (N - to - 1) * sizeof *order);
		order[to] = id;
		assert_int_equal(moved(user, id, (int64_t)to + 1).index, to + 1);
	}
	for (uint64_t n = 1; n <= N / PAGE_SIZE_MAX; n++) {
		struct page_wish at = wish;

		at.n = n;
		assert_rc(audio_page(api, pool, &login, p.id, &at, &page, v), RC_OK);
		for (size_t i = 0; i < page.n; i++)
			assert_int_equal(v[i].id, order[(n - 1) * PAGE_SIZE_MAX + i]);
	}
	fixture_check();
}

/* ---------------------------------------------------------------- finding, and trying again */

/* The indexes of the sentences that have TEXT, on the first page: "1 3". */
static const char *
found(uint64_t user, uint64_t project, const char *text)
{
	struct audio v[PAGE_SIZE];
	struct page page;
	struct buf out;

	assert_rc(audio_find(api, pool, user, project, text, PAGE_OF_TEN(1), &page, v), RC_OK);
	buf_init(&out, pool, 32);
	for (size_t i = 0; i < page.n; i++)
		buf_addf(&out, "%s%" PRIu64, i > 0 ? " " : "", v[i].index);
	return out.data;
}

static void
sentences_are_found_by_their_text(void **state)
{
	static const char *const texts[] = {
	    "Ein Käse", "100 %", "kase_", "오늘은 운수 좋은 날", "100", "🙂 a|b"};
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 6), other = fixture_project(user, 6);
	struct audio v[PAGE_SIZE];
	struct page page;

	for (uint64_t i = 0; i < 6; i++) {
		fixture_run("UPDATE audio SET text = '%s' WHERE id IN (%" PRIu64 ", %" PRIu64 ")",
		    texts[i], fixture_audio(user, p.id, i).id, fixture_audio(user, other.id, i).id);
	}
	assert_string_equal(found(user, p.id, "KÄSE"), "1 3");
	moved(user, fixture_audio(user, p.id, 0).id, -1);
	assert_string_equal(found(user, p.id, "kase"), "2 6");
	assert_string_equal(found(user, p.id, "100"), "1 4");
	assert_string_equal(found(user, p.id, "0 %"), "1");
	assert_string_equal(found(user, p.id, "%"), "1");
	assert_string_equal(found(user, p.id, "_"), "2");
	assert_string_equal(found(user, p.id, "|"), "5");
	assert_string_equal(found(user, p.id, "🙂"), "5");
	assert_string_equal(found(user, p.id, "운수"), "3");
	assert_string_equal(found(user, p.id, "nothing"), "");
	assert_rc(
	    audio_find(api, pool, user, p.id, "a", &(struct page_wish){2, 1}, &page, v), RC_OK);
	assert_int_equal(page.total, 3);
	assert_int_equal(v[0].index, 5);
	assert_rc(audio_find(api, pool, fixture_user(), p.id, "a", PAGE_OF_TEN(1), &page, v),
	    RC_NOT_FOUND);
	assert_int_equal(page.pages, 0);
}

static void
all_failed_sentences_are_queued_again(void **state)
{
	uint64_t user = fixture_user(), queued, seq;
	struct project p = fixture_project(user, 1300), other = fixture_project(user, 3), after;

	fixture_run("UPDATE audio SET state = 'failed', error = 'x', attempts = 3 WHERE"
		    " project_id IN (%" PRIu64 ", %" PRIu64 ") AND id %% 13 <> 0",
	    p.id, other.id);
	fixture_run("UPDATE project p SET failed_count = (SELECT COUNT(*) FROM audio WHERE"
		    " project_id = p.id AND state = 'failed') WHERE user_id = %" PRIu64,
	    user);
	fixture_check();
	assert_rc(project_retry(api, pool, fixture_user(), p.id, &queued), RC_NOT_FOUND);
	assert_int_equal(queued, 0);
	assert_rc(project_retry(api, pool, user, p.id, &queued), RC_OK);
	assert_int_equal(queued, 1200);
	assert_rc(project_get(api, pool, user, p.id, &after), RC_OK);
	assert_int_equal(after.failed_count, 0);
	assert_rc(project_get(api, pool, user, other.id, &after), RC_OK);
	assert_true(after.failed_count > 0);
	fixture_check();
	/* In their order, each with a turn of its own, and nothing of the failure is left. */
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM (SELECT turn, LAG(turn) OVER (ORDER BY position)"
			   " AS before_it FROM audio WHERE project_id = %" PRIu64
			   " AND id %% 13 <> 0)"
			   " t WHERE turn <= before_it",
		p.id),
	    0);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM audio WHERE project_id = %" PRIu64
					" AND (state <> 'pending' OR attempts > 0 OR error <> '')",
			     p.id),
	    0);
	assert_int_equal(
	    fixture_number("SELECT CAST(SUM(JSON_VALUE(data, '$.queued')) AS UNSIGNED) FROM event"
			   " WHERE user_id = %" PRIu64 " AND project_id = %" PRIu64
			   " AND type = 'project.changed'"
			   " AND JSON_VALUE(data, '$.change') = 'retried'",
		user, p.id),
	    1200);
	seq = fixture_number("SELECT seq FROM user_seq WHERE user_id = %" PRIu64, user);
	assert_rc(project_retry(api, pool, user, p.id, &queued), RC_OK);
	assert_int_equal(queued, 0);
	assert_int_equal(
	    fixture_number("SELECT seq FROM user_seq WHERE user_id = %" PRIu64, user), seq);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sentence_is_moved_to_the_index_that_is_asked_for),
	    cmocka_unit_test(what_cannot_be_moved_is_left),
	    cmocka_unit_test_setup(
		a_move_writes_one_sentence_and_renders_none, fixture_empty_queue),
	    cmocka_unit_test(moves_keep_the_order_of_a_long_project),
	    cmocka_unit_test(sentences_are_found_by_their_text),
	    cmocka_unit_test(all_failed_sentences_are_queued_again),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
