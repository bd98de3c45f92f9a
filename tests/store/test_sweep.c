#include "working.h"

#include "proxy.h"

/*
 * The sentences that a change of a dictionary touches, when they are more than the request gets
 * done: each is queued once for each change, whoever does it and whatever happens meanwhile.
 */

enum { N = 2500, PAGE = 1024 };

static uint64_t user;
static struct project project;

static int
set_up(void **state)
{
	fixture_clear();
	user = fixture_user();
	project = fixture_project(user, N);
	return 0;
}

static const struct conf *
conf(void)
{
	static const struct conf *c;

	return c != NULL ? c : (c = fixture_conf(NULL, 10));
}

static struct lexicon_swept
put(const char *to, struct lexicon_item *item)
{
	struct lexicon_entry entry = {
	    .match = LEXICON_WORD, .language = "", .from = "sentence", .to = to};
	struct lexicon_swept swept;

	assert_rc(lexicon_put(api, conf(), pool, user, &entry, item, &swept), RC_OK);
	return swept;
}

/* The same, by a request that dies at once: the work is left, with its lease over. */
static void
put_and_die(const char *to, struct lexicon_item *item)
{
	struct lexicon_swept swept;

	fixture_run("CREATE TRIGGER no BEFORE UPDATE ON audio FOR EACH ROW"
		    " SIGNAL SQLSTATE '45000'");
	swept = put(to, item);
	fixture_run("DROP TRIGGER no");
	assert_true(swept.unfinished);
	assert_int_equal(swept.queued, 0);
	fixture_run("UPDATE work SET run_at = NOW(3), tries = 0");
}

/* "n×revision" of all sentences. */
static const char *
revisions(void)
{
	struct rows rows =
	    fixture_rows("SELECT GROUP_CONCAT(CONCAT(n, 'x', revision) ORDER BY revision) FROM"
			 " (SELECT revision, COUNT(*) AS n FROM audio GROUP BY revision) r");

	return db_row(&rows, 0)->s;
}

static bool
unswept(void)
{
	return fixture_number("SELECT COUNT(*) FROM lexicon WHERE unswept") > 0;
}

static void
a_request_that_gets_done_leaves_nothing(void **state)
{
	struct lexicon_item item;
	struct lexicon_swept swept = put("phrase", &item);

	if (swept.unfinished)
		skip(); /* the machine is too slow */
	assert_int_equal(swept.queued, N);
	assert_string_equal(revisions(), "2500x2");
	assert_false(unswept());
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM work WHERE state = 'done'"
					" AND progress = 2500 AND total = 2500 AND changed = 2500"),
	    1);
	assert_string_equal(
	    working_last_try(fixture_number("SELECT id FROM work")).outcome, "done");
	/* The same again changes nothing and adds nothing. */
	swept = put("phrase", &item);
	assert_int_equal(swept.queued, 0);
	assert_false(swept.unfinished);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM work"), 1);
}

static void
what_a_request_leaves_is_work(void **state)
{
	struct lexicon_item item;
	struct work w;

	put_and_die("phrase", &item);
	w = working_get(fixture_number("SELECT id FROM work"));
	assert_int_equal(w.kind, WORK_KIND_SWEEP);
	assert_int_equal(w.state, WORK_STATE_PENDING);
	assert_int_equal(w.user, user);
	assert_int_equal(w.object, item.entry.id);
	assert_string_equal(w.error_class, "request");
	assert_true(unswept());
	working_drain();
	assert_string_equal(revisions(), "2500x2");
	assert_false(unswept());
	assert_int_equal(working_get(w.id).state, WORK_STATE_DONE);
	assert_int_equal(working_get(w.id).changed, N);
	fixture_check();
}

/* However long it takes: nobody begins again what somebody is at. */
static void
the_same_again_does_not_begin_a_running_sweep_again(void **state)
{
	struct claimant who = fixture_claimant("elsewhere", 3600);
	struct lexicon_item item;
	struct lexicon_swept swept;
	enum work_step step;
	struct work_claim c;

	put_and_die("phrase", &item);
	c = working_begin(&who);
	assert_rc(working_step(&c, &step), RC_OK);
	fixture_run("UPDATE lexicon SET updated_at = NOW(3) - INTERVAL 1 HOUR");
	swept = put("phrase", &item);
	assert_true(swept.unfinished);
	assert_int_equal(swept.queued, PAGE);
	assert_string_equal(revisions(), "1476x1,1024x2");
	/* Nor does another change of the same user. */
	fixture_run("UPDATE work SET lease_until = NOW(3) + INTERVAL 1 HOUR");
	assert_rc(lexicon_put(api, conf(), pool, user,
		      &(struct lexicon_entry){
			  .match = LEXICON_WORD, .language = "", .from = "nothing", .to = "x"},
		      &item, &swept),
	    RC_OK);
	assert_string_equal(revisions(), "1476x1,1024x2");
	do
		assert_rc(working_step(&c, &step), RC_OK);
	while (step == WORK_STEP_MORE);
	assert_false(working_finish(&c, WORK_OUTCOME_DONE).stale);
	assert_string_equal(revisions(), "2500x2");
	assert_false(unswept());
}

static void
the_same_again_goes_on_where_a_dead_one_was(void **state)
{
	struct claimant who = fixture_claimant("elsewhere", 3600);
	struct lexicon_item item;
	struct lexicon_swept swept;
	enum work_step step;
	struct work_claim c;

	put_and_die("phrase", &item);
	c = working_begin(&who);
	assert_rc(working_step(&c, &step), RC_OK);
	fixture_run("UPDATE work SET lease_until = NOW(3) - INTERVAL 1 SECOND");
	swept = put("phrase", &item);
	if (swept.unfinished)
		working_drain();
	assert_string_equal(revisions(), "2500x2");
	/* It was not dead after all. */
	assert_rc(working_step(&c, &step), RC_STALE);
	assert_string_equal(revisions(), "2500x2");
	assert_string_equal(working_last_try(c.id).outcome, "done");
}

