#include "fixture.h"

#include <unistd.h>

#include "../../store/queue.h"
#include "hooks.h"
#include "proxy.h"

/* What somebody else does between two steps of a call. */

static struct db *through; /* the proxy, as the API */
static struct db *render_through;
static uint64_t user;
static struct project project;
static struct audio audio;

static int
set_up_with(size_t sentences)
{
	const char *socket = proxy_start();

	through = db_new(fixture_conf(socket, 3), ACCOUNT_API);
	render_through = db_new(fixture_conf(socket, 3), ACCOUNT_RENDERER);
	fixture_clear();
	user = fixture_user();
	project = fixture_project(user, sentences);
	return db_ready(through) == RC_OK && db_ready(render_through) == RC_OK ? 0 : -1;
}

static int
set_up(void **state)
{
	return set_up_with(1200);
}

static int
tear_down(void **state)
{
	db_free(through);
	db_free(render_through);
	proxy_stop();
	fixture_check();
	return 0;
}

/* ---------------------------------------------------------------- reading */

static int
insert_in_front(void)
{
	uint64_t count;
	struct audio a;

	return audio_insert(api, pool, user, project.id, 1, "new", 3, 1, 10000, NULL, &a, &count) ==
		       RC_OK
		   ? 0
		   : 1;
}

static void
a_page_is_of_one_moment(void **state)
{
	const struct login login = {.user = user};
	struct audio v[PAGE_SIZE];
	struct page page;

	/* The statements are prepared, so that the next two are run at once. */
	assert_rc(audio_page(through, pool, &login, project.id, PAGE_OF_TEN(1), &page, v), RC_OK);
	proxy_meanwhile(insert_in_front, NULL);
	proxy_set(PROXY_WAIT_STATEMENT);
	assert_rc(audio_page(through, pool, &login, project.id, PAGE_OF_TEN(1), &page, v), RC_OK);
	proxy_join();
	assert_string_equal(v[0].text, "new");
	assert_int_equal(page.total, 1201);
	assert_int_equal(page.pages, 121);
}

/* The sentence stays where it is in the project, by one that comes and one that goes. */
static int
swap_what_is_before(void)
{
	uint64_t count;
	struct audio a, first = fixture_audio(user, project.id, 0);

	return audio_delete(api, user, first.id, NULL) == RC_OK &&
		       audio_insert(api, pool, user, project.id, (int64_t)audio.index - 1, "new", 3,
			   1, 10000, NULL, &a, &count) == RC_OK
		   ? 0
		   : 1;
}

static void
an_index_is_of_one_moment(void **state)
{
	struct audio seen;

	audio = fixture_audio(user, project.id, 600); /* in the second stretch */
	assert_rc(audio_get(through, pool, user, audio.id, &seen), RC_OK);
	assert_int_equal(seen.index, 601);
	proxy_meanwhile(swap_what_is_before, NULL);
	proxy_set(PROXY_WAIT_STATEMENT);
	assert_rc(audio_get(through, pool, user, audio.id, &seen), RC_OK);
	proxy_join();
	assert_int_equal(seen.index, 601);
}

/* ---------------------------------------------------------------- a dictionary's change */

/* Its author edits a sentence, as the queue's rows are: what is said for it is no longer changed.
 */
static int
edit_away(void)
{
	fixture_run("UPDATE audio SET text = 'edited', revision = revision + 1 WHERE id = %d",
	    (int)audio.id);
	return 0;
}

static void
a_sentence_that_was_edited_meanwhile_is_looked_at_again(void **state)
{
	struct conf conf = *fixture_conf(NULL, 10);
	struct lexicon_entry entry = {.from = "2",
	    .to = "two",
	    .language = "",
	    .match = LEXICON_EXACT,
	    .project = project.id};
	struct lexicon_item item;
	struct lexicon_swept swept;
	struct audio a;

	audio = fixture_audio(user, project.id, 1);
	assert_string_equal(audio.text, "Sentence 2.");
	proxy_meanwhile(edit_away, NULL);
	proxy_wait_prepare("a.state, a.duration_ms");
	assert_rc(lexicon_put(through, &conf, pool, user, &entry, &item, &swept), RC_OK);
	proxy_join();
	assert_int_equal(swept.queued, 0);
	assert_false(swept.unfinished);
	a = fixture_sentence(user, audio.id);
	assert_string_equal(a.text, "edited");
	assert_int_equal(a.revision, 2);
}

/* ---------------------------------------------------------------- fanning out */

static int
something_happens(void)
{
	hooks_happen(user, 1);
	return 0;
}

/* No event is passed over because it was written while there seemed to be none. */
static void
an_event_between_two_looks_is_delivered(void **state)
{
	struct db *notify_through = db_new(db_conf(through), ACCOUNT_NOTIFY);
	struct webhook w;
	uint64_t n, newest;
	bool more;

	hooks_nothing_to_send(state);
	user = fixture_user();
	w = hooks_make(user, "");
	hooks_happen(user, 1);
	newest = fixture_number("SELECT seq FROM user_seq WHERE user_id = %d", (int)user);
	/* It has been a while. */
	fixture_run("DELETE FROM event WHERE user_id = %d", (int)user);
	fixture_run("UPDATE user_seq SET oldest = seq + 1 WHERE user_id = %d", (int)user);
	proxy_meanwhile(something_happens, NULL);
	proxy_wait_prepare("SELECT seq, oldest FROM user_seq");
	assert_rc(delivery_fan_out(notify_through, true, &n, &more), RC_OK);
	proxy_join();
	assert_int_equal(n, 0);
	assert_int_equal(
	    fixture_number("SELECT fanned_seq FROM webhook WHERE id = %d", (int)w.id), newest);
	assert_int_equal(hooks_fan(), 1);
	db_free(notify_through);
}

/* ---------------------------------------------------------------- a COMMIT that is not answered */

static const struct sql lock = {.text = "SELECT id FROM project WHERE id = ? FOR UPDATE"};

static int
lock_project(void)
{
	struct rows rows;

	return db_begin(admin) == RC_OK &&
		       db_query(admin, pool, &rows, &lock, ARGS(db_u64(project.id))) == RC_OK
		   ? 0
		   : 1;
}

/* Longer than the call may last. */
static int
unlock_project(void)
{
	sleep(5);
	db_rollback(admin);
	return 0;
}

static int
set_up_some(void **state)
{
	return set_up_with(5);
}

static void
what_may_be_done_is_not_told_as_busy(void **state)
{
	struct claimant who = fixture_claimant("here", 60);
	struct claim c;
	struct result r;

	assert_int_equal(fixture_claim(&who, 1, &c), 1);
	r = fixture_result(&who, &c, OUTCOME_READY);
	proxy_meanwhile(lock_project, unlock_project);
	proxy_set(PROXY_WAIT_AFTER_COMMIT);
	/* It was done; run again, it does not come to look. */
	assert_rc(queue_finish(render_through, &r, 1), RC_UNKNOWN);
	proxy_join();
	assert_int_equal(fixture_sentence(user, c.id).state, AUDIO_READY);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(a_page_is_of_one_moment),
	    TEST(an_index_is_of_one_moment),
	    cmocka_unit_test_setup_teardown(
		a_sentence_that_was_edited_meanwhile_is_looked_at_again, set_up_some, tear_down),
	    cmocka_unit_test_setup_teardown(
		an_event_between_two_looks_is_delivered, set_up_some, tear_down),
	    cmocka_unit_test_setup_teardown(
		what_may_be_done_is_not_told_as_busy, set_up_some, tear_down),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
