#include "working.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "../../store/admin.h"

/* What a project that is deleted is to everybody else: nothing, from then on. */

static uint64_t
count(const char *table, uint64_t project)
{
	return fixture_number(
	    "SELECT COUNT(*) FROM %s WHERE project_id = %" PRIu64, table, project);
}

/* ---------------------------------------------------------------- what others see */

static void
nobody_finds_a_deleted_project_nor_anything_in_it(void **state)
{
	uint64_t user = fixture_user(), n;
	struct lexicon_swept swept;
	struct lexicon_entry entry = {
	    .match = LEXICON_WORD, .language = "", .from = "Nothing", .to = "None"};
	struct login login = {.user = user};
	struct project p = fixture_project(user, 12), out;
	struct audio a = fixture_audio(user, p.id, 3), v[PAGE_SIZE];
	struct project list[PAGE_SIZE];
	struct lexicon_item item, items[PAGE_SIZE];
	struct timing timing;
	struct page page;

	entry.project = p.id;
	assert_rc(
	    lexicon_put(api, fixture_conf(NULL, 10), pool, user, &entry, &item, &swept), RC_OK);
	assert_rc(project_delete(api, user, p.id), RC_OK);
	assert_int_equal(count("audio", p.id), 12);

	assert_rc(project_get(api, pool, user, p.id, &out), RC_NOT_FOUND);
	assert_rc(project_delete(api, user, p.id), RC_NOT_FOUND);
	assert_rc(
	    project_list(api, pool, user, &(struct project_filter){0}, PAGE_OF_TEN(1), &page, list),
	    RC_OK);
	assert_int_equal(page.total + page.n, 0);
	assert_rc(audio_get(api, pool, user, a.id, &a), RC_NOT_FOUND);
	assert_rc(audio_page(api, pool, &login, p.id, PAGE_OF_TEN(1), &page, v), RC_NOT_FOUND);
	assert_rc(timing_get(api, pool, user, a.id, &timing), RC_NOT_FOUND);
	assert_rc(audio_edit(api, pool, user, a.id, "x", 1, 1, NULL, &a), RC_NOT_FOUND);
	assert_rc(audio_retry(api, pool, user, a.id, NULL, &a), RC_NOT_FOUND);
	assert_rc(audio_delete(api, user, a.id, NULL), RC_NOT_FOUND);
	assert_rc(
	    audio_insert(api, pool, user, p.id, 1, "x", 1, 1, 1000, NULL, &a, &n), RC_NOT_FOUND);
	assert_rc(lexicon_list(api, pool, user, 0, PAGE_OF_TEN(1), &page, items), RC_OK);
	assert_int_equal(page.total + page.n, 0);
	assert_rc(lexicon_list(api, pool, user, p.id, PAGE_OF_TEN(1), &page, items), RC_NOT_FOUND);
	assert_rc(lexicon_get(api, pool, user, item.entry.id, &item), RC_NOT_FOUND);
	assert_rc(lexicon_put(api, fixture_conf(NULL, 10), pool, user, &entry, &item, &swept),
	    RC_NOT_FOUND);
	assert_rc(lexicon_delete(api, fixture_conf(NULL, 10), pool, user, item.entry.id, &swept),
	    RC_NOT_FOUND);
	fixture_check();
}

