#include "fixture.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../../store/account.h"
#include "../../store/db/db_internal.h"
#include "../../store/store.h"
#include "proxy.h"

/* A COMMIT that is not answered: it succeeded or not, and is never reported wrongly. */

static struct db *through; /* the proxy, as the API */
static struct db *render_through;
static uint64_t user;
static struct project project;

/* The wall clock, which is set by this much each time that it is read. */
static time_t wall_step;

static time_t
wall_clock(void)
{
	static time_t ahead;
	struct timespec ts;

	syscall(SYS_clock_gettime, CLOCK_REALTIME, &ts);
	return ts.tv_sec + (ahead += wall_step);
}

time_t
time(time_t *t)
{
	time_t now = wall_clock();

	if (t != NULL)
		*t = now;
	return now;
}

int
clock_gettime(clockid_t clock, struct timespec *ts)
{
	int rc = (int)syscall(SYS_clock_gettime, clock, ts);

	if (clock == CLOCK_REALTIME)
		ts->tv_sec = wall_clock();
	return rc;
}

static int
set_up(void **state)
{
	const char *socket = proxy_start();

	through = db_new(fixture_conf(socket, 3), ACCOUNT_API);
	render_through = db_new(fixture_conf(socket, 3), ACCOUNT_RENDERER);
	fixture_clear();
	user = fixture_user();
	project = fixture_project(user, 5);
	return db_ready(through) == RC_OK && db_ready(render_through) == RC_OK ? 0 : -1;
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

static enum rc
sign_up(void)
{
	struct user u;

	return user_create(through, pool, "n", "commit@example.org", "salted", &u);
}

static enum rc
change_password(void)
{
	uint32_t epoch;

	return account_set_password(through, pool, user, NULL, "changed", &epoch);
}

static enum rc
create_project(void)
{
	struct slice s = {"text", 4};
	struct project p;

	return project_create(through, pool, user,
	    &(struct project_new){"new", "", "", 1, &s, 1, NULL}, 100, NULL, &p);
}

static enum rc
delete_project(void)
{
	return project_delete(through, user, project.id);
}

static enum rc
insert_audio(void)
{
	struct audio a;
	uint64_t count;

	return audio_insert(through, pool, user, project.id, 2, "new", 3, 1, 100, NULL, &a, &count);
}

static enum rc
edit_audio(void)
{
	struct audio a = fixture_audio(user, project.id, 1);

	return audio_edit(through, pool, user, a.id, "edited", 6, 1, NULL, &a);
}

static enum rc
delete_audio(void)
{
	return audio_delete(through, user, fixture_audio(user, project.id, 1).id, NULL);
}

static enum rc
claim(void)
{
	struct claimant who = fixture_claimant("here", 60);
	struct claim v[3];
	size_t n;
	enum rc rc = queue_claim(render_through, pool, &who, 3, v, &n);

	assert_int_equal(n, rc == RC_OK ? 3 : 0);
	return rc;
}

static const struct {
	enum rc (*call)(void);
	const char *was_done; /* how often, in SQL */
	uint64_t events;      /* that it writes */
} writes[] = {
    {sign_up, "SELECT COUNT(*) FROM user WHERE email = 'commit@example.org'", 0},
    {create_project, "SELECT COUNT(*) FROM project WHERE title = 'new'", 1},
    {insert_audio, "SELECT COUNT(*) FROM audio WHERE text = 'new'", 1},
    {edit_audio, "SELECT COUNT(*) FROM audio WHERE text = 'edited' AND revision = 2", 1},
    {delete_audio, "SELECT COUNT(*) FROM trash WHERE audio_id > 0", 1},
    {claim, "SELECT COUNT(*) DIV 3 FROM audio WHERE state = 'claimed'", 0},
    {delete_project, "SELECT COUNT(*) FROM trash WHERE audio_id = 0", 1},
    {change_password,
	"SELECT COALESCE(SUM(token_epoch), 0) FROM user WHERE password_hash = 'changed'", 0},
};

static uint64_t
events(void)
{
	return fixture_number("SELECT COUNT(*) FROM event");
}

static void
a_commit_that_did_not_arrive_changed_nothing(void **state)
{
	for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
		uint64_t before = fixture_number("%s", writes[i].was_done), told = events();

		proxy_set(PROXY_CUT_BEFORE_COMMIT);
		assert_rc(writes[i].call(), RC_BUSY);
		assert_int_equal(proxy_mode(), PROXY_PASS);
		assert_int_equal(fixture_number("%s", writes[i].was_done), before);
		assert_int_equal(events(), told);
		assert_rc(writes[i].call(), RC_OK);
		assert_int_equal(fixture_number("%s", writes[i].was_done), before + 1);
		assert_int_equal(events(), told + writes[i].events);
		fixture_check();
		fixture_run("UPDATE audio SET state = 'pending', claim_token = NULL, host = NULL,"
			    " lease_until = NULL WHERE state = 'claimed'");
	}
}

