#include "fixture.h"

#include <stdio.h>

#include "../../store/store.h"
#include "../../store/trash.h"
#include "working.h"

static void
sentences_stand_in_reading_order(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1234), again;
	struct page page;
	struct audio v[PAGE_SIZE];
	char expected[40];

	assert_int_equal(p.sentence_count, 1234);
	assert_int_equal(p.ready_count + p.failed_count + p.duration_ms, 0);
	assert_rc(project_get(api, pool, user, p.id, &again), RC_OK);
	assert_string_equal(again.created_at.s, p.created_at.s);
	assert_string_equal(again.title, "A project");
	assert_string_equal(again.language, "en");
	assert_string_equal(again.voice, "");
	for (uint64_t n = 1; n <= 124; n++) {
		assert_rc(audio_page(api, pool, &(struct login){.user = user}, p.id, PAGE_OF_TEN(n),
			      &page, v),
		    RC_OK);
		assert_int_equal(page.total, 1234);
		assert_int_equal(page.pages, 124);
		assert_int_equal(page.n, n < 124 ? 10 : 4);
		for (size_t i = 0; i < page.n; i++) {
			int rank = (int)((n - 1) * PAGE_SIZE + i + 1);

			snprintf(expected, sizeof expected, "Sentence %d.", rank);
			assert_string_equal(v[i].text, expected);
			assert_int_equal(v[i].index, rank);
			assert_int_equal(v[i].project, p.id);
			assert_int_equal(v[i].user, user);
			assert_int_equal(v[i].revision, 1);
			assert_int_equal(v[i].state, AUDIO_PENDING);
			assert_int_equal(v[i].audio_revision, 0);
			assert_string_equal(v[i].path, "");
			assert_string_equal(v[i].error, "");
		}
	}
	fixture_check();
}

static void
a_page_that_is_not_there_tells_the_last_one(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 21), empty = fixture_project(user, 0);
	struct page page;
	struct audio v[PAGE_SIZE];

	assert_rc(
	    audio_page(api, pool, &(struct login){.user = user}, p.id, PAGE_OF_TEN(4), &page, v),
	    RC_NOT_FOUND);
	assert_int_equal(page.pages, 3);
	assert_rc(
	    audio_page(api, pool, &(struct login){.user = user}, p.id, PAGE_OF_TEN(0), &page, v),
	    RC_NOT_FOUND);
	assert_int_equal(page.pages, 3);
	assert_rc(audio_page(api, pool, &(struct login){.user = user}, p.id,
		      PAGE_OF_TEN(UINT64_MAX), &page, v),
	    RC_NOT_FOUND);
	assert_int_equal(page.pages, 3);
	assert_rc(audio_page(api, pool, &(struct login){.user = user}, p.id + 1000, PAGE_OF_TEN(1),
		      &page, v),
	    RC_NOT_FOUND);
	assert_int_equal(page.pages, 0);

	assert_rc(audio_page(
		      api, pool, &(struct login){.user = user}, empty.id, PAGE_OF_TEN(1), &page, v),
	    RC_OK);
	assert_int_equal(page.total, 0);
	assert_int_equal(page.pages, 1);
	assert_int_equal(page.n, 0);
	assert_rc(audio_page(
		      api, pool, &(struct login){.user = user}, empty.id, PAGE_OF_TEN(2), &page, v),
	    RC_NOT_FOUND);
	assert_int_equal(page.pages, 1);
}

static void
what_was_sent_is_given_back_exactly(void **state)
{
	static const char *const texts[] = {"e\xcc\x81", "\xc3\xa9", "E\xcc\x81", "a\xc2\xa0 b",
	    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", "\xed\x95\x9c\xea\xb8\x80.", "'; --",
	    "\\\"\n\t\x01", "\xef\xbf\xbf", "Stra\xc3\x9f"};
	struct slice v[10];
	uint64_t user = fixture_user();
	struct project_new in = {.title = "\xed\x95\x9c\xea\xb8\x80 '\\ \xf0\x9f\x99\x82",
	    .language = "ko",
	    .voice = "ko",
	    .speed = 150,
	    .sentences = v,
	    .n = 10};
	struct project p;
	struct audio a;

	for (size_t i = 0; i < 10; i++)
		v[i] = (struct slice){texts[i], strlen(texts[i])};
	assert_rc(project_create(api, pool, user, &in, 10, NULL, &p), RC_OK);
	assert_string_equal(p.title, in.title);
	assert_string_equal(p.voice, "ko");
	for (size_t i = 0; i < 10; i++) {
		a = fixture_audio(user, p.id, i);
		assert_int_equal(a.text_len, v[i].len);
		assert_memory_equal(a.text, v[i].data, v[i].len);
		assert_int_equal(a.speed, 150);
	}
}

