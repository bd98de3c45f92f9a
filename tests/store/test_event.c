#include "fixture.h"

#include <inttypes.h>
#include <stdio.h>

#include "../../store/event.h"
#include "../../store/internal.h"

/* Events: their numbers, their order, and what readers get. */

struct adding {
	const struct event_new *v;
	size_t n;
	enum rc then; /* what the transaction comes to */
};

static enum rc
add_body(struct db *db, void *ctx)
{
	const struct adding *a = ctx;
	struct pool *own = pool_new();
	enum rc rc = event_record(db, own, a->v, a->n);

	pool_free(own);
	return rc == RC_OK ? a->then : rc;
}

static enum rc
add_with(struct db *db, const struct event_new *v, size_t n, enum rc then)
{
	static const struct txn txn = {.body = add_body,
	    .before_commit = "test.event.before_commit",
	    .committed = "test.event.committed"};
	struct adding a = {v, n, then};

	return db_transact(db, &txn, &a);
}

#define ADD(db, ...)                                                                               \
	add_with(db, (const struct event_new[]){__VA_ARGS__},                                      \
	    sizeof((const struct event_new[]){__VA_ARGS__}) / sizeof(struct event_new), RC_OK)

struct view {
	struct event *v;
	size_t n;
	uint64_t newest, oldest;
};

static struct view
read_after(uint64_t user, uint64_t after, size_t limit)
{
	struct view r = {0};

	assert_rc(
	    event_read(admin, pool, user, after, limit, &r.v, &r.n, &r.newest, &r.oldest), RC_OK);
	return r;
}

static void
a_new_user_has_a_counter_and_no_events(void **state)
{
	uint64_t user = fixture_user();
	struct view r = read_after(user, 0, 10);

	assert_int_equal(r.n, 0);
	assert_int_equal(r.newest, 0);
	assert_int_equal(r.oldest, 1);
	assert_rc(event_read(admin, pool, user + 1000, 0, 10, &r.v, &r.n, &r.newest, &r.oldest),
	    RC_NOT_FOUND);
}

static void
numbers_are_those_of_the_user_and_in_the_given_order(void **state)
{
	uint64_t a = fixture_user(), b = fixture_user();
	struct view r;

	/* Not in the order of the users. */
	assert_rc(ADD(api, {b, EVENT_AUDIO_READY, 7, 70, NULL, "{\"revision\":1}"},
		      {a, EVENT_AUDIO_READY, 5, 50, NULL, NULL},
		      {b, EVENT_AUDIO_FAILED, 7, 71, NULL, NULL},
		      {b, EVENT_PROJECT_COMPLETED_WITH_ERRORS, 7, 0, NULL, NULL}),
	    RC_OK);
	assert_rc(ADD(renderer, {b, EVENT_EXPORT_READY, 7, 0, "task-1", NULL}), RC_OK);
	r = read_after(b, 0, 10);
	assert_int_equal(r.n, 4);
	assert_int_equal(r.newest, 4);
	for (size_t i = 0; i < r.n; i++) {
		assert_int_equal(r.v[i].seq, i + 1);
		assert_int_equal(r.v[i].user, b);
		assert_int_equal(r.v[i].project, 7);
		assert_int_equal(strlen(r.v[i].created_at.s), 24);
	}
	assert_int_equal(r.v[0].audio, 70);
	assert_string_equal(r.v[0].data, "{\"revision\":1}");
	assert_int_equal(r.v[1].type, EVENT_AUDIO_FAILED);
	assert_string_equal(r.v[1].data, "{}");
	assert_int_equal(r.v[2].type, EVENT_PROJECT_COMPLETED_WITH_ERRORS);
	assert_int_equal(r.v[2].audio, 0);
	assert_string_equal(r.v[2].task, "");
	assert_string_equal(r.v[3].task, "task-1");
	r = read_after(a, 0, 10);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.newest, 1);
	assert_int_equal(r.v[0].audio, 50);
}

