#include "fixture.h"

#include <stdio.h>

#include "../../store/store.h"
#include "../../store/trash.h"

#define LIMIT 100000

static struct audio
insert(uint64_t user, uint64_t project, int64_t index, const char *text)
{
	struct audio a;
	uint64_t count;

	assert_rc(audio_insert(api, pool, user, project, index, text, strlen(text), 1, LIMIT, NULL,
		      &a, &count),
	    RC_OK);
	return a;
}

static void
a_sentence_goes_where_its_index_says(void **state)
{
	uint64_t user = fixture_user(), count;
	struct project p = fixture_project(user, 0), q;
	struct audio a;

	assert_int_equal(insert(user, p.id, -1, "d").index, 1);
	assert_int_equal(insert(user, p.id, 1, "a").index, 1);
	assert_int_equal(insert(user, p.id, 3, "e").index, 3);
	assert_int_equal(insert(user, p.id, 2, "b").index, 2);
	a = insert(user, p.id, 3, "c");
	assert_int_equal(a.index, 3);
	assert_int_equal(a.revision, 1);
	assert_int_equal(a.state, AUDIO_PENDING);
	assert_string_equal(a.text, "c");
	assert_string_equal(a.created_at.s, a.updated_at.s);
	assert_int_equal(insert(user, p.id, -1, "f").index, 6);
	assert_string_equal(fixture_texts(user, p.id), "a b c d e f");

	for (size_t i = 0; i < 4; i++) {
		static const int64_t wrong[] = {0, 8, -2, INT64_MAX};

		count = 0;
		assert_rc(audio_insert(
			      api, pool, user, p.id, wrong[i], "x", 1, 1, LIMIT, NULL, &a, &count),
		    RC_RANGE);
		assert_int_equal(count, 6);
	}
	assert_rc(
	    audio_insert(api, pool, user, p.id, -1, "x", 1, 1, 6, NULL, &a, &count), RC_LIMIT);
	assert_rc(project_get(api, pool, user, p.id, &q), RC_OK);
	assert_int_equal(q.sentence_count, 6);
	fixture_check();
}

static void
inserting_changes_when_the_project_was_changed(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 2), q;

	fixture_run("UPDATE project SET updated_at = '2020-01-01' WHERE id = %d", (int)p.id);
	insert(user, p.id, 1, "x");
	assert_rc(project_get(api, pool, user, p.id, &q), RC_OK);
	assert_true(strcmp(q.updated_at.s, "2020-01-01T00:00:00.000Z") > 0);
	assert_string_equal(q.created_at.s, p.created_at.s);
}

/* Insert N times at INDEX and check that each new sentence is where it was put. */
static void
fill(uint64_t user, uint64_t project, int64_t index, int n)
{
	char text[20];

	for (int i = 0; i < n; i++) {
		snprintf(text, sizeof text, "new %d", i);
		insert(user, project, index, text);
	}
	for (int i = 0; i < n; i += i % 97 == 0 ? 1 : 13) {
		snprintf(text, sizeof text, "new %d", n - 1 - i);
		assert_string_equal(
		    fixture_audio(user, project, (uint64_t)(index - 1 + i)).text, text);
	}
}

static void
the_gap_between_two_sentences_never_ends(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 3000);

	fill(user, p.id, 1500, 1200);
	assert_string_equal(fixture_audio(user, p.id, 1498).text, "Sentence 1499.");
	assert_string_equal(fixture_audio(user, p.id, 2699).text, "Sentence 1500.");
	assert_string_equal(fixture_audio(user, p.id, 4199).text, "Sentence 3000.");
	fixture_check();
}

static void
there_is_always_room_in_front(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 10);

	fill(user, p.id, 1, 1100);
	fixture_check();
}

