#include "working.h"

#include <inttypes.h>

#include "../../store/admin.h"
#include "../../store/event.h"

/* Which change writes which events. */

static uint64_t seen; /* the number of the last event that a test has looked at */

/* Forget the events so far. */
static void
look_away(uint64_t user)
{
	seen = fixture_number("SELECT seq FROM user_seq WHERE user_id = %" PRIu64, user);
}

/* The new events of a user, each "TYPE PROJECT AUDIO DATA" and a newline. */
static const char *
told(uint64_t user)
{
	uint64_t newest, oldest;
	struct event *v;
	struct buf out;
	size_t n;

	buf_init(&out, pool, 1024);
	assert_rc(event_read(admin, pool, user, seen, 1000, &v, &n, &newest, &oldest), RC_OK);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(v[i].seq, ++seen);
		buf_addf(&out, "%s %" PRIu64 " %" PRIu64 " %s\n", event_type_name(v[i].type),
		    v[i].project, v[i].audio, v[i].data);
	}
	assert_int_equal(newest, seen);
	return out.data;
}

#define assert_told(user, ...) assert_string_equal(told(user), pool_printf(pool, __VA_ARGS__))
#define assert_nothing(user) assert_string_equal(told(user), "")

static struct claimant here;

static struct result
render(enum outcome outcome, struct claim *claim)
{
	struct result r;

	assert_int_equal(fixture_claim(&here, 1, claim), 1);
	r = fixture_result(&here, claim, outcome);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	return r;
}

static int
set_up(void **state)
{
	here = fixture_claimant("here", 3600);
	seen = 0;
	return fixture_empty_queue(state);
}

static void
a_project_is_told_of_until_it_is_complete(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 3);
	struct claim c[3];
	struct result r[3];

	assert_told(user,
	    "project.changed %" PRIu64 " 0 {\"change\":\"created\",\"sentence_count\":3}\n", p.id);
	assert_int_equal(fixture_claim(&here, 3, c), 3);
	assert_nothing(user);
	for (int i = 0; i < 3; i++)
		r[i] = fixture_result(&here, &c[i], i == 1 ? OUTCOME_RETRY : OUTCOME_READY);
	assert_rc(queue_finish(renderer, r, 3), RC_OK);
	assert_told(user,
	    "audio.ready %" PRIu64 " %" PRIu64
	    " {\"revision\":1,\"path\":\"/media/%s\",\"duration_ms\":%" PRIu64 "}\n"
	    "audio.ready %" PRIu64 " %" PRIu64
	    " {\"revision\":1,\"path\":\"/media/%s\",\"duration_ms\":%" PRIu64 "}\n",
	    p.id, c[0].id, r[0].path, r[0].duration_ms, p.id, c[2].id, r[2].path, r[2].duration_ms);
	/* Written again, they change nothing. */
	assert_rc(queue_finish(renderer, r, 3), RC_OK);
	assert_nothing(user);
	r[1] = render(OUTCOME_READY, &c[1]);
	assert_told(user,
	    "audio.ready %" PRIu64 " %" PRIu64
	    " {\"revision\":1,\"path\":\"/media/%s\",\"duration_ms\":%" PRIu64 "}\n"
	    "project.completed %" PRIu64
	    " 0 {\"sentence_count\":3,\"ready_count\":3,\"failed_count\":0,"
	    "\"duration_ms\":%" PRIu64 "}\n",
	    p.id, c[1].id, r[1].path, r[1].duration_ms, p.id,
	    r[0].duration_ms + r[1].duration_ms + r[2].duration_ms);
}