static void
a_commit_whose_answer_is_lost_is_found_out(void **state)
{
	for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
		uint64_t before = fixture_number("%s", writes[i].was_done), told = events();

		proxy_set(PROXY_CUT_AFTER_COMMIT);
		assert_rc(writes[i].call(), RC_OK);
		assert_int_equal(proxy_mode(), PROXY_PASS);
		assert_int_equal(fixture_number("%s", writes[i].was_done), before + 1);
		assert_int_equal(events(), told + writes[i].events);
		fixture_check();
	}
}

static void
what_cannot_be_found_out_is_unknown(void **state)
{
	proxy_set(PROXY_DIE_AFTER_COMMIT);
	assert_rc(edit_audio(), RC_UNKNOWN);
	assert_int_equal(fixture_number("%s", writes[3].was_done), 1);
}

/* The server is available again, but the outcome cannot be determined. */
static enum rc
slow_read_back(struct db *db, void *ctx)
{
	static const struct sql slow = {.text = "SET STATEMENT max_statement_time = 0.01 FOR"
						" SELECT SLEEP(1) FROM schema_migration"};
	struct rows rows;
	enum rc rc = db_query(db, pool, &rows, &slow, NO_ARGS);

	assert_rc(rc, RC_BUSY);
	return rc;
}

static enum rc
no_body(struct db *db, void *ctx)
{
	return RC_OK;
}

static void
what_the_server_does_not_say_is_unknown(void **state)
{
	static const struct txn txn = {.body = no_body,
	    .read_back = slow_read_back,
	    .before_commit = "test",
	    .committed = "test"};

	proxy_set(PROXY_CUT_AFTER_COMMIT);
	assert_rc(db_transact(through, &txn, NULL), RC_UNKNOWN);
}

static void
a_finish_is_done_once_whatever_happens(void **state)
{
	static const enum proxy_mode modes[] = {PROXY_CUT_BEFORE_COMMIT, PROXY_CUT_AFTER_COMMIT};
	struct claimant who = fixture_claimant("here", 60);

	for (size_t i = 0; i < 2; i++) {
		struct claim v[2];
		struct result r[2];
		struct audio a;

		assert_int_equal(fixture_claim(&who, 2, v), 2);
		r[0] = fixture_result(&who, &v[0], OUTCOME_READY);
		r[1] = fixture_result(&who, &v[1], OUTCOME_FAILED);
		proxy_set(modes[i]);
		assert_rc(queue_finish(render_through, r, 2), RC_OK);
		assert_false(r[0].stale);
		assert_rc(audio_get(api, pool, user, v[0].id, &a), RC_OK);
		assert_int_equal(a.state, AUDIO_READY);
		assert_string_equal(a.path, r[0].path);
		assert_rc(project_get(api, pool, user, project.id, &project), RC_OK);
		assert_int_equal(project.ready_count, i + 1);
		assert_int_equal(project.failed_count, i + 1);
		assert_int_equal(events(), 1 + 2 * (i + 1));
		fixture_check();
	}
}