static void
an_operator_does_not_find_it_either(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user(), ids[ADMIN_MAX], queued;
	struct project p = fixture_project(user, 3), kept = fixture_project(user, 2);
	struct admin_sound sounds[ADMIN_MAX];
	struct admin_project project, projects[ADMIN_MAX];
	struct admin_dead dead = {.id = p.id};
	struct admin_content content;
	struct queue_numbers numbers;
	struct claim v[3];
	struct result r[2];
	int64_t cursor = -1;
	size_t n;

	assert_int_equal(fixture_claim(&who, 3, v), 3);
	r[0] = fixture_result(&who, &v[0], OUTCOME_READY);
	r[1] = fixture_result(&who, &v[1], OUTCOME_FAILED);
	assert_rc(queue_finish(renderer, r, 2), RC_OK);
	assert_rc(project_delete(api, user, p.id), RC_OK);

	assert_rc(admin_find(admin, pool, &v[0].id, 1, sounds, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_rc(admin_sounds(admin, pool, 0, -1, sounds, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_rc(admin_sounds(admin, pool, p.id, -1, sounds, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_rc(admin_dead(admin, true, &dead, 1), RC_OK);
	assert_false(dead.living);
	assert_rc(admin_retry(admin, v[1].id), RC_NOT_FOUND);
	assert_rc(admin_project(admin, p.id), RC_NOT_FOUND);
	assert_rc(admin_retry_project(admin, p.id, &cursor, &n, &queued), RC_NOT_FOUND);
	assert_rc(admin_failed_projects(admin, 0, ids, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_rc(admin_project_find(admin, pool, p.id, &project), RC_NOT_FOUND);
	assert_rc(admin_projects(admin, pool, user, 0, projects, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(projects[0].project.id, kept.id);
	assert_rc(admin_content(admin, &content), RC_OK);
	assert_int_equal(content.projects, 1);
	assert_int_equal(content.sentences, 2);
	assert_rc(queue_numbers(api, &numbers), RC_OK);
	assert_int_equal(numbers.pending, 2);
	assert_int_equal(numbers.claimed + numbers.ready + numbers.failed, 0);
}

/* ---------------------------------------------------------------- the renderer */

static void
a_deleted_sentence_is_never_claimed(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 30), q = fixture_project(user, 2);
	struct queue_numbers numbers;
	struct claim v[8];

	assert_rc(project_delete(api, user, p.id), RC_OK);
	/* In the way are more than one claim looks at. */
	assert_int_equal(fixture_claim(&who, 8, v), 2);
	assert_int_equal(v[0].project, q.id);
	assert_int_equal(v[1].project, q.id);
	assert_false(who.more);
	assert_int_equal(fixture_claim(&who, 8, v), 0);
	assert_false(who.more);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM audio WHERE state = 'deleted'"), 30);
	assert_rc(queue_numbers(api, &numbers), RC_OK);
	assert_int_equal(numbers.pending, 0);
	assert_int_equal(numbers.claimed, 2);
	working_drain();
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM audio"), 2);
	fixture_check();
}

/* Living sentences are rendered in between, whatever there is of deleted ones. */
static void
deleted_sentences_do_not_hold_up_others(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user(), other = fixture_user();
	struct project p = fixture_project(user, 5000), q = fixture_project(other, 3);
	struct claim v[4];
	size_t claimed = 0;

	assert_rc(project_delete(api, user, p.id), RC_OK);
	for (int i = 0; i < 50 && claimed < 3; i++) {
		size_t n = fixture_claim(&who, 4, v);

		assert_true(n > 0 || who.more);
		for (size_t j = 0; j < n; j++)
			assert_int_equal(v[j].project, q.id);
		claimed += n;
	}
	assert_int_equal(claimed, 3);
}

static void
a_result_for_a_deleted_project_is_stale(void **state)
{
	static const enum outcome outcomes[] = {
	    OUTCOME_READY, OUTCOME_RETRY, OUTCOME_FAILED, OUTCOME_RELEASE};
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user(), before;
	struct project p = fixture_project(user, 4), q = fixture_project(user, 1);
	struct claim v[5];
	struct result r[5];

	assert_int_equal(fixture_claim(&who, 5, v), 5);
	for (size_t i = 0; i < 4; i++)
		r[i] = fixture_result(&who, &v[i], outcomes[i]);
	r[4] = fixture_result(&who, &v[4], OUTCOME_READY);
	assert_rc(project_delete(api, user, p.id), RC_OK);
	before = fixture_number("SELECT COUNT(*) FROM trash");
	assert_rc(queue_finish(renderer, r, 5), RC_OK);
	for (size_t i = 0; i < 4; i++) {
		assert_true(r[i].stale);
		assert_true(r[i].unwanted);
	}
	assert_false(r[4].stale);
	assert_int_equal(fixture_sentence(user, v[4].id).state, AUDIO_READY);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM audio WHERE project_id = %d"
					" AND state = 'claimed'",
			     (int)p.id),
	    4);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM trash"), before);
	assert_rc(project_get(api, pool, user, q.id, &q), RC_OK);
	assert_int_equal(q.ready_count, 1);
	fixture_check();
}

/* ---------------------------------------------------------------- all at once */

enum { DELETERS = 2, RENDERERS = 2, EDITORS = 3 };

struct race {
	uint64_t user, project, kept, ids[EDITORS];
	int deleted; /* set when DELETE was answered */
};

static int
delete_in_race(const struct race *r)
{
	struct claimant who = {.host = "work", .run_id = 1, .lease_sec = 60};
	enum work_step step;

	for (int idle = 0; idle < 40;) {
		struct work_claim c;
		size_t n;

		if (work_queue_claim(worker, pool, &who, 1, &c, &n) != RC_OK)
			return 1;
		if (n == 0) {
			idle++;
			usleep(50000);
			continue;
		}
		if (work_queue_begin(worker, &who, &c) != RC_OK)
			return 2;
		do {
			if (work_step_project_delete(worker, &c, &step) != RC_OK)
				return 3;
		} while (step == WORK_STEP_MORE);
		struct work_result result = {
		    .id = c.id, .outcome = WORK_OUTCOME_DONE, .error_class = "", .error = ""};

		memcpy(result.token, c.token, sizeof result.token);
		if (work_queue_finish(worker, &result, 1) != RC_OK || result.stale)
			return 4;
	}
	return 0;
}

static int
render_in_race(int number, const struct race *r)
{
	struct claimant who = {.host = pool_printf(pool, "render%d", number),
	    .run_id = 1,
	    .lease_sec = 60,
	    .sound_ms_max = UINT64_MAX};
	struct claim v[16];
	struct result results[16];
	size_t n;

	for (int idle = 0; idle < 20;) {
		bool gone = __atomic_load_n(&r->deleted, __ATOMIC_SEQ_CST) != 0;

		if (queue_claim(renderer, pool, &who, 16, v, &n) != RC_OK)
			return 10;
		for (size_t i = 0; i < n; i++) {
			if (gone && v[i].project == r->project)
				return 11;
			results[i] = fixture_result(&who, &v[i], OUTCOME_READY);
		}
		if (queue_finish(renderer, results, n) != RC_OK)
			return 12;
		for (size_t i = 0; i < n; i++)
			if ((gone || v[i].project == r->kept) && results[i].stale)
				return 13;
		idle = n == 0 ? idle + 1 : 0;
		if (n == 0)
			usleep(20000);
	}
	return 0;
}

static int
edit_in_race(int number, const struct race *r)
{
	for (int i = 0;; i++) {
		char text[20];
		int len = snprintf(text, sizeof text, "edit %d", i);
		bool gone = __atomic_load_n(&r->deleted, __ATOMIC_SEQ_CST) != 0;
		uint64_t id = r->ids[number], n;
		struct audio a;
		enum rc edit = audio_edit(api, pool, r->user, id, text, (size_t)len, 1, NULL, &a),
			insert = audio_insert(api, pool, r->user, r->project, 1, text, (size_t)len,
			    1, 100000, NULL, &a, &n);

		if (gone)
			return edit == RC_NOT_FOUND && insert == RC_NOT_FOUND ? 0 : 20;
		if ((edit != RC_OK && edit != RC_NOT_FOUND) ||
		    (insert != RC_OK && insert != RC_NOT_FOUND) ||
		    (edit == RC_NOT_FOUND && insert == RC_OK))
			return 21;
	}
}

static int
race(int number, void *arg)
{
	struct race *r = arg;

	if (number < DELETERS)
		return delete_in_race(r);
	if (number < DELETERS + RENDERERS)
		return render_in_race(number, r);
	if (number < DELETERS + RENDERERS + EDITORS)
		return edit_in_race(number - DELETERS - RENDERERS, r);
	usleep(500000);
	if (project_delete(api, r->user, r->project) != RC_OK)
		return 30;
	__atomic_store_n(&r->deleted, 1, __ATOMIC_SEQ_CST);
	return 0;
}

static void
deletion_races_with_everything_else(void **state)
{
	struct race *r = fixture_shared(sizeof *r);

	r->user = fixture_user();
	r->project = fixture_project(r->user, 4000).id;
	r->kept = fixture_project(fixture_user(), 200).id;
	for (uint64_t i = 0; i < EDITORS; i++)
		r->ids[i] = fixture_audio(r->user, r->project, 10 + i).id;
	fixture_together(DELETERS + RENDERERS + EDITORS + 1, race, r);
	assert_int_equal(count("audio", r->project), 0);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM project"), 1);
	assert_int_equal(fixture_number("SELECT ready_count FROM project"), 200);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM work WHERE state <> 'done'"), 0);
	fixture_check();
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup(test, fixture_empty_queue)
	const struct CMUnitTest tests[] = {
	    TEST(nobody_finds_a_deleted_project_nor_anything_in_it),
	    TEST(an_operator_does_not_find_it_either),
	    TEST(a_deleted_sentence_is_never_claimed),
	    TEST(deleted_sentences_do_not_hold_up_others),
	    TEST(a_result_for_a_deleted_project_is_stale),
	    TEST(deletion_races_with_everything_else),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