static void
a_failure_says_why(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1);
	char *endless = pool_alloc(pool, 6 * 400 + 1);
	struct claim c;
	struct result r;

	look_away(user);
	for (int i = 0; i < 400; i++)
		memcpy(endless + i * 4, "\"\001\xc3\xa9", 4);
	assert_int_equal(fixture_claim(&here, 1, &c), 1);
	r = fixture_result(&here, &c, OUTCOME_FAILED);
	r.error = endless;
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_non_null(strstr(told(user), "audio.failed"));
	/* As much of it as the sentence has. */
	assert_int_equal(fixture_number("SELECT CHAR_LENGTH(JSON_VALUE(data, '$.error'))"
					" FROM event WHERE type = 'audio.failed'"),
	    255);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM event e JOIN audio a ON a.id = e.audio_id"
			   " WHERE JSON_VALUE(data, '$.error') = a.error"),
	    1);
	assert_rc(audio_retry(api, pool, user, c.id, NULL, &(struct audio){0}), RC_OK);
	assert_told(user,
	    "audio.changed %" PRIu64 " %" PRIu64 " {\"revision\":1,\"change\":\"retried\"}\n", p.id,
	    c.id);
	/* It is pending already. */
	assert_rc(audio_retry(api, pool, user, c.id, NULL, &(struct audio){0}), RC_OK);
	assert_nothing(user);
	assert_int_equal(fixture_claim(&here, 1, &c), 1);
	r = fixture_result(&here, &c, OUTCOME_FAILED);
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	assert_told(user,
	    "audio.failed %" PRIu64 " %" PRIu64 " {\"revision\":1,\"error\":\"cannot be spoken\"}\n"
	    "project.completed_with_errors %" PRIu64
	    " 0 {\"sentence_count\":1,\"ready_count\":0,\"failed_count\":1,\"duration_ms\":0}\n",
	    p.id, c.id, p.id);
	assert_rc(admin_retry(admin, c.id), RC_OK);
	assert_told(
	    user, "project.changed %" PRIu64 " 0 {\"change\":\"retried\",\"queued\":1}\n", p.id);
	assert_rc(admin_retry(admin, c.id), RC_NOT_FAILED);
	assert_nothing(user);
}

static void
a_renderer_that_dies_too_often_is_told_of(void **state)
{
	uint64_t user = fixture_user(), other = fixture_user(), n, ids[3];
	const struct conf *conf = fixture_conf(NULL, 10);
	struct project p = fixture_project(user, 2), q;
	struct claim c[3];

	for (int i = 1; i < conf->scheduler.max_attempts; i++) {
		fixture_run("UPDATE audio SET run_at = NOW(3)");
		ids[2] = fixture_claim(&here, 3, c) == 2 ? 0 : 1;
		assert_int_equal(ids[2], 0);
		ids[0] = c[0].id;
		ids[1] = c[1].id;
		look_away(user);
		assert_rc(queue_take_back(renderer, conf, "here", ids, 2, &n), RC_OK);
		assert_nothing(user);
	}
	q = fixture_project(other, 1);
	fixture_run("UPDATE audio SET run_at = NOW(3)");
	assert_int_equal(fixture_claim(&here, 3, c), 3);
	for (int i = 0; i < 3; i++)
		ids[i] = c[i].id;
	assert_rc(queue_take_back(renderer, conf, "here", ids, 3, &n), RC_OK);
	assert_told(user,
	    "audio.failed %" PRIu64 " %" PRIu64
	    " {\"revision\":1,\"error\":\"the renderer died while speaking this, at attempt 5\"}\n"
	    "audio.failed %" PRIu64 " %" PRIu64
	    " {\"revision\":1,\"error\":\"the renderer died while speaking this, at attempt 5\"}\n"
	    "project.completed_with_errors %" PRIu64
	    " 0 {\"sentence_count\":2,\"ready_count\":0,\"failed_count\":2,\"duration_ms\":0}\n",
	    p.id, c[0].id < c[1].id ? c[0].id : c[1].id, p.id,
	    c[0].id < c[1].id ? c[1].id : c[0].id, p.id);
	seen = 0;
	assert_told(other,
	    "project.changed %" PRIu64 " 0 {\"change\":\"created\",\"sentence_count\":1}\n", q.id);
}