/* Positions so close that whole stretches have no room: neighbours are respaced too. */
static void
a_crowded_project_is_respaced(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 4000);

	fixture_run("UPDATE audio SET position = -(position - (1 << 60)) / (1 << 40) - 5"
		    " WHERE project_id = %d",
	    (int)p.id);
	fixture_run("UPDATE audio SET position = -position WHERE project_id = %d", (int)p.id);
	fixture_run("UPDATE stretch SET first_position = (first_position - (1 << 60)) / (1 << 40)"
		    " + 5 WHERE project_id = %d AND first_position > 0",
	    (int)p.id);
	fixture_check();
	fill(user, p.id, 2000, 300);
	assert_string_equal(fixture_audio(user, p.id, 0).text, "Sentence 1.");
	assert_string_equal(fixture_audio(user, p.id, 1998).text, "Sentence 1999.");
	assert_string_equal(fixture_audio(user, p.id, 2299).text, "Sentence 2000.");
	fill(user, p.id, 1, 20);
	fixture_check();
}

static void
the_end_of_the_positions_is_not_the_end(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 100);

	fixture_run("UPDATE audio SET position = (1 << 62) - 2 WHERE project_id = %d"
		    " ORDER BY position DESC LIMIT 1",
	    (int)p.id);
	for (int i = 0; i < 100; i++)
		assert_int_equal(insert(user, p.id, -1, "x").index, 101 + i);
	assert_string_equal(fixture_audio(user, p.id, 99).text, "Sentence 100.");
	fixture_check();
}

static void
an_edit_makes_a_new_revision(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 20), q;
	struct audio a = fixture_audio(user, p.id, 11), b;

	fixture_run("UPDATE project SET updated_at = '2020-01-01' WHERE id = %d", (int)p.id);
	assert_rc(audio_edit(api, pool, user, a.id, "New.", 4, 0, NULL, &b), RC_OK);
	assert_int_equal(b.revision, 2);
	assert_int_equal(b.index, 12);
	assert_int_equal(b.speed, 1);
	assert_string_equal(b.text, "New.");
	assert_string_equal(b.created_at.s, a.created_at.s);
	assert_rc(audio_edit(api, pool, user, a.id, NULL, 0, 2, NULL, &b), RC_OK);
	assert_int_equal(b.revision, 3);
	assert_int_equal(b.speed, 2);
	assert_string_equal(b.text, "New.");
	assert_rc(audio_get(api, pool, user, a.id, &a), RC_OK);
	assert_int_equal(a.revision, 3);
	assert_int_equal(a.index, 12);
	assert_rc(project_get(api, pool, user, p.id, &q), RC_OK);
	assert_true(strcmp(q.updated_at.s, "2020-01-01T00:00:00.000Z") > 0);
}

static void
the_same_text_and_speed_change_nothing(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 2);
	struct audio a = fixture_audio(user, p.id, 1), b;

	fixture_run("UPDATE audio SET updated_at = '2020-01-01' WHERE id = %d", (int)a.id);
	assert_rc(audio_edit(api, pool, user, a.id, a.text, a.text_len, 1, NULL, &b), RC_OK);
	assert_int_equal(b.revision, 1);
	assert_string_equal(b.updated_at.s, "2020-01-01T00:00:00.000Z");
	assert_rc(audio_edit(api, pool, user, a.id, NULL, 0, 0, REVISION(1), &b), RC_OK);
	assert_int_equal(b.revision, 1);
	/* One code point or two is a difference, and so is a blank at the end. */
	assert_rc(audio_edit(api, pool, user, a.id, "\xc3\xa9", 2, 1, NULL, &b), RC_OK);
	assert_rc(audio_edit(api, pool, user, a.id, "e\xcc\x81", 3, 1, NULL, &b), RC_OK);
	assert_int_equal(b.revision, 3);
	assert_rc(audio_edit(api, pool, user, a.id, "e\xcc\x81 ", 4, 1, NULL, &b), RC_OK);
	assert_int_equal(b.revision, 4);
}

