#include "working.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../../store/store.h"

/* Only the settings that the store uses. */
static struct conf terms = {.speech = {.language = "en"},
    .limits = {.lexicon_entries = 5},
    .scheduler = {.host = "here"},
    .work = {.lease_sec = 60}};

static int
with_an_empty_queue(void **state)
{
	fixture_clear();
	terms.limits.lexicon_entries = 5;
	return 0;
}

static struct project
project_of(uint64_t user, const char *language, size_t n, const char *const *texts)
{
	struct slice *v = pool_array(pool, n, sizeof *v);
	struct project_new in = {
	    .title = "t", .language = language, .voice = "", .speed = 1, .sentences = v, .n = n};
	struct project p;

	for (size_t i = 0; i < n; i++)
		v[i] = (struct slice){texts[i], strlen(texts[i])};
	assert_rc(project_create(api, pool, user, &in, 100, NULL, &p), RC_OK);
	return p;
}

static const char *const zoo[] = {"A cat sat.", "A dog sat.", "Cats sat.", "The CAT and the dog."};

static uint64_t
put(uint64_t user, struct lexicon_entry entry, struct lexicon_item *item)
{
	struct lexicon_item made;
	struct lexicon_swept swept;
	uint64_t before;

	assert_rc(lexicon_put_preview(api, &terms, pool, user, &entry, &before), RC_OK);
	assert_rc(lexicon_put(api, &terms, pool, user, &entry, &made, &swept), RC_OK);
	assert_int_equal(before, swept.queued);
	assert_false(swept.unfinished);
	if (item != NULL)
		*item = made;
	assert_string_equal(made.entry.from, entry.from);
	assert_string_equal(made.entry.to, entry.to);
	assert_int_equal(made.entry.project, entry.project);
	assert_int_equal(made.entry.match, entry.match);
	fixture_check();
	return swept.queued;
}

static uint64_t
drop(uint64_t user, uint64_t id)
{
	struct lexicon_swept swept;
	uint64_t before;

	assert_rc(lexicon_delete_preview(api, &terms, pool, user, id, &before), RC_OK);
	assert_rc(lexicon_delete(api, &terms, pool, user, id, &swept), RC_OK);
	assert_int_equal(before, swept.queued);
	assert_false(swept.unfinished);
	fixture_check();
	return swept.queued;
}

/* The revisions of a project's sentences, in order. */
static const char *
revisions(const struct project *p)
{
	struct rows rows = fixture_rows(
	    "SELECT GROUP_CONCAT(revision ORDER BY position) FROM audio WHERE project_id = %llu",
	    (unsigned long long)p->id);

	return db_row(&rows, 0)[0].s;
}

/* Claim and publish everything. */
static size_t
render_all(void)
{
	struct claimant who = fixture_claimant("here", 60);
	struct claim v[64];
	size_t n = fixture_claim(&who, 64, v);

	for (size_t i = 0; i < n; i++) {
		struct result r = fixture_result(&who, &v[i], OUTCOME_READY);

		assert_rc(queue_finish(renderer, &r, 1), RC_OK);
		assert_false(r.stale);
	}
	return n;
}

static void
an_entry_queues_the_sentences_it_touches(void **state)
{
	uint64_t user = fixture_user(), other = fixture_user();
	struct project p = project_of(user, "en", 4, zoo), q = project_of(other, "en", 4, zoo);
	struct lexicon_item item;
	struct project now;

	assert_int_equal(render_all(), 8);
	assert_int_equal(
	    put(user,
		(struct lexicon_entry){
		    .match = LEXICON_WORD, .language = "", .from = "cat", .to = "lion"},
		&item),
	    2);
	assert_string_equal(revisions(&p), "2,1,1,2");
	assert_string_equal(revisions(&q), "1,1,1,1");
	assert_rc(project_get(api, pool, user, p.id, &now), RC_OK);
	assert_int_equal(now.ready_count, 2);
	assert_int_equal(fixture_audio(user, p.id, 0).state, AUDIO_PENDING);
	assert_string_equal(fixture_audio(user, p.id, 0).text, "A cat sat.");
	assert_int_equal(render_all(), 2);
	/* The same again changes nothing. */
	assert_int_equal(put(user, item.entry, NULL), 0);
	assert_string_equal(revisions(&p), "2,1,1,2");
	assert_int_equal(drop(user, item.entry.id), 2);
	assert_string_equal(revisions(&p), "3,1,1,3");
	assert_rc(lexicon_get(api, pool, user, item.entry.id, &item), RC_NOT_FOUND);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM lexicon WHERE user_id = %llu",
			     (unsigned long long)user),
	    0);
}