static void
a_long_sentence_comes_at_its_full_length(void **state)
{
	uint64_t user = fixture_user();
	char *text = pool_alloc(pool, 4001);
	struct slice s = {text, 4000};
	struct project p;

	for (size_t i = 0; i < 4000; i += 4)
		memcpy(text + i, "\xf0\x9f\x99\x82", 4);
	assert_rc(project_create(api, pool, user,
		      &(struct project_new){"t", "", "", 1, &s, 1, NULL}, 10, NULL, &p),
	    RC_OK);
	assert_string_equal(fixture_audio(user, p.id, 0).text, text);
}

static void
a_value_the_server_refuses_changes_nothing(void **state)
{
	uint64_t user = fixture_user();
	struct slice v[2] = {{"good", 4}, {"bad \xff", 5}};
	struct project p;

	assert_rc(project_create(api, pool, user, &(struct project_new){"t", "", "", 1, v, 2, NULL},
		      10, NULL, &p),
	    RC_REFUSED);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM project WHERE user_id = %d", (int)user), 0);
	assert_rc(project_create(api, pool, user, &(struct project_new){"t", "", "", 1, v, 1, NULL},
		      10, NULL, &p),
	    RC_OK);
	fixture_check();
}

static void
projects_are_listed_newest_first(void **state)
{
	uint64_t user = fixture_user(), ids[23];
	struct page page;
	struct project v[PAGE_SIZE];

	assert_rc(
	    project_list(api, pool, user, &(struct project_filter){0}, PAGE_OF_TEN(1), &page, v),
	    RC_OK);
	assert_int_equal(page.total, 0);
	assert_int_equal(page.pages, 1);
	for (size_t i = 0; i < 23; i++)
		ids[i] = fixture_project(user, i % 3).id;
	fixture_project(fixture_user(), 1);
	for (uint64_t n = 1; n <= 3; n++) {
		assert_rc(project_list(api, pool, user, &(struct project_filter){0}, PAGE_OF_TEN(n),
			      &page, v),
		    RC_OK);
		assert_int_equal(page.total, 23);
		assert_int_equal(page.pages, 3);
		assert_int_equal(page.n, n < 3 ? 10 : 3);
		for (size_t i = 0; i < page.n; i++)
			assert_int_equal(v[i].id, ids[22 - (n - 1) * PAGE_SIZE - i]);
	}
	assert_rc(
	    project_list(api, pool, user, &(struct project_filter){0}, PAGE_OF_TEN(4), &page, v),
	    RC_NOT_FOUND);
	assert_int_equal(page.pages, 3);
	assert_rc(
	    project_list(api, pool, user, &(struct project_filter){0}, PAGE_OF_TEN(0), &page, v),
	    RC_NOT_FOUND);
}

/* The ids of a list on one page, as indexes of IDS, like "210". */
static const char *
listed(uint64_t user, const struct project_filter *filter, const uint64_t *ids, size_t n)
{
	const struct page_wish wish = {.n = 1, .size = PAGE_SIZE_MAX};
	struct project v[PAGE_SIZE_MAX];
	struct page page;
	struct buf out;

	assert_rc(project_list(api, pool, user, filter, &wish, &page, v), RC_OK);
	assert_int_equal(page.total, page.n);
	buf_init(&out, pool, 16);
	for (size_t i = 0; i < page.n; i++)
		for (size_t j = 0; j < n; j++)
			if (v[i].id == ids[j])
				buf_addu(&out, j);
	return out.data;
}