static void
readers_go_on_where_they_were(void **state)
{
	uint64_t user = fixture_user();
	struct event_new many[300];
	struct view r;
	uint64_t after = 0;

	for (size_t i = 0; i < 300; i++)
		many[i] = (struct event_new){user, EVENT_AUDIO_READY, 1, i + 1, NULL, NULL};
	assert_rc(add_with(api, many, 300, RC_OK), RC_OK);
	for (size_t left = 300; left > 0; left -= r.n) {
		r = read_after(user, after, 128);
		assert_int_equal(r.n, left < 128 ? left : 128);
		assert_int_equal(r.newest, 300);
		for (size_t i = 0; i < r.n; i++)
			assert_int_equal(r.v[i].audio, after + i + 1);
		after = r.v[r.n - 1].seq;
	}
	assert_int_equal(after, 300);
	assert_int_equal(read_after(user, 300, 128).n, 0);
}

static void
what_is_rolled_back_leaves_no_gap(void **state)
{
	uint64_t user = fixture_user();
	const struct event_new e = {user, EVENT_AUDIO_DELETED, 1, 1, NULL, NULL};

	assert_rc(add_with(api, &e, 1, RC_NOT_FOUND), RC_NOT_FOUND);
	assert_int_equal(read_after(user, 0, 10).newest, 0);
	assert_rc(add_with(api, &e, 1, RC_OK), RC_OK);
	assert_int_equal(read_after(user, 0, 10).v[0].seq, 1);
}

static void
a_user_who_is_gone_gets_none_and_stops_nobody(void **state)
{
	uint64_t a = fixture_user(), gone = a + 1000, b;

	while ((b = fixture_user()) <= gone)
		fixture_run("ALTER TABLE user AUTO_INCREMENT = %" PRIu64, gone + 1);
	assert_rc(ADD(api, {a, EVENT_AUDIO_READY, 1, 1, NULL, NULL},
		      {gone, EVENT_AUDIO_READY, 1, 2, NULL, NULL},
		      {b, EVENT_AUDIO_READY, 1, 3, NULL, NULL}),
	    RC_OK);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM event WHERE user_id = %" PRIu64, gone), 0);
	assert_int_equal(read_after(a, 0, 10).v[0].audio, 1);
	assert_int_equal(read_after(b, 0, 10).v[0].audio, 3);
	assert_int_equal(read_after(b, 0, 10).newest, 1);
}

static int
add_fifty(int number, void *arg)
{
	const uint64_t *users = arg;
	struct db *db = fixture_db(number % 2 == 0 ? ACCOUNT_API : ACCOUNT_RENDERER);

	for (int i = 0; i < 50; i++) {
		uint64_t tag = (uint64_t)number * 1000 + (uint64_t)i;

		/* The users in either order: they would block each other in a circle. */
		if (ADD(db, {users[number % 2], EVENT_AUDIO_READY, 1, tag, NULL, NULL},
			{users[1 - number % 2], EVENT_AUDIO_READY, 1, tag, NULL, NULL}) != RC_OK)
			return 1;
	}
	number = db_retries(db) == 0 ? 0 : 1;
	db_free(db);
	return number;
}

static void
many_writers_leave_no_gap_and_never_deadlock(void **state)
{
	uint64_t *users = fixture_shared(2 * sizeof *users);

	users[0] = fixture_user();
	users[1] = fixture_user();
	fixture_together(6, add_fifty, users);
	for (int i = 0; i < 2; i++) {
		struct view r = read_after(users[i], 0, 1000);

		assert_int_equal(r.n, 300);
		assert_int_equal(r.newest, 300);
		for (size_t j = 0; j < r.n; j++)
			assert_int_equal(r.v[j].seq, j + 1);
	}
}

static bool
has_news(unsigned sec, uint64_t user, uint64_t *seq)
{
	struct event_news *v;
	size_t n;

	assert_rc(event_news(admin, pool, sec, &v, &n), RC_OK);
	for (size_t i = 0; i < n; i++)
		if (v[i].user == user) {
			*seq = v[i].seq;
			return true;
		}
	return false;
}

static void
news_are_of_those_who_had_an_event(void **state)
{
	uint64_t user = fixture_user(), quiet = fixture_user(), seq = 0;

	fixture_run("UPDATE user_seq SET event_at = NOW(3) - INTERVAL 20 SECOND");
	assert_rc(ADD(api, {user, EVENT_AUDIO_READY, 1, 1, NULL, NULL},
		      {user, EVENT_AUDIO_READY, 1, 2, NULL, NULL}),
	    RC_OK);
	assert_true(has_news(10, user, &seq));
	assert_int_equal(seq, 2);
	assert_false(has_news(10, quiet, &seq));
	assert_true(has_news(30, quiet, &seq));
	assert_int_equal(seq, 0);
	fixture_run("UPDATE user_seq SET event_at = NOW(3) - INTERVAL 1 DAY");
	assert_false(has_news(10, user, &seq));
	assert_true(has_news(0, user, &seq));
	assert_int_equal(seq, 2);
}