static void
what_matches_the_same_is_replaced(void **state)
{
	uint64_t user = fixture_user();
	struct project p = project_of(user, "en", 4, zoo);
	struct lexicon_item first, second;

	put(user, (struct lexicon_entry){.language = "en", .from = "cat", .to = "lion"}, &first);
	assert_int_equal(
	    put(user, (struct lexicon_entry){.language = "EN", .from = "Cat", .to = "tiger"},
		&second),
	    2);
	assert_int_equal(first.entry.id, second.entry.id);
	assert_string_equal(revisions(&p), "3,1,1,3");
	put(user,
	    (struct lexicon_entry){
		.match = LEXICON_EXACT, .language = "en", .from = "cat", .to = "puma"},
	    &second);
	assert_int_not_equal(first.entry.id, second.entry.id);
}

static void
a_project_has_entries_of_its_own(void **state)
{
	uint64_t user = fixture_user(), other = fixture_user();
	struct project p = project_of(user, "en", 4, zoo), q = project_of(user, "fr", 4, zoo);
	struct lexicon_entry entry = {.project = p.id, .language = "", .from = "dog", .to = "wolf"};
	struct lexicon_item v[PAGE_SIZE], item;
	struct page page;
	struct lexicon_swept swept;
	uint64_t queued;

	assert_int_equal(put(user, entry, NULL), 2);
	assert_string_equal(revisions(&p), "1,2,1,2");
	assert_string_equal(revisions(&q), "1,1,1,1");
	/* The user's entry is not applied where the project has one. */
	entry.project = 0;
	assert_int_equal(put(user, entry, &item), 2);
	assert_string_equal(revisions(&p), "1,2,1,2");
	assert_string_equal(revisions(&q), "1,2,1,2");
	/* One for another language is not applied at all. */
	entry.language = "de";
	assert_int_equal(put(user, entry, NULL), 0);
	entry.language = "fr";
	assert_int_equal(put(user, entry, NULL), 2); /* before one for all languages */
	assert_rc(lexicon_list(api, pool, user, 0, PAGE_OF_TEN(1), &page, v), RC_OK);
	assert_int_equal(page.total, 4);
	assert_int_equal(page.n, 4);
	assert_string_equal(v[0].entry.language, "fr");
	assert_rc(lexicon_list(api, pool, user, p.id, PAGE_OF_TEN(1), &page, v), RC_OK);
	assert_int_equal(page.total, 1);
	assert_rc(lexicon_list(api, pool, user, 0, PAGE_OF_TEN(2), &page, v), RC_NOT_FOUND);
	assert_int_equal(page.pages, 1);
	assert_rc(lexicon_list(api, pool, other, p.id, PAGE_OF_TEN(1), &page, v), RC_NOT_FOUND);
	assert_int_equal(page.pages, 0);
	entry.project = p.id;
	assert_rc(lexicon_put(api, &terms, pool, other, &entry, &item, &swept), RC_NOT_FOUND);
	assert_rc(lexicon_put_preview(api, &terms, pool, other, &entry, &queued), RC_NOT_FOUND);
	assert_rc(lexicon_get(api, pool, other, v[0].entry.id, &item), RC_NOT_FOUND);
	assert_rc(lexicon_delete(api, &terms, pool, other, v[0].entry.id, &swept), RC_NOT_FOUND);
	assert_rc(project_delete(api, user, p.id), RC_OK);
	assert_rc(lexicon_list(api, pool, user, 0, PAGE_OF_TEN(1), &page, v), RC_OK);
	assert_int_equal(page.total, 3);
}

static void
there_are_no_more_entries_than_allowed(void **state)
{
	uint64_t user = fixture_user(), queued;
	struct lexicon_swept swept;
	struct lexicon_entry entry = {.language = "", .to = "x"};
	struct lexicon_item item;

	for (int i = 0; i < 5; i++) {
		entry.from = pool_printf(pool, "word%d", i);
		put(user, entry, &item);
	}
	entry.from = "another";
	assert_rc(lexicon_put(api, &terms, pool, user, &entry, &item, &swept), RC_LIMIT);
	assert_rc(lexicon_put_preview(api, &terms, pool, user, &entry, &queued), RC_LIMIT);
	entry.from = "word3";
	entry.to = "y";
	put(user, entry, &item);
	drop(user, item.entry.id);
	entry.from = "another";
	put(user, entry, &item);
}