static void
a_retry_and_a_take_back_are_done_once(void **state)
{
	static const enum proxy_mode modes[] = {PROXY_CUT_BEFORE_COMMIT, PROXY_CUT_AFTER_COMMIT};
	struct claimant who = fixture_claimant("here", 60);
	struct claim v[2];
	struct result r;
	struct audio a;
	uint64_t back;

	for (size_t i = 0; i < 2; i++) {
		fixture_run("UPDATE audio SET run_at = NOW(3)");
		assert_int_equal(fixture_claim(&who, 1, v), 1);
		r = fixture_result(&who, &v[0], OUTCOME_FAILED);
		assert_rc(queue_finish(renderer, &r, 1), RC_OK);
		proxy_set(modes[i]);
		assert_rc(audio_retry(through, pool, user, v[0].id, NULL, &a), RC_OK);
		assert_int_equal(a.state, AUDIO_PENDING);

		assert_int_equal(fixture_claim(&who, 2, v), 2);
		proxy_set(modes[i]);
		assert_rc(queue_take_back(
			      render_through, fixture_conf(NULL, 10), "here", &v[0].id, 1, &back),
		    RC_OK);
		assert_int_equal(fixture_number("SELECT SUM(attempts) FROM audio"), 1);
		assert_int_equal(
		    fixture_number("SELECT COUNT(*) FROM audio WHERE state = 'claimed'"), 0);
		fixture_check();
	}
}

static void
a_take_back_that_fails_a_sentence_tells_it_once(void **state)
{
	static const enum proxy_mode modes[] = {PROXY_CUT_BEFORE_COMMIT, PROXY_CUT_AFTER_COMMIT};
	struct claimant who = fixture_claimant("here", 60);
	struct claim v;
	uint64_t back;

	for (uint64_t i = 0; i < 2; i++) {
		fixture_run("UPDATE audio SET attempts = 4 WHERE state = 'pending'");
		assert_int_equal(fixture_claim(&who, 1, &v), 1);
		proxy_set(modes[i]);
		assert_rc(queue_take_back(
			      render_through, fixture_conf(NULL, 10), "here", &v.id, 1, &back),
		    RC_OK);
		assert_int_equal(
		    fixture_number("SELECT COUNT(*) FROM audio WHERE state = 'failed'"), i + 1);
		assert_int_equal(events(), 1 + i + 1);
		fixture_check();
	}
}

static void
a_connection_that_died_idle_is_made_again(void **state)
{
	struct project p;

	proxy_set(PROXY_CUT);
	proxy_set(PROXY_PASS);
	assert_rc(project_get(through, pool, user, project.id, &p), RC_OK);
	proxy_set(PROXY_CUT);
	proxy_set(PROXY_PASS);
	assert_rc(edit_audio(), RC_OK);
}

static void
so_it_is_while_the_wall_clock_is_set(void **state)
{
	wall_step = 7200;
	a_connection_that_died_idle_is_made_again(state);
	wall_step = -7200;
	a_connection_that_died_idle_is_made_again(state);
	wall_step = 0;
}

static void
a_silent_server_does_not_hang_us(void **state)
{
	struct project p;

	proxy_set(PROXY_SILENT);
	assert_rc(project_get(through, pool, user, project.id, &p), RC_BUSY);
	assert_rc(edit_audio(), RC_BUSY); /* not even greeted */
	proxy_set(PROXY_PASS);
	assert_rc(edit_audio(), RC_OK);
	assert_int_equal(fixture_number("%s", writes[3].was_done), 1);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(a_commit_that_did_not_arrive_changed_nothing),
	    TEST(a_commit_whose_answer_is_lost_is_found_out),
	    TEST(what_cannot_be_found_out_is_unknown),
	    TEST(what_the_server_does_not_say_is_unknown),
	    TEST(a_finish_is_done_once_whatever_happens),
	    TEST(a_retry_and_a_take_back_are_done_once),
	    TEST(a_take_back_that_fails_a_sentence_tells_it_once),
	    TEST(a_connection_that_died_idle_is_made_again),
	    TEST(so_it_is_while_the_wall_clock_is_set),
	    TEST(a_silent_server_does_not_hang_us),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