/* Make events, of which those up to OLD are from ten days ago. */
static void
age_events(uint64_t user, size_t n, uint64_t old)
{
	struct event_new *v = pool_array(pool, n, sizeof *v);

	for (size_t i = 0; i < n; i++)
		v[i] = (struct event_new){user, EVENT_AUDIO_READY, 1, i + 1, NULL, NULL};
	assert_rc(add_with(api, v, n, RC_OK), RC_OK);
	fixture_run(
	    "UPDATE event SET created_at = NOW(3) - INTERVAL 10 DAY WHERE user_id = %" PRIu64
	    " AND seq <= %" PRIu64,
	    user, old);
}

/* Prune until there is nothing more, at most so many in one transaction; how many in all. */
static uint64_t
prune(uint64_t at_once)
{
	uint64_t sum = 0, n;

	do {
		assert_rc(event_prune(worker, 7, &n), RC_OK);
		assert_in_range(n, 0, at_once);
		sum += n;
	} while (n > 0);
	return sum;
}

static void
old_events_are_pruned_in_pieces(void **state)
{
	uint64_t a, b, c;
	struct view r;

	fixture_clear();
	a = fixture_user();
	b = fixture_user();
	c = fixture_user();
	assert_int_equal(prune(0), 0);
	age_events(a, 1500, 1300);
	age_events(b, 3, 3);
	age_events(c, 3, 0);
	assert_int_equal(prune(515), 1303);
	r = read_after(a, 0, 2000);
	assert_int_equal(r.n, 200);
	assert_int_equal(r.v[0].seq, 1301);
	assert_int_equal(r.oldest, 1301);
	assert_int_equal(r.newest, 1500);
	r = read_after(b, 0, 10);
	assert_int_equal(r.n, 0);
	assert_int_equal(r.oldest, 4);
	assert_int_equal(r.newest, 3);
	assert_int_equal(read_after(c, 0, 10).oldest, 1);
	assert_rc(ADD(api, {b, EVENT_AUDIO_READY, 1, 9, NULL, NULL}), RC_OK);
	r = read_after(b, 3, 10);
	assert_int_equal(r.v[0].seq, 4);
	assert_int_equal(r.oldest, 4);
}

/* The clock was ten days back for a while. */
static void
a_clock_that_was_set_costs_no_event(void **state)
{
	uint64_t a, b;

	fixture_clear();
	a = fixture_user();
	b = fixture_user();
	age_events(a, 1000, 0);
	fixture_run("UPDATE event SET created_at = NOW(3) - INTERVAL 10 DAY WHERE seq > 200");
	age_events(b, 3, 2);
	assert_int_equal(prune(512), 2);
	assert_int_equal(read_after(a, 0, 2000).n, 1000);
	assert_int_equal(read_after(a, 0, 10).oldest, 1);
	assert_int_equal(read_after(b, 0, 10).oldest, 3);
}

static void
the_events_of_all_users_are_counted(void **state)
{
	struct event_numbers n;
	uint64_t a, b;

	fixture_clear();
	assert_rc(event_numbers(api, &n), RC_OK);
	assert_int_equal(n.kept + n.newest_sec + n.oldest_sec, 0);
	a = fixture_user();
	b = fixture_user();
	age_events(a, 5, 3);
	age_events(b, 2, 0);
	fixture_run("UPDATE event SET created_at = NOW(3) - INTERVAL 1 HOUR"
		    " WHERE created_at > NOW(3) - INTERVAL 1 DAY");
	assert_rc(event_numbers(api, &n), RC_OK);
	assert_int_equal(n.kept, 7);
	assert_in_range(n.newest_sec, 3600, 3660);
	assert_in_range(n.oldest_sec, 864000, 864060);
	assert_int_equal(prune(512), 3);
	fixture_run("UPDATE event SET created_at = NOW(3) + INTERVAL 1 HOUR");
	assert_rc(event_numbers(api, &n), RC_OK);
	assert_int_equal(n.kept, 4);
	assert_int_equal(n.newest_sec + n.oldest_sec, 0);
}