static void
claims_come_with_the_entries_that_hold(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user(), other = fixture_user();
	struct project p = project_of(user, "en", 1, zoo);
	struct claim v[8];
	size_t n, length;

	project_of(other, "en", 1, zoo);
	put(user, (struct lexicon_entry){.language = "", .from = "cat", .to = "lion"}, NULL);
	put(user,
	    (struct lexicon_entry){.project = p.id, .language = "", .from = "cat", .to = "elk"},
	    NULL);
	n = fixture_claim(&who, 8, v);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++) {
		if (v[i].user == other) {
			assert_null(v[i].lexicon);
			continue;
		}
		const struct lexicon_entry *e =
		    lexicon_at(v[i].lexicon, zoo[0], 10, 2, "en", &length);

		assert_non_null(e);
		assert_string_equal(e->to, "elk");
		assert_int_equal(length, 3);
	}
}

/* A render that began before the change cannot publish its result. */
static void
a_render_under_way_is_stale(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	uint64_t user = fixture_user();
	struct project p = project_of(user, "en", 4, zoo);
	struct claim v[4];

	assert_int_equal(fixture_claim(&who, 4, v), 4);
	assert_int_equal(
	    put(user, (struct lexicon_entry){.language = "", .from = "cat", .to = "lion"}, NULL),
	    2);
	for (size_t i = 0; i < 4; i++) {
		struct result r = fixture_result(&who, &v[i], OUTCOME_READY);

		assert_rc(queue_finish(renderer, &r, 1), RC_OK);
		assert_int_equal(r.stale, i == 0 || i == 3);
	}
	assert_string_equal(revisions(&p), "2,1,1,2");
	fixture_check();
}

/* A sentence that is waiting already keeps its place; the others are queued in reading order, as
 * bulk. */
static void
what_is_queued_is_queued_as_bulk(void **state)
{
	uint64_t user = fixture_user();
	struct project p = project_of(user, "en", 4, zoo);
	uint64_t turn;

	render_all();
	fixture_run(
	    "UPDATE audio SET state = 'pending', audio_revision = 0, path = NULL, sha256 = NULL,"
	    " duration_ms = NULL, size_bytes = NULL, turn = 77 WHERE project_id = %llu"
	    " AND text = 'A cat sat.'",
	    (unsigned long long)p.id);
	fixture_run("UPDATE project SET ready_count = ready_count - 1, duration_ms = (SELECT"
		    " SUM(duration_ms) FROM audio WHERE project_id = %llu AND state = 'ready')"
		    " WHERE id = %llu",
	    (unsigned long long)p.id, (unsigned long long)p.id);
	turn =
	    fixture_number("SELECT bulk_turn FROM user WHERE id = %llu", (unsigned long long)user);
	assert_int_equal(
	    put(user,
		(struct lexicon_entry){
		    .match = LEXICON_EXACT, .language = "", .from = "sat", .to = "stood"},
		NULL),
	    3);
	struct rows rows = fixture_rows("SELECT turn FROM audio WHERE project_id = %llu"
					" AND state = 'pending' ORDER BY position",
	    (unsigned long long)p.id);
	assert_int_equal(rows.n, 3);
	assert_int_equal(db_row(&rows, 0)->number, 77);
	/* Each of the other two has half of the cost of both. */
	assert_true(db_row(&rows, 1)->number >= turn);
	assert_true(db_row(&rows, 2)->number > db_row(&rows, 1)->number);
	assert_int_equal(
	    fixture_number("SELECT bulk_turn FROM user WHERE id = %llu", (unsigned long long)user),
	    2 * db_row(&rows, 2)->number - db_row(&rows, 1)->number);
}

enum { RACES = 40 };

/* One process changes the dictionary, one edits, two render; each sound must be that of the last
 * change. */