static void
projects_are_found_by_status_and_title_and_sorted(void **state)
{
	static const char *const titles[] = {"B 100%", "Ä_1", "a_1", "한국어 🙂", "c 100"};
	uint64_t user = fixture_user(), ids[5];

	for (size_t i = 0; i < 5; i++) {
		ids[i] = fixture_project(user, 2).id;
		fixture_run("UPDATE project SET title = '%s', updated_at = NOW(3) - INTERVAL %d"
			    " SECOND WHERE id = %d",
		    titles[i], (int)(i * 3 % 5), (int)ids[i]);
	}
	fixture_run("UPDATE project SET ready_count = 2 WHERE id = %d", (int)ids[1]);
	fixture_run(
	    "UPDATE project SET ready_count = 1, failed_count = 1 WHERE id = %d", (int)ids[2]);

#define LISTED(...) listed(user, &(struct project_filter){__VA_ARGS__}, ids, 5)
	assert_string_equal(LISTED(.status = 0), "43210");
	assert_string_equal(LISTED(.order = PROJECT_OLDEST), "01234");
	assert_string_equal(LISTED(.status = PROJECT_RENDERING), "430");
	assert_string_equal(LISTED(.status = PROJECT_COMPLETE), "1");
	assert_string_equal(LISTED(.status = PROJECT_COMPLETE_WITH_ERRORS), "2");
	assert_string_equal(LISTED(.order = PROJECT_TITLE), "12043");
	assert_string_equal(LISTED(.order = PROJECT_TITLE_BACK), "34021");
	assert_string_equal(LISTED(.order = PROJECT_CHANGED_LAST), "02413");
	assert_string_equal(LISTED(.order = PROJECT_CHANGED_FIRST), "31420");
	assert_string_equal(LISTED(.title = "a_"), "21");
	assert_string_equal(LISTED(.title = "0%"), "0");
	assert_string_equal(LISTED(.title = "100", .order = PROJECT_OLDEST), "04");
	assert_string_equal(LISTED(.title = "국"), "3");
	assert_string_equal(LISTED(.title = "🙂"), "3");
	assert_string_equal(LISTED(.title = "🙃"), "");
	assert_string_equal(LISTED(.title = "|"), "");
	assert_string_equal(LISTED(.title = "' OR 1 --"), "");
	assert_string_equal(LISTED(.title = "1", .status = PROJECT_RENDERING), "40");
	assert_string_equal(
	    listed(fixture_user(), &(struct project_filter){.title = "1"}, ids, 5), "");
#undef LISTED
	fixture_run(
	    "UPDATE project SET ready_count = 0, failed_count = 0 WHERE user_id = %d", (int)user);
}

static void
pages_have_the_size_that_is_asked_for(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1700);
	const struct login login = {.user = user};
	struct audio v[PAGE_SIZE_MAX];
	struct page page;

	for (size_t size = 1; size <= PAGE_SIZE_MAX; size += 33) {
		uint64_t pages = (1700 + size - 1) / size;

		for (uint64_t n = 1; n <= pages; n += n < pages - 1 && n > 2 ? pages - n - 1 : 1) {
			const struct page_wish wish = {n, size};

			assert_rc(audio_page(api, pool, &login, p.id, &wish, &page, v), RC_OK);
			assert_int_equal(page.pages, pages);
			assert_int_equal(page.n, n < pages ? size : 1700 - (pages - 1) * size);
			for (size_t i = 0; i < page.n; i++)
				assert_int_equal(v[i].index, (n - 1) * size + i + 1);
		}
	}
}

static void
sentences_are_found_by_state_with_their_index(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1700), other = fixture_project(user, 30);
	const struct page_wish wish = {2, 7};
	struct audio v[PAGE_SIZE_MAX], *a;
	struct page page;

	/* Every hundredth sentence, and some of another project. */
	fixture_run("UPDATE audio SET state = 'failed', error = 'x' WHERE project_id IN (%d, %d)"
		    " AND (id - %d) %% 100 = 0",
	    (int)p.id, (int)other.id, (int)fixture_audio(user, p.id, 0).id);
	fixture_run("UPDATE project p SET failed_count = (SELECT COUNT(*) FROM audio WHERE"
		    " project_id = p.id AND state = 'failed') WHERE user_id = %d",
	    (int)user);
	assert_rc(audio_page_of(api, pool, user, p.id, AUDIO_FAILED, &wish, &page, v), RC_OK);
	assert_int_equal(page.total, 17);
	assert_int_equal(page.pages, 3);
	assert_int_equal(page.n, 7);
	for (size_t i = 0; i < page.n; i++) {
		a = &v[i];
		assert_int_equal(a->index, (7 + i) * 100 + 1);
		assert_int_equal(a->id, fixture_audio(user, p.id, a->index - 1).id);
		assert_int_equal(a->state, AUDIO_FAILED);
	}
	assert_rc(
	    audio_page_of(api, pool, user, p.id, AUDIO_READY, PAGE_OF_TEN(1), &page, v), RC_OK);
	assert_int_equal(page.n, 0);
	assert_int_equal(page.pages, 1);
	assert_rc(audio_page_of(api, pool, user, p.id, AUDIO_FAILED, PAGE_OF_TEN(3), &page, v),
	    RC_NOT_FOUND);
	assert_int_equal(page.pages, 2);
	assert_rc(
	    audio_page_of(api, pool, fixture_user(), p.id, AUDIO_FAILED, PAGE_OF_TEN(1), &page, v),
	    RC_NOT_FOUND);
	assert_int_equal(page.pages, 0);
	assert_rc(project_delete(api, user, p.id), RC_OK);
	assert_rc(audio_page_of(api, pool, user, p.id, AUDIO_FAILED, PAGE_OF_TEN(1), &page, v),
	    RC_NOT_FOUND);
}