static void
edits_are_told_of_once(void **state)
{
	uint64_t user = fixture_user(), count;
	struct project p = fixture_project(user, 2);
	struct audio a = fixture_audio(user, p.id, 0);
	struct claim c;

	render(OUTCOME_READY, &c);
	render(OUTCOME_READY, &c);
	look_away(user);
	assert_rc(audio_edit(api, pool, user, a.id, "New.", 4, 0, NULL, &a), RC_OK);
	assert_told(user,
	    "audio.changed %" PRIu64 " %" PRIu64 " {\"revision\":2,\"change\":\"edited\"}\n", p.id,
	    a.id);
	assert_rc(audio_edit(api, pool, user, a.id, "New.", 4, 0, NULL, &a), RC_OK);
	assert_rc(audio_edit(api, pool, user, a.id, "Newer.", 6, 0, REVISION(1), &a), RC_STALE);
	assert_nothing(user);
	render(OUTCOME_READY, &c);
	assert_non_null(strstr(told(user), "\nproject.completed "));
	assert_rc(
	    audio_insert(api, pool, user, p.id, 2, "More.", 5, 1, 100, NULL, &a, &count), RC_OK);
	assert_told(user, "audio.inserted %" PRIu64 " %" PRIu64 " {\"revision\":1,\"index\":2}\n",
	    p.id, a.id);
	assert_rc(
	    audio_insert(api, pool, user, p.id, 9, "More.", 5, 1, 100, NULL, &a, &count), RC_RANGE);
	assert_nothing(user);
}

static void
deleting_the_last_pending_sentence_completes(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 3), full, empty;
	struct claim c;
	struct audio a[3];

	render(OUTCOME_READY, &c);
	for (uint64_t i = 0; i < 3; i++)
		a[i] = fixture_audio(user, p.id, i);
	look_away(user);
	assert_rc(audio_delete(api, user, a[1].id, NULL), RC_OK);
	assert_told(user, "audio.deleted %" PRIu64 " %" PRIu64 " {}\n", p.id, a[1].id);
	assert_rc(audio_delete(api, user, a[1].id, NULL), RC_NOT_FOUND);
	assert_nothing(user);
	assert_rc(audio_delete(api, user, a[2].id, NULL), RC_OK);
	assert_told(user,
	    "audio.deleted %" PRIu64 " %" PRIu64 " {}\n"
	    "project.completed %" PRIu64
	    " 0 {\"sentence_count\":1,\"ready_count\":1,\"failed_count\":0,\"duration_ms\":%" PRIu64
	    "}\n",
	    p.id, a[2].id, p.id, a[0].duration_ms);
	/* It was complete before. */
	assert_rc(audio_delete(api, user, a[0].id, NULL), RC_OK);
	assert_told(user, "audio.deleted %" PRIu64 " %" PRIu64 " {}\n", p.id, a[0].id);
	/* What is complete stays so, without a word. */
	full = fixture_project(user, 2);
	render(OUTCOME_READY, &c);
	render(OUTCOME_FAILED, &c);
	look_away(user);
	a[0] = fixture_audio(user, full.id, 1);
	assert_rc(audio_delete(api, user, a[0].id, NULL), RC_OK);
	assert_told(user, "audio.deleted %" PRIu64 " %" PRIu64 " {}\n", full.id, a[0].id);
	empty = fixture_project(user, 1);
	look_away(user);
	a[0] = fixture_audio(user, empty.id, 0);
	assert_rc(audio_delete(api, user, a[0].id, NULL), RC_OK);
	assert_told(user, "audio.deleted %" PRIu64 " %" PRIu64 " {}\n", empty.id, a[0].id);
	assert_rc(project_delete(api, user, p.id), RC_OK);
	assert_told(user, "project.deleted %" PRIu64 " 0 {}\n", p.id);
	assert_rc(project_delete(api, user, p.id), RC_NOT_FOUND);
	assert_nothing(user);
}

static void
what_is_finished_too_late_is_not_told_of(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 2);
	struct claim c[2];
	struct result r[2];
	struct audio a;

	assert_int_equal(fixture_claim(&here, 2, c), 2);
	assert_rc(audio_edit(api, pool, user, c[0].id, "New.", 4, 0, NULL, &a), RC_OK);
	look_away(user);
	for (int i = 0; i < 2; i++)
		r[i] = fixture_result(&here, &c[i], OUTCOME_READY);
	assert_rc(queue_finish(renderer, r, 1), RC_OK);
	assert_true(r[0].stale);
	assert_nothing(user);
	assert_rc(project_delete(api, user, p.id), RC_OK);
	look_away(user);
	assert_rc(queue_finish(renderer, r + 1, 1), RC_OK);
	assert_true(r[1].stale);
	working_drain();
	assert_nothing(user);
}