/* Whoever passes events on is kicked for them. */
static void
committed_events_are_counted(void **state)
{
	uint64_t user = fixture_user();
	const struct event_new e = {user, EVENT_AUDIO_DELETED, 1, 1, NULL, NULL};
	unsigned long before = db_events(api);

	assert_rc(add_with(api, &e, 1, RC_NOT_FOUND), RC_NOT_FOUND);
	assert_int_equal(db_events(api), before);
	assert_rc(add_with(api, &e, 1, RC_OK), RC_OK);
	assert_int_equal(db_events(api), before + 1);
	assert_rc(add_with(api, NULL, 0, RC_OK), RC_OK);
	assert_int_equal(db_events(api), before + 1);
	fixture_project(user, 3);
	assert_int_equal(db_events(api), before + 2);
}

static void
an_event_is_one_line_of_json(void **state)
{
	struct event e = {.user = 3,
	    .seq = 9,
	    .type = EVENT_AUDIO_READY,
	    .created_at = {"2026-01-31T09:30:00.123Z"},
	    .project = 12,
	    .audio = 345,
	    .task = "",
	    .data = "{\"revision\":2}"};

	assert_string_equal(event_json(pool, &e),
	    "{\"seq\":9,\"type\":\"audio.ready\",\"created_at\":\"2026-01-31T09:30:00.123Z\","
	    "\"project_id\":12,\"audio_id\":345,\"data\":{\"revision\":2}}");
	e = (struct event){.seq = 1,
	    .type = EVENT_ENDPOINT_DISABLED,
	    .created_at = {"2026-01-31T09:30:00.123Z"},
	    .task = "a\n\"b\"",
	    .data = "{}"};
	assert_string_equal(event_json(pool, &e),
	    "{\"seq\":1,\"type\":\"endpoint.disabled\",\"created_at\":\"2026-01-31T09:30:00.123Z\","
	    "\"task_id\":\"a\\n\\\"b\\\"\",\"data\":{}}");
}

/* The names here, in the schema, and back. */
static void
every_type_has_its_name(void **state)
{
	uint64_t user = fixture_user();
	struct view r;

	for (int i = 0; i < EVENT_TYPES; i++) {
		assert_int_equal(event_type_named(event_type_name((enum event_type)i)), i);
		assert_rc(ADD(api, {user, (enum event_type)i, 0, 0, NULL, NULL}), RC_OK);
	}
	r = read_after(user, 0, 100);
	assert_int_equal(r.n, EVENT_TYPES);
	for (int i = 0; i < EVENT_TYPES; i++)
		assert_int_equal(r.v[i].type, i);
	assert_int_equal(event_type_named("audio.read"), EVENT_TYPES);
	assert_int_equal(event_type_named(""), EVENT_TYPES);
	fixture_run("ALTER TABLE event MODIFY type VARCHAR(40) NOT NULL");
	fixture_run(
	    "UPDATE event SET type = 'audio.sung' WHERE user_id = %" PRIu64 " AND seq = 2", user);
	assert_rc(event_read(admin, pool, user, 0, 10, &r.v, &r.n, &r.newest, &r.oldest), RC_FAIL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_new_user_has_a_counter_and_no_events),
	    cmocka_unit_test(numbers_are_those_of_the_user_and_in_the_given_order),
	    cmocka_unit_test(readers_go_on_where_they_were),
	    cmocka_unit_test(what_is_rolled_back_leaves_no_gap),
	    cmocka_unit_test(a_user_who_is_gone_gets_none_and_stops_nobody),
	    cmocka_unit_test(many_writers_leave_no_gap_and_never_deadlock),
	    cmocka_unit_test(news_are_of_those_who_had_an_event),
	    cmocka_unit_test(old_events_are_pruned_in_pieces),
	    cmocka_unit_test(a_clock_that_was_set_costs_no_event),
	    cmocka_unit_test(the_events_of_all_users_are_counted),
	    cmocka_unit_test(committed_events_are_counted),
	    cmocka_unit_test(an_event_is_one_line_of_json),
	    cmocka_unit_test(every_type_has_its_name),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
