#include "fixture.h"

#include "../../common/base/version.h"
#include "../../common/base/made_with.h"
#include "../../store/admin.h"

/* Sounds that are made anew without an edit. */

static struct claimant here;

/* What this version makes with the settings of the test's configuration. */
static const char *
present(void)
{
	const struct conf *conf = db_conf(admin);

	return made_with_pack(pool, &(struct made_with){TTS_VERSION, "e 1", "l 1", "cbr",
					conf->mp3.bitrate_kbps, conf->mp3.quality, 22050});
}

/* Finish all that is pending, as made with this. */
static size_t
finish_all(const char *made_with)
{
	struct claim c[64];
	size_t n = fixture_claim(&here, 64, c), all = 0;

	for (; n > 0; n = fixture_claim(&here, 64, c)) {
		struct result r[64];

		for (size_t i = 0; i < n; i++) {
			r[i] = fixture_result(&here, &c[i], OUTCOME_READY);
			r[i].made_with = made_with;
		}
		assert_rc(queue_finish(renderer, r, n), RC_OK);
		all += n;
	}
	return all;
}

static struct admin_rerender
rerender(struct admin_rerender r)
{
	while (!r.done)
		assert_rc(admin_rerender(admin, &r), RC_OK);
	return r;
}

static void
a_sound_says_what_made_it(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1);
	struct audio a;

	assert_string_equal(fixture_audio(user, p.id, 0).made_with, "");
	finish_all("0.2.0;e 1;l 1;cbr;64;7;22050");
	a = fixture_audio(user, p.id, 0);
	assert_string_equal(a.made_with, "0.2.0;e 1;l 1;cbr;64;7;22050");
	assert_rc(audio_edit(api, pool, user, a.id, "anew", 4, 0, NULL, &a), RC_OK);
	finish_all(NULL); /* by a program that does not know */
	assert_string_equal(fixture_audio(user, p.id, 0).made_with, "");
}

static void
only_what_was_made_otherwise_is_made_anew(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 6);
	const char *made[] = {present(), "0.0.1;e 1;l 1;cbr;64;7;22050", NULL, present()};
	struct admin_rerender r;

	for (size_t i = 0; i < 6; i++) {
		struct claim c;
		struct result result;

		assert_int_equal(fixture_claim(&here, 1, &c), 1);
		result = fixture_result(&here, &c, i == 4 ? OUTCOME_FAILED : OUTCOME_READY);
		result.made_with = i < 4 ? made[i] : NULL;
		if (i < 5)
			assert_rc(queue_finish(renderer, &result, 1), RC_OK);
	}
	/* The fifth has failed, the sixth is being rendered. */
	r = rerender((struct admin_rerender){.project = p.id, .preview = true});
	assert_int_equal(r.sentences, 2);
	assert_int_equal(r.sound_ms,
	    fixture_audio(user, p.id, 1).duration_ms + fixture_audio(user, p.id, 2).duration_ms);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM audio WHERE revision > 1"), 0);

	r = rerender((struct admin_rerender){.project = p.id});
	assert_int_equal(r.sentences, 2);
	assert_int_equal(r.seen, 6);
	for (uint64_t i = 0; i < 6; i++) {
		struct audio a = fixture_audio(user, p.id, i);
		bool anew = i == 1 || i == 2;

		assert_int_equal(a.revision, anew ? 2 : 1);
		assert_int_equal(audio_is_remade(a.revision, a.audio_revision, a.remade), anew);
		if (anew)
			assert_int_equal(a.state, AUDIO_PENDING);
	}
	fixture_check();
	/* Begun again, it finds nothing: they are pending. */
	r = rerender((struct admin_rerender){.project = p.id});
	assert_int_equal(r.sentences, 0);
	finish_all(present());
	r = rerender((struct admin_rerender){.project = p.id});
	assert_int_equal(r.sentences, 0);
	assert_int_equal(fixture_audio(user, p.id, 1).audio_revision, 2);
	fixture_check();
}