static void
bulk_changes_are_one_event_for_each_project(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 20), q = fixture_project(user, 3);
	struct lexicon_entry entry = {
	    .match = LEXICON_WORD, .language = "", .from = "Sentence", .to = "Word"};
	struct lexicon_swept swept;
	struct lexicon_item item;
	struct claim c;
	struct result r;
	struct audio a;
	struct admin_sound bad = {.user = user, .project = q.id};
	size_t taken;

	look_away(user);
	assert_rc(
	    lexicon_put(api, fixture_conf(NULL, 10), pool, user, &entry, &item, &swept), RC_OK);
	assert_int_equal(swept.queued, 23);
	assert_told(user,
	    "project.changed %" PRIu64 " 0 {\"change\":\"pronunciation\",\"queued\":20}\n"
	    "project.changed %" PRIu64 " 0 {\"change\":\"pronunciation\",\"queued\":3}\n",
	    p.id, q.id);
	/* The same again queues nothing. */
	assert_rc(
	    lexicon_put(api, fixture_conf(NULL, 10), pool, user, &entry, &item, &swept), RC_OK);
	assert_nothing(user);
	do
		r = render(OUTCOME_READY, &c);
	while (c.project != q.id);
	look_away(user);
	a = fixture_sentence(user, c.id);
	bad.id = a.id;
	bad.audio_revision = a.audio_revision;
	bad.path = a.path;
	memcpy(bad.sha256, r.sha256, sizeof bad.sha256);
	assert_rc(admin_silence(admin, &bad, 1, &taken), RC_OK);
	assert_int_equal(taken, 1);
	assert_told(
	    user, "project.changed %" PRIu64 " 0 {\"change\":\"repaired\",\"queued\":1}\n", q.id);
	assert_rc(admin_silence(admin, &bad, 1, &taken), RC_OK);
	assert_nothing(user);
}

/* The answers to requests that were sent twice. */
static const char *
answer(struct pool *of, const void *object)
{
	return "{}";
}

static void
what_is_sent_twice_is_told_of_once(void **state)
{
	uint64_t user = fixture_user(), count;
	uint8_t key[32] = {1}, body[32] = {2};
	struct idempotency idem = {.key_hash = key, .body_hash = body, .answer = answer};
	const struct slice text = {"One.", 4};
	const struct project_new in = {
	    .title = "T", .language = "", .voice = "", .speed = 100, .sentences = &text, .n = 1};
	struct project p;
	struct audio a;

	assert_rc(project_create(api, pool, user, &in, 10, &idem, &p), RC_OK);
	assert_rc(project_create(api, pool, user, &in, 10, &idem, &p), RC_REPLAY);
	assert_told(user,
	    "project.changed %" PRIu64 " 0 {\"change\":\"created\",\"sentence_count\":1}\n", p.id);
	key[0] = 2;
	assert_rc(audio_insert(api, pool, user, p.id, -1, "A", 1, 1, 9, &idem, &a, &count), RC_OK);
	assert_rc(
	    audio_insert(api, pool, user, p.id, -1, "A", 1, 1, 9, &idem, &a, &count), RC_REPLAY);
	assert_told(user, "audio.inserted %" PRIu64 " %" PRIu64 " {\"revision\":1,\"index\":2}\n",
	    p.id, a.id);
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup(test, set_up)
	const struct CMUnitTest tests[] = {
	    TEST(a_project_is_told_of_until_it_is_complete),
	    TEST(a_failure_says_why),
	    TEST(a_renderer_that_dies_too_often_is_told_of),
	    TEST(edits_are_told_of_once),
	    TEST(deleting_the_last_pending_sentence_completes),
	    TEST(what_is_finished_too_late_is_not_told_of),
	    TEST(bulk_changes_are_one_event_for_each_project),
	    TEST(what_is_sent_twice_is_told_of_once),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