static int
race(int number, void *arg)
{
	const uint64_t *ids = arg; /* user, sentence */
	struct pool *own = pool_new();
	enum rc rc = RC_OK;

	for (int i = 0; i < RACES && rc == RC_OK; i++) {
		struct lexicon_entry entry = {
		    .language = "", .from = "cat", .to = pool_printf(own, "%d", i)};
		struct claimant who = fixture_claimant(number == 2 ? "two" : "three", 60);
		struct lexicon_item item;
		struct audio audio;
		struct claim v[4];
		struct lexicon_swept swept;
		size_t n = 0;

		if (number == 0)
			rc = lexicon_put(api, &terms, own, ids[0], &entry, &item, &swept);
		else if (number == 1)
			rc = audio_edit(api, own, ids[0], ids[1], i % 2 ? "A cat." : "A hat.", 6, 0,
			    NULL, &audio);
		else
			rc = queue_claim(renderer, own, &who, 4, v, &n);
		for (size_t k = 0; k < n && rc == RC_OK; k++) {
			struct result r = fixture_result(&who, &v[k], OUTCOME_READY);
			size_t length;
			const struct lexicon_entry *e = v[k].lexicon == NULL
							    ? NULL
							    : lexicon_at(v[k].lexicon, v[k].text,
								  v[k].text_len, 2, "en", &length);

			/* Record what was spoken where the test can read it: in the size. */
			r.size_bytes = e == NULL ? 1000 : 2000 + (uint64_t)atoi(e->to);
			rc = queue_finish(renderer, &r, 1);
		}
	}
	pool_free(own);
	return rc != RC_OK;
}

static void
no_sound_of_an_older_entry_stays(void **state)
{
	uint64_t user = fixture_user(), wrong;
	struct project p = project_of(user, "en", 4, zoo);
	uint64_t ids[2] = {user, fixture_audio(user, p.id, 1).id};

	fixture_together(4, race, ids);
	wrong = fixture_number("SELECT COUNT(*) FROM audio WHERE project_id = %llu AND state = "
			       "'ready' AND size_bytes <>"
			       " IF(text LIKE '%%A cat%%', %d, 1000)",
	    (unsigned long long)p.id, 2000 + RACES - 1);
	assert_int_equal(wrong, 0);
	fixture_check();
}

/* Many pages of sentences, of which every other one is affected. */
static void
many_sentences_are_queued(void **state)
{
	enum { N = 20000 };
	uint64_t user = fixture_user();
	const char **texts = malloc(N * sizeof *texts);
	struct timespec from, to;

	for (size_t i = 0; i < N; i++)
		texts[i] = i % 2 ? "The cat sat on the mat." : "Nothing of that kind was here.";
	project_of(user, "en", N, texts);
	free(texts);
	clock_gettime(CLOCK_MONOTONIC, &from);
	struct lexicon_entry entry = {.language = "", .from = "cat", .to = "lion"};
	struct lexicon_item item;
	struct lexicon_swept swept;
	assert_rc(lexicon_put(api, &terms, pool, user, &entry, &item, &swept), RC_OK);
	working_drain(); /* on a slow machine the request does not get to the end of it */
	clock_gettime(CLOCK_MONOTONIC, &to);
	if (!swept.unfinished)
		assert_int_equal(swept.queued, N / 2);
	assert_int_equal(fixture_number("SELECT changed FROM work"), N / 2);
	print_message("%d of %d sentences queued in %.1f s\n", N / 2, N,
	    (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM audio WHERE user_id = %llu AND"
					" revision = 2",
			     (unsigned long long)user),
	    N / 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(an_entry_queues_the_sentences_it_touches, with_an_empty_queue),
	    cmocka_unit_test_setup(what_matches_the_same_is_replaced, with_an_empty_queue),
	    cmocka_unit_test_setup(a_project_has_entries_of_its_own, with_an_empty_queue),
	    cmocka_unit_test_setup(there_are_no_more_entries_than_allowed, with_an_empty_queue),
	    cmocka_unit_test_setup(claims_come_with_the_entries_that_hold, with_an_empty_queue),
	    cmocka_unit_test_setup(a_render_under_way_is_stale, with_an_empty_queue),
	    cmocka_unit_test_setup(what_is_queued_is_queued_as_bulk, with_an_empty_queue),
	    cmocka_unit_test_setup(no_sound_of_an_older_entry_stays, with_an_empty_queue),
	    cmocka_unit_test_setup(many_sentences_are_queued, with_an_empty_queue),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