static void
the_old_sound_counts_until_there_is_another_text(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1);
	const struct timed_word word = {0, 3, 0, 100};
	struct audio a;
	struct timing t;
	struct claim c;
	struct result r;
	char *old;

	assert_int_equal(fixture_claim(&here, 1, &c), 1);
	r = fixture_result(&here, &c, OUTCOME_READY);
	r.words = &word;
	r.words_n = 1;
	assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	old = pool_strdup(pool, r.path);
	rerender((struct admin_rerender){.user = user});
	a = fixture_audio(user, p.id, 0);
	assert_string_equal(a.path, old);
	assert_rc(timing_get(api, pool, user, a.id, &t), RC_OK);
	assert_int_equal(t.state, AUDIO_READY);
	assert_int_equal(t.revision, 1);
	assert_int_equal(t.n, 1);

	/* An edit needs a sound of its own. */
	assert_rc(audio_edit(api, pool, user, a.id, "anew", 4, 0, NULL, &a), RC_OK);
	assert_int_equal(a.revision, 3);
	assert_false(audio_is_remade(a.revision, a.audio_revision, a.remade));
	assert_rc(timing_get(api, pool, user, a.id, &t), RC_OK);
	assert_int_equal(t.state, AUDIO_PENDING);
	finish_all(NULL);
	rerender((struct admin_rerender){.user = user});
	assert_int_equal(finish_all(present()), 1);
	a = fixture_audio(user, p.id, 0);
	assert_int_equal(a.audio_revision, 4);
	assert_false(audio_is_remade(a.revision, a.audio_revision, a.remade));
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM trash WHERE audio_id = %llu",
			     (unsigned long long)a.id),
	    2);
}

static void
it_is_chosen_by_user_project_language_and_version(void **state)
{
	static const struct slice texts[] = {
	    {"This is an English sentence about the weather.", 46}, {"나는 학교에 갑니다.", 27}};
	uint64_t ann = fixture_user(), bob = fixture_user();
	struct project p, q;
	const struct project_new new = {
	    .title = "mixed", .language = "", .voice = "", .speed = 1, .sentences = texts, .n = 2};

	assert_rc(project_create(api, pool, ann, &new, 10, NULL, &p), RC_OK);
	q = fixture_project(bob, 3);
	finish_all("0.1.9;e 1;l 1;cbr;64;7;22050");
#define COUNT(...) rerender((struct admin_rerender){.preview = true, __VA_ARGS__}).sentences
	assert_int_equal(COUNT(.user = ann), 2);
	assert_int_equal(COUNT(.user = bob), 3);
	assert_int_equal(COUNT(.project = q.id), 3);
	assert_int_equal(COUNT(.user = bob, .project = p.id), 0);
	assert_int_equal(COUNT(.user = ann, .language = "ko"), 1);
	assert_int_equal(COUNT(.user = ann, .language = "EN"), 1);
	assert_int_equal(COUNT(.user = ann, .language = "de"), 0);
	assert_int_equal(COUNT(.project = q.id, .older_than = "0.1.9"), 0);
	assert_int_equal(COUNT(.project = q.id, .older_than = "0.1.10"), 3);
	fixture_run("UPDATE audio SET made_with = NULL WHERE project_id = %llu ORDER BY id LIMIT 1",
	    (unsigned long long)q.id);
	assert_int_equal(COUNT(.project = q.id, .older_than = "0.0.1"), 1);
	fixture_run("UPDATE project SET hidden = 1 WHERE id = %llu", (unsigned long long)q.id);
	assert_int_equal(COUNT(.user = bob), 0);
	fixture_run(
	    "UPDATE project SET hidden = 0, deleted = 1 WHERE id = %llu", (unsigned long long)q.id);
	assert_int_equal(COUNT(.user = bob), 0);
}

static void
no_edit_waits_for_it(void **state)
{
	uint64_t user = fixture_user(), other = fixture_user();
	struct project p = fixture_project(user, 300), q = fixture_project(other, 1);
	struct audio a = fixture_audio(other, q.id, 0);
	struct admin_rerender r = {.user = user};
	struct claim c[2];

	finish_all(NULL);
	/* In batches: not all of a long project at once. */
	assert_rc(admin_rerender(admin, &r), RC_OK);
	assert_int_equal(r.sentences, ADMIN_MAX);
	assert_false(r.done);
	r = rerender(r);
	assert_int_equal(r.sentences, 300);
	assert_rc(audio_edit(api, pool, other, a.id, "anew", 4, 0, NULL, &a), RC_OK);
	a = fixture_audio(user, p.id, 299);
	assert_rc(audio_edit(api, pool, user, a.id, "anew too", 8, 0, NULL, &a), RC_OK);
	assert_int_equal(fixture_claim(&here, 2, c), 2);
	assert_int_equal(c[0].text_len + c[1].text_len, 12); /* the two edits, in either order */
	finish_all(present());
	fixture_check();
}

static int
set_up(void **state)
{
	here = fixture_claimant("here", 60);
	return fixture_empty_queue(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_sound_says_what_made_it, set_up),
	    cmocka_unit_test_setup(only_what_was_made_otherwise_is_made_anew, set_up),
	    cmocka_unit_test_setup(the_old_sound_counts_until_there_is_another_text, set_up),
	    cmocka_unit_test_setup(it_is_chosen_by_user_project_language_and_version, set_up),
	    cmocka_unit_test_setup(no_edit_waits_for_it, set_up),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