static void
an_edit_of_another_revision_is_refused(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 2);
	struct audio a = fixture_audio(user, p.id, 0), b;

	assert_rc(audio_edit(api, pool, user, a.id, "one", 3, 1, REVISION(1), &b), RC_OK);
	assert_rc(audio_edit(api, pool, user, a.id, "two", 3, 1, REVISION(1), &b), RC_STALE);
	assert_rc(audio_edit(api, pool, user, a.id, "one", 3, 1, REVISION(1), &b), RC_STALE);
	assert_string_equal(fixture_audio(user, p.id, 0).text, "one");
	assert_rc(audio_edit(api, pool, user, a.id, "two", 3, 1, REVISION(2), &b), RC_OK);
	assert_int_equal(b.revision, 3);
}

struct race {
	uint64_t user, id;
	int results[8];
};

static int
edit_first_revision(int number, void *arg)
{
	struct race *r = arg;
	struct audio a;
	char text[16];
	int len = snprintf(text, sizeof text, "%d", number);

	r->results[number] =
	    (int)audio_edit(api, pool, r->user, r->id, text, (size_t)len, 1, REVISION(1), &a);
	return 0;
}

static void
of_edits_of_one_revision_at_once_one_wins(void **state)
{
	struct race *r = fixture_shared(sizeof *r);
	uint64_t user = r->user = fixture_user();
	struct project p = fixture_project(user, 2);
	int won = 0;
	char text[16] = "";

	r->id = fixture_audio(user, p.id, 0).id;
	fixture_together(8, edit_first_revision, r);
	for (int i = 0; i < 8; i++) {
		assert_true(r->results[i] == RC_OK || r->results[i] == RC_STALE);
		if (r->results[i] == RC_OK && ++won)
			snprintf(text, sizeof text, "%d", i);
	}
	assert_int_equal(won, 1);
	assert_string_equal(fixture_audio(user, p.id, 0).text, text);
	assert_int_equal(fixture_audio(user, p.id, 0).revision, 2);
	fixture_check();
}

static int
insert_and_delete(int number, void *arg)
{
	struct race *r = arg;
	uint64_t count;
	struct audio a;

	for (int i = 0; i < 40; i++) {
		if (audio_insert(api, pool, r->user, r->id, 1 + (i * 7 + number) % 5, "new", 3, 1,
			LIMIT, NULL, &a, &count) != RC_OK)
			return 1;
		if (i % 2 == 0 && audio_delete(api, r->user, a.id, NULL) != RC_OK)
			return 2;
	}
	return 0;
}

static void
inserts_and_deletes_at_once_keep_order_and_counts(void **state)
{
	struct race *r = fixture_shared(sizeof *r);
	struct project p;

	r->user = fixture_user();
	p = fixture_project(r->user, 10);
	r->id = p.id;
	fixture_together(6, insert_and_delete, r);
	assert_rc(project_get(api, pool, r->user, p.id, &p), RC_OK);
	assert_int_equal(p.sentence_count, 10 + 6 * 20);
	fixture_texts(r->user, p.id);
	fixture_check();
}

