#include "fixture.h"

#include <stdio.h>

#include "../../store/store.h"

static uint8_t keys[4][32], bodies[4][32];

static int
start(void **state)
{
	for (int i = 0; i < 4; i++) {
		memset(keys[i], i + 1, 32);
		memset(bodies[i], 0x80 + i, 32);
	}
	return fixture_start(state);
}

static const char *
answer_project(struct pool *p, const void *object)
{
	const struct project *project = object;

	return pool_printf(
	    p, "{\"project\": %d, \"n\": %d}", (int)project->id, (int)project->sentence_count);
}

static const char *
answer_audio(struct pool *p, const void *object)
{
	const struct audio *audio = object;

	return pool_printf(p, "{\"audio\": %d, \"index\": %d}", (int)audio->id, (int)audio->index);
}

static struct idempotency
key(int k, int body, const char *(*answer)(struct pool *, const void *))
{
	return (struct idempotency){
	    .key_hash = keys[k], .body_hash = bodies[body], .answer = answer};
}

static enum rc
create(uint64_t user, struct idempotency *idem)
{
	struct slice s = {"One.", 4};
	struct project p;

	return project_create(
	    api, pool, user, &(struct project_new){"t", "", "", 1, &s, 1, NULL}, 10, idem, &p);
}

static uint64_t
projects(uint64_t user)
{
	return fixture_number("SELECT COUNT(*) FROM project WHERE user_id = %d", (int)user);
}

static void
the_same_request_twice_makes_one_project(void **state)
{
	uint64_t user = fixture_user();
	struct idempotency idem = key(0, 0, answer_project);
	char expected[60];

	assert_rc(create(user, &idem), RC_OK);
	snprintf(expected, sizeof expected, "{\"project\": %d, \"n\": 1}",
	    (int)fixture_number("SELECT id FROM project WHERE user_id = %d", (int)user));
	assert_rc(create(user, &idem), RC_REPLAY);
	assert_string_equal(idem.replay, expected);
	assert_rc(create(user, &idem), RC_REPLAY);
	assert_int_equal(projects(user), 1);
	fixture_check();
}

static void
another_body_with_the_same_key_is_refused(void **state)
{
	uint64_t user = fixture_user();
	struct idempotency idem = key(0, 0, answer_project), other = key(0, 1, answer_project);

	assert_rc(create(user, &idem), RC_OK);
	assert_rc(create(user, &other), RC_KEY_REUSED);
	assert_int_equal(projects(user), 1);
}

static void
a_key_belongs_to_its_user(void **state)
{
	uint64_t user = fixture_user(), other = fixture_user();
	struct idempotency idem = key(0, 0, answer_project);

	assert_rc(create(user, &idem), RC_OK);
	assert_rc(create(other, &idem), RC_OK);
	assert_int_equal(projects(other), 1);
}

static void
a_key_is_forgotten_after_a_day(void **state)
{
	uint64_t user = fixture_user();
	struct idempotency idem = key(0, 0, answer_project), other = key(0, 1, answer_project);

	assert_rc(create(user, &idem), RC_OK);
	fixture_run("UPDATE idempotency SET created_at = NOW(3) - INTERVAL 1435 MINUTE");
	assert_rc(create(user, &idem), RC_REPLAY);
	fixture_run("UPDATE idempotency SET created_at = NOW(3) - INTERVAL 1441 MINUTE");
	assert_rc(create(user, &other), RC_OK);
	assert_rc(create(user, &other), RC_REPLAY);
	assert_int_equal(projects(user), 2);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM idempotency WHERE user_id = %d", (int)user), 1);
}

static void
what_was_refused_is_not_remembered(void **state)
{
	uint64_t user = fixture_user(), count;
	struct project p = fixture_project(user, 2);
	struct idempotency idem = key(0, 0, answer_audio);
	struct audio a;

	assert_rc(
	    audio_insert(api, pool, user, p.id, 9, "x", 1, 1, 10, &idem, &a, &count), RC_RANGE);
	assert_rc(
	    audio_insert(api, pool, user, p.id, 1, "x", 1, 1, 2, &idem, &a, &count), RC_LIMIT);
	assert_rc(audio_insert(api, pool, user, p.id, 1, "x", 1, 1, 10, &idem, &a, &count), RC_OK);
	assert_rc(
	    audio_insert(api, pool, user, p.id, 1, "x", 1, 1, 10, &idem, &a, &count), RC_REPLAY);
	assert_string_equal(
	    idem.replay, pool_printf(pool, "{\"audio\": %d, \"index\": 1}", (int)a.id));
	assert_string_equal(fixture_texts(user, p.id), "x Sentence 1. Sentence 2.");
}

static void
a_long_answer_is_kept_exactly(void **state)
{
	uint64_t user = fixture_user();
	struct idempotency idem = key(0, 0, NULL);
	struct slice s = {"\xf0\x9f\x99\x82", 4};
	struct project p;
	char *title = pool_alloc(pool, 1024);

	for (int i = 0; i < 255; i++)
		memcpy(title + i * 4, "\xf0\x9f\x99\x82", 4);
	idem.answer = answer_project;
	assert_rc(project_create(api, pool, user,
		      &(struct project_new){title, "", "", 1, &s, 1, NULL}, 10, &idem, &p),
	    RC_OK);
	assert_string_equal(p.title, title);
	assert_rc(create(user, &idem), RC_REPLAY);
	assert_string_equal(idem.replay, answer_project(pool, &p));
}

struct race {
	uint64_t user;
	int results[8], same;
};

static int
create_with_key(int number, void *arg)
{
	struct race *r = arg;
	struct idempotency idem = key(1, number == 7 ? 1 : 0, answer_project);

	r->results[number] = (int)create(r->user, &idem);
	return 0;
}

static void
of_the_same_request_at_once_one_is_done(void **state)
{
	struct race *r = fixture_shared(sizeof *r);
	int done = 0;

	r->user = fixture_user();
	fixture_together(7, create_with_key, r);
	for (int i = 0; i < 7; i++) {
		assert_true(r->results[i] == RC_OK || r->results[i] == RC_REPLAY);
		done += r->results[i] == RC_OK;
	}
	assert_int_equal(done, 1);
	assert_int_equal(projects(r->user), 1);
	assert_int_equal(create_with_key(7, r), 0);
	assert_int_equal(r->results[7], RC_KEY_REUSED);
	fixture_check();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_same_request_twice_makes_one_project),
	    cmocka_unit_test(another_body_with_the_same_key_is_refused),
	    cmocka_unit_test(a_key_belongs_to_its_user),
	    cmocka_unit_test(a_key_is_forgotten_after_a_day),
	    cmocka_unit_test(what_was_refused_is_not_remembered),
	    cmocka_unit_test(a_long_answer_is_kept_exactly),
	    cmocka_unit_test(of_the_same_request_at_once_one_is_done),
	};

	return cmocka_run_group_tests(tests, start, fixture_stop);
}
