#include "fixture.h"

#include "../../store/admin.h"

/* An unknown state: every reader refuses it, and none guesses another one. */

static struct audio
with_unknown_state(uint64_t *user)
{
	struct project p;
	struct audio a;

	*user = fixture_user();
	p = fixture_project(*user, 1);
	a = fixture_audio(*user, p.id, 0);
	/* An ENUM stores an unknown value as '' if the server is not strict. */
	fixture_run("SET SESSION sql_mode = ''");
	fixture_run("UPDATE audio SET state = 'unheard of' WHERE id = %d", (int)a.id);
	fixture_run("SET SESSION sql_mode = 'STRICT_ALL_TABLES'");
	return a;
}

static void
authors_are_not_told_a_state_that_was_guessed(void **state)
{
	struct audio v[PAGE_SIZE], out;
	struct timing timing;
	struct page page;
	uint64_t user;
	struct audio a = with_unknown_state(&user);

	assert_rc(audio_get(api, pool, user, a.id, &out), RC_FAIL);
	assert_rc(audio_page(api, pool, &(struct login){.user = user}, a.project, PAGE_OF_TEN(1),
		      &page, v),
	    RC_FAIL);
	assert_rc(timing_get(api, pool, user, a.id, &timing), RC_FAIL);
	assert_rc(audio_retry(api, pool, user, a.id, NULL, &out), RC_FAIL);
	assert_rc(audio_delete(api, user, a.id, NULL), RC_FAIL);
}

static void
note_removal(void *ctx)
{
	*(bool *)ctx = true;
}

static void
no_file_is_removed_on_a_guess(void **state)
{
	struct admin_sound found;
	bool removed = false;
	uint64_t user;
	struct audio a = with_unknown_state(&user);
	size_t n;

	assert_rc(admin_find(admin, pool, &a.id, 1, &found, &n), RC_FAIL);
	assert_rc(
	    admin_undisturbed(admin, a.id, "0/1/2-r1-key.mp3", note_removal, &removed), RC_FAIL);
	assert_false(removed);
}

static void
a_dictionary_counts_nobody_out_on_a_guess(void **state)
{
	struct lexicon_entry entry = {
	    .match = LEXICON_WORD, .language = "", .from = "Sentence", .to = "Phrase"};
	struct lexicon_item item;
	struct lexicon_swept swept;
	uint64_t user;

	with_unknown_state(&user);
	assert_rc(
	    lexicon_put(api, fixture_conf(NULL, 10), pool, user, &entry, &item, &swept), RC_OK);
	assert_true(swept.unfinished);
	assert_int_equal(swept.queued, 0);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM audio WHERE revision > 1"), 0);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup(test, fixture_empty_queue)
	const struct CMUnitTest tests[] = {
	    TEST(authors_are_not_told_a_state_that_was_guessed),
	    TEST(no_file_is_removed_on_a_guess),
	    TEST(a_dictionary_counts_nobody_out_on_a_guess),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