static void
deleting_closes_the_gap(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 0), q;
	static const char *const letters[] = {"a", "b", "c", "d", "e"};
	uint64_t ids[5];
	struct audio a;
	struct trash t[10];
	size_t n;

	for (int i = 0; i < 5; i++)
		ids[i] = insert(user, p.id, -1, letters[i]).id;
	fixture_run("DELETE FROM trash");
	assert_rc(audio_delete(api, user, ids[1], NULL), RC_OK);
	assert_rc(audio_delete(api, user, ids[1], NULL), RC_NOT_FOUND);
	assert_rc(audio_get(api, pool, user, ids[1], &a), RC_NOT_FOUND);
	assert_string_equal(fixture_texts(user, p.id), "a c d e");
	assert_rc(audio_get(api, pool, user, ids[4], &a), RC_OK);
	assert_int_equal(a.index, 4);

	assert_rc(trash_list(worker, pool, 10, t, &n), RC_OK);
	assert_int_equal(n, 0); /* at rest */
	fixture_run(
	    "UPDATE trash SET created_at = created_at - INTERVAL %d SECOND", TRASH_REST_SEC);
	assert_rc(trash_list(worker, pool, 10, t, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(t[0].project, p.id);
	assert_int_equal(t[0].audio, ids[1]);
	assert_string_equal(t[0].path, "");
	assert_true(t[0].bury);

	for (int i = 0; i < 5; i++)
		if (i != 1)
			assert_rc(audio_delete(api, user, ids[i], NULL), RC_OK);
	assert_rc(project_get(api, pool, user, p.id, &q), RC_OK);
	assert_int_equal(q.sentence_count, 0);
	insert(user, p.id, 1, "z");
	assert_string_equal(fixture_texts(user, p.id), "z");
	fixture_check();
}

static void
deleting_whole_stretches_keeps_the_rest_in_place(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1600);

	for (int i = 0; i < 1100; i++)
		assert_rc(audio_delete(api, user, fixture_audio(user, p.id, 400).id, NULL), RC_OK);
	for (int i = 0; i < 399; i++)
		assert_rc(audio_delete(api, user, fixture_audio(user, p.id, 0).id, NULL), RC_OK);
	assert_string_equal(fixture_audio(user, p.id, 0).text, "Sentence 400.");
	assert_string_equal(fixture_audio(user, p.id, 1).text, "Sentence 1501.");
	assert_string_equal(fixture_audio(user, p.id, 100).text, "Sentence 1600.");
	assert_in_range(
	    fixture_number("SELECT COUNT(*) FROM stretch WHERE project_id = %d", (int)p.id), 1, 3);
	fixture_check();
}

static void
nobody_touches_the_sentences_of_another(void **state)
{
	uint64_t user = fixture_user(), other = fixture_user(), count;
	struct project p = fixture_project(user, 3);
	struct audio a = fixture_audio(user, p.id, 1), b;

	assert_rc(audio_get(api, pool, other, a.id, &b), RC_NOT_FOUND);
	assert_rc(audio_edit(api, pool, other, a.id, "x", 1, 1, NULL, &b), RC_NOT_FOUND);
	assert_rc(audio_retry(api, pool, other, a.id, NULL, &b), RC_NOT_FOUND);
	assert_rc(audio_delete(api, other, a.id, NULL), RC_NOT_FOUND);
	assert_rc(audio_insert(api, pool, other, p.id, 1, "x", 1, 1, LIMIT, NULL, &b, &count),
	    RC_NOT_FOUND);
	assert_string_equal(fixture_texts(user, p.id), "Sentence 1. Sentence 2. Sentence 3.");
	fixture_check();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sentence_goes_where_its_index_says),
	    cmocka_unit_test(inserting_changes_when_the_project_was_changed),
	    cmocka_unit_test(the_gap_between_two_sentences_never_ends),
	    cmocka_unit_test(there_is_always_room_in_front),
	    cmocka_unit_test(a_crowded_project_is_respaced),
	    cmocka_unit_test(the_end_of_the_positions_is_not_the_end),
	    cmocka_unit_test(an_edit_makes_a_new_revision),
	    cmocka_unit_test(the_same_text_and_speed_change_nothing),
	    cmocka_unit_test(an_edit_of_another_revision_is_refused),
	    cmocka_unit_test(of_edits_of_one_revision_at_once_one_wins),
	    cmocka_unit_test(inserts_and_deletes_at_once_keep_order_and_counts),
	    cmocka_unit_test(deleting_closes_the_gap),
	    cmocka_unit_test(deleting_whole_stretches_keeps_the_rest_in_place),
	    cmocka_unit_test(nobody_touches_the_sentences_of_another),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