static void
the_limit_of_projects_holds(void **state)
{
	uint64_t user = fixture_user();
	struct project_new in = {.title = "t", .language = "", .voice = "", .speed = 1};
	struct project p[3], q;

	for (int i = 0; i < 3; i++)
		assert_rc(project_create(api, pool, user, &in, 3, NULL, &p[i]), RC_OK);
	assert_rc(project_create(api, pool, user, &in, 3, NULL, &q), RC_LIMIT);
	assert_rc(project_delete(api, user, p[1].id), RC_OK);
	assert_rc(project_create(api, pool, user, &in, 3, NULL, &q), RC_OK);
	assert_rc(project_create(api, pool, user, &in, 3, NULL, &q), RC_LIMIT);
	fixture_check();
}

static void
a_deleted_project_leaves_only_its_directory_in_the_trash(void **state)
{
	uint64_t user = fixture_user();
	struct project kept = fixture_project(user, 5), p = fixture_project(user, 600), q;
	struct audio a = fixture_audio(user, p.id, 3);
	struct trash t[10];
	size_t n;

	fixture_run("DELETE FROM trash");
	assert_rc(project_delete(api, user, p.id), RC_OK);
	assert_rc(project_get(api, pool, user, p.id, &q), RC_NOT_FOUND);
	assert_rc(audio_get(api, pool, user, a.id, &a), RC_NOT_FOUND);
	assert_rc(project_delete(api, user, p.id), RC_NOT_FOUND);
	fixture_check();
	working_drain();
	assert_int_equal(fixture_number("SELECT (SELECT COUNT(*) FROM audio WHERE project_id = %d)"
					" + (SELECT COUNT(*) FROM stretch WHERE project_id = %d)",
			     (int)p.id, (int)p.id),
	    0);
	assert_rc(project_get(api, pool, user, kept.id, &q), RC_OK);
	assert_int_equal(q.sentence_count, 5);

	fixture_run(
	    "UPDATE trash SET created_at = created_at - INTERVAL %d SECOND", TRASH_REST_SEC);
	assert_rc(trash_list(worker, pool, 10, t, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(t[0].project, p.id);
	assert_int_equal(t[0].audio, 0);
	assert_string_equal(t[0].path, "");
	assert_true(t[0].bury);
	assert_rc(trash_done(worker, t, n), RC_OK);
	assert_rc(trash_list(worker, pool, 10, t, &n), RC_OK);
	assert_int_equal(n, 0);
	fixture_check();
}

static void
nobody_sees_the_projects_of_another(void **state)
{
	uint64_t user = fixture_user(), other = fixture_user();
	struct project p = fixture_project(user, 3), q;
	struct page page;
	struct audio v[PAGE_SIZE];
	struct project list[PAGE_SIZE];

	assert_rc(project_get(api, pool, other, p.id, &q), RC_NOT_FOUND);
	assert_rc(project_delete(api, other, p.id), RC_NOT_FOUND);
	assert_rc(
	    audio_page(api, pool, &(struct login){.user = other}, p.id, PAGE_OF_TEN(1), &page, v),
	    RC_NOT_FOUND);
	assert_int_equal(page.pages, 0);
	assert_int_equal(page.total, 0);
	assert_rc(project_list(
		      api, pool, other, &(struct project_filter){0}, PAGE_OF_TEN(1), &page, list),
	    RC_OK);
	assert_int_equal(page.total, 0);
	assert_rc(project_get(api, pool, user, p.id, &q), RC_OK);
	fixture_check();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sentences_stand_in_reading_order),
	    cmocka_unit_test(a_page_that_is_not_there_tells_the_last_one),
	    cmocka_unit_test(what_was_sent_is_given_back_exactly),
	    cmocka_unit_test(a_long_sentence_comes_at_its_full_length),
	    cmocka_unit_test(a_value_the_server_refuses_changes_nothing),
	    cmocka_unit_test(projects_are_listed_newest_first),
	    cmocka_unit_test(projects_are_found_by_status_and_title_and_sorted),
	    cmocka_unit_test(pages_have_the_size_that_is_asked_for),
	    cmocka_unit_test(sentences_are_found_by_state_with_their_index),
	    cmocka_unit_test(the_limit_of_projects_holds),
	    cmocka_unit_test(a_deleted_project_leaves_only_its_directory_in_the_trash),
	    cmocka_unit_test(nobody_sees_the_projects_of_another),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
