#include "working.h"

#include <inttypes.h>

#include "../../store/account.h"
#include "../../store/admin.h"

/* A user who is deleted, with all projects. */

static struct user
user_with(const char *email)
{
	struct user user;

	assert_rc(user_create(api, pool, "Somebody", email, "hash", &user), RC_OK);
	return user;
}

/* Everything of the user that there is in the database. */
static uint64_t
left(uint64_t user)
{
	return fixture_number("SELECT (SELECT COUNT(*) FROM user WHERE id = %" PRIu64
			      ") + (SELECT COUNT(*) FROM project"
			      " WHERE user_id = %" PRIu64
			      ") + (SELECT COUNT(*) FROM audio WHERE user_id = %" PRIu64
			      ") + (SELECT COUNT(*) FROM lexicon WHERE user_id = %" PRIu64
			      ") + (SELECT COUNT(*) FROM idempotency WHERE user_id = %" PRIu64
			      ") + (SELECT COUNT(*) FROM event WHERE user_id = %" PRIu64
			      ") + (SELECT COUNT(*) FROM user_seq WHERE user_id = %" PRIu64 ")",
	    user, user, user, user, user, user, user);
}

static void
a_deleted_user_is_out_at_once_and_the_address_is_free(void **state)
{
	struct user user = user_with("Gone@example.org"), other;
	const struct login login = {.user = user.id};
	struct admin_user found, v[ADMIN_MAX];
	struct admin_content content;
	const char *hash;
	uint32_t epoch;
	size_t n;

	fixture_project(user.id, 3);
	assert_rc(user_check(api, &login), RC_OK);
	assert_rc(account_delete(admin, user.id), RC_OK);
	assert_rc(user_check(api, &login), RC_DENIED);
	assert_rc(user_by_email(api, pool, "Gone@example.org", &user, &hash, &epoch), RC_NOT_FOUND);
	assert_rc(admin_user_find(admin, pool, "gone@example.org", &found), RC_NOT_FOUND);
	assert_rc(admin_user_find(admin, pool, pool_printf(pool, "%" PRIu64, user.id), &found),
	    RC_NOT_FOUND);
	assert_rc(admin_users(admin, pool, 0, v, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_rc(admin_content(admin, &content), RC_OK);
	assert_int_equal(content.users + content.disabled, 0);
	assert_rc(account_delete(admin, user.id), RC_NOT_FOUND);
	assert_rc(account_delete(admin, user.id + 1000), RC_NOT_FOUND);
	/* Whoever wants to undo it cannot do it half. */
	assert_rc(admin_user_disable(admin, user.id, false), RC_OK);
	assert_rc(admin_user_password(admin, user.id, "hash"), RC_OK);
	assert_rc(user_check(api, &(struct login){.user = user.id, .epoch = 2}), RC_DENIED);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM user WHERE name = 'Somebody'"
					" OR email LIKE '%%@%%' OR password_hash <> ''"),
	    0);

	other = user_with("gone@EXAMPLE.org");
	fixture_project(other.id, 2);
	working_drain();
	assert_int_equal(left(user.id), 0);
	assert_int_equal(left(other.id), 6);
	fixture_check();
}

static void
what_the_user_had_goes_step_by_step(void **state)
{
	uint64_t user = fixture_user(), before, deleted;
	struct lexicon_entry entry = {
	    .match = LEXICON_WORD, .language = "", .from = "Nothing", .to = "None"};
	struct claimant who = fixture_claimant("here", 60);
	struct lexicon_item item;
	struct work_claim c;
	enum work_step step = WORK_STEP_MORE;
	struct lexicon_swept swept;
	struct work_gone gone;
	size_t seen = 0;

	for (int i = 0; i < 100; i++)
		fixture_project(user, i == 7 ? 700 : 2);
	assert_rc(
	    lexicon_put(api, fixture_conf(NULL, 10), pool, user, &entry, &item, &swept), RC_OK);
	for (int i = 0; i < 600; i++)
		fixture_run("INSERT INTO idempotency (user_id, key_hash, body_hash, created_at,"
			    " answer) VALUES (%" PRIu64 ", UNHEX(SHA2(%d, 256)),"
			    " UNHEX(SHA2('', 256)), NOW(3), '{}')",
		    user, i);
	for (int i = 0; i < 600; i++)
		fixture_run("INSERT INTO event (user_id, seq, type, created_at, data)"
			    " VALUES (%" PRIu64 ", %d, 'audio.ready', NOW(3), '{}')",
		    user, 10000 + i);
	/* One that was deleted before is waited for as well. */
	deleted = fixture_number("SELECT MIN(id) FROM project");
	assert_rc(project_delete(api, user, deleted), RC_OK);
	assert_rc(account_delete(admin, user), RC_OK);
	before = left(user);
	fixture_run("UPDATE work SET priority = 0 WHERE kind = 'user_delete'");
	c = working_begin(&who);
	assert_int_equal(c.kind, WORK_KIND_USER_DELETE);
	while (step == WORK_STEP_MORE) {
		assert_rc(work_step_user_delete(worker, &c, &step, &gone), RC_OK);
		assert_in_range(gone.n_projects, step == WORK_STEP_MORE ? 1 : 0, WORK_GONE_MAX);
		seen += gone.n_projects;
	}
	assert_int_equal(step, WORK_STEP_WAITS);
	assert_int_equal(seen, 99);
	assert_int_equal(left(user), before);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM work WHERE parent_id = %" PRIu64
					" AND kind = 'project_delete'",
			     c.id),
	    100);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM trash WHERE audio_id = 0"), 100);
	working_finish(&c, WORK_OUTCOME_WAITS);
	assert_int_equal(working_get(c.id).state, WORK_STATE_WAITING);
	assert_in_range(working_drain(), 100, 1000);
	assert_int_equal(working_get(c.id).state, WORK_STATE_DONE);
	assert_int_equal(left(user), 0);
	fixture_check();
}

/* The sentences of a project that nothing deletes refer to their user. */
static void
a_user_stays_while_there_are_sentences(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 2);
	struct claimant who = fixture_claimant("here", 60);
	enum work_step step;
	struct work_claim c;

	fixture_run("UPDATE project SET deleted = 1 WHERE id = %" PRIu64, p.id);
	assert_rc(account_delete(admin, user), RC_OK);
	c = working_begin(&who);
	assert_rc(working_step(&c, &step), RC_FAIL);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM audio"), 2);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM user"), 1);
}

static void
a_user_who_is_not_deleted_stays(void **state)
{
	uint64_t user = fixture_user();

	fixture_project(user, 2);
	working_add("user_delete", 20, 0, 0);
	fixture_run("UPDATE work SET object_id = %" PRIu64, user);
	working_drain();
	assert_int_equal(left(user), 6);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup(test, fixture_empty_queue)
	const struct CMUnitTest tests[] = {
	    TEST(a_deleted_user_is_out_at_once_and_the_address_is_free),
	    TEST(what_the_user_had_goes_step_by_step),
	    TEST(a_user_stays_while_there_are_sentences),
	    TEST(a_user_who_is_not_deleted_stays),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