static void
another_change_of_the_entry_begins_anew(void **state)
{
	struct claimant who = fixture_claimant("elsewhere", 3600);
	struct lexicon_item item;
	struct lexicon_swept swept;
	enum work_step step;
	struct work_claim c;

	put_and_die("phrase", &item);
	c = working_begin(&who);
	assert_rc(working_step(&c, &step), RC_OK);
	swept = put("period", &item);
	if (swept.unfinished)
		working_drain();
	assert_rc(working_step(&c, &step), RC_STALE);
	/* Once for each change, but only those of which it was known before. */
	assert_string_equal(revisions(), "1476x2,1024x3");
	assert_false(unswept());
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM work"), 1);
}

static void
progress_survives_the_death_of_the_program(void **state)
{
	struct claimant who = fixture_claimant("here", 3600);
	struct lexicon_item item;
	enum work_step step;
	struct work_claim c;

	put_and_die("phrase", &item);
	for (int i = 0; i < 2; i++) {
		c = working_begin(&who);
		assert_rc(working_step(&c, &step), RC_OK);
		assert_int_equal(working_take_back("here"), 1);
		fixture_run("UPDATE work SET run_at = NOW(3)");
		assert_int_equal(working_get(c.id).progress, (i + 1) * PAGE);
	}
	working_drain();
	assert_string_equal(revisions(), "2500x2");
}

static void
each_page_is_done_once_whatever_becomes_of_its_commit(void **state)
{
	static const enum proxy_mode modes[] = {PROXY_CUT_BEFORE_COMMIT, PROXY_CUT_AFTER_COMMIT};
	const char *socket = proxy_start();
	struct claimant who = fixture_claimant("here", 3600);
	struct db *direct = worker;
	struct lexicon_item item;
	enum work_step step = WORK_STEP_MORE;
	struct work_claim c;

	put_and_die("phrase", &item);
	c = working_begin(&who);
	worker = db_new(fixture_conf(socket, 3), ACCOUNT_WORK);
	assert_rc(db_ready(worker), RC_OK);
	for (int i = 0; step == WORK_STEP_MORE && i < 20; i++) {
		proxy_set(modes[i % 2]);
		assert_rc(working_step(&c, &step), i % 2 ? RC_OK : RC_BUSY);
		if (i % 2 == 0)
			step = WORK_STEP_MORE;
	}
	db_free(worker);
	worker = direct;
	proxy_stop();
	assert_int_equal(step, WORK_STEP_DONE);
	assert_string_equal(revisions(), "2500x2");
	assert_false(unswept());
}

static void
a_deleted_entry_goes_when_all_is_queued(void **state)
{
	struct lexicon_item item;
	struct lexicon_swept swept;

	swept = put("phrase", &item);
	if (swept.unfinished)
		working_drain();
	fixture_run("CREATE TRIGGER no BEFORE UPDATE ON audio FOR EACH ROW"
		    " SIGNAL SQLSTATE '45000'");
	assert_rc(lexicon_delete(api, conf(), pool, user, item.entry.id, &swept), RC_OK);
	fixture_run("DROP TRIGGER no");
	assert_true(swept.unfinished);
	assert_rc(lexicon_get(api, pool, user, item.entry.id, &item), RC_NOT_FOUND);
	fixture_run("UPDATE work SET run_at = NOW(3)");
	/* A user who is disabled meanwhile changes nothing of it. */
	fixture_run("UPDATE user SET disabled = TRUE");
	working_drain();
	assert_string_equal(revisions(), "2500x3");
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM lexicon"), 0);
}

/* A sentence that is written or edited after the change is claimed with it, and not queued again.
 */
static void
what_comes_later_is_not_queued_again(void **state)
{
	struct lexicon_item item;
	struct audio a;
	uint64_t n;

	put_and_die("phrase", &item);
	assert_rc(audio_insert(
		      api, pool, user, project.id, -1, "A sentence.", 11, 1, 100000, NULL, &a, &n),
	    RC_OK);
	working_drain();
	assert_string_equal(revisions(), "1x1,2500x2");
}

static void
a_project_that_is_deleted_meanwhile_is_left_alone(void **state)
{
	struct lexicon_item item;

	put_and_die("phrase", &item);
	assert_rc(project_delete(api, user, project.id), RC_OK);
	fixture_run("UPDATE work SET state = 'cancelled' WHERE kind = 'project_delete'");
	working_drain();
	assert_string_equal(revisions(), "2500x1");
	assert_false(unswept());
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup(test, set_up)
	const struct CMUnitTest tests[] = {
	    TEST(a_request_that_gets_done_leaves_nothing),
	    TEST(what_a_request_leaves_is_work),
	    TEST(the_same_again_does_not_begin_a_running_sweep_again),
	    TEST(the_same_again_goes_on_where_a_dead_one_was),
	    TEST(another_change_of_the_entry_begins_anew),
	    TEST(progress_survives_the_death_of_the_program),
	    TEST(each_page_is_done_once_whatever_becomes_of_its_commit),
	    TEST(a_deleted_entry_goes_when_all_is_queued),
	    TEST(what_comes_later_is_not_queued_again),
	    TEST(a_project_that_is_deleted_meanwhile_is_left_alone),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
