#include "fixture.h"

#include <stdio.h>

#include "../../store/admin.h"

/* Give the first N sentences of a project a sound of SIZE bytes each. */
static void
give_sounds(uint64_t project, uint64_t n, unsigned size)
{
	fixture_run(
	    "UPDATE audio SET state = 'ready', audio_revision = revision, path = CONCAT('x', id),"
	    " sha256 = REPEAT('x', 32), duration_ms = 1000, size_bytes = %u WHERE project_id ="
	    " %llu ORDER BY position LIMIT %llu",
	    size, (unsigned long long)project, (unsigned long long)n);
	fixture_run("UPDATE project SET ready_count = %llu, duration_ms = %llu WHERE id = %llu",
	    (unsigned long long)n, (unsigned long long)n * 1000, (unsigned long long)project);
}

/* The usage of the user with this id, from a list of all users. */
static struct admin_user
usage_of(uint64_t id)
{
	struct admin_user v[ADMIN_MAX], found = {.projects = 0};
	size_t n = 0;

	assert_rc(admin_users(admin, pool, 0, v, &n), RC_OK);
	assert_in_range(n, 1, ADMIN_MAX - 1);
	assert_rc(admin_usage(admin, v, n), RC_OK);
	for (size_t i = 0; i < n; i++)
		if (v[i].user.id == id)
			found = v[i];
	assert_int_equal(found.user.id, id);
	return found;
}

static void
a_user_has_what_all_his_projects_have(void **state)
{
	uint64_t ann = fixture_user(), bob = fixture_user(), cher = fixture_user();
	struct project one = fixture_project(ann, 3), two = fixture_project(ann, 4);
	struct project other = fixture_project(bob, 2);
	struct admin_user u;

	give_sounds(one.id, 3, 1000);
	give_sounds(two.id, 1, 50);
	give_sounds(other.id, 2, 7);

	u = usage_of(ann);
	assert_int_equal(u.projects, 2);
	assert_int_equal(u.sentences, 7);
	assert_int_equal(u.bytes, 3050);
	assert_int_equal(u.duration_ms, 4000);
	u = usage_of(bob);
	assert_int_equal(u.sentences, 2);
	assert_int_equal(u.bytes, 14);
	u = usage_of(cher);
	assert_int_equal(u.projects + u.sentences + u.bytes + u.duration_ms, 0);
}

static void
the_sound_before_an_edit_is_counted_too(void **state)
{
	uint64_t user = fixture_user();
	struct project project = fixture_project(user, 1);
	struct audio audio = fixture_audio(user, project.id, 0);
	uint64_t bytes;

	give_sounds(project.id, 1, 300);
	assert_rc(audio_edit(api, pool, user, audio.id, "two", 3, 1, NULL, &audio), RC_OK);
	assert_int_equal(usage_of(user).bytes, 300);
	assert_int_equal(usage_of(user).duration_ms, 0);
	assert_rc(admin_project_bytes(admin, project.id, &bytes), RC_OK);
	assert_int_equal(bytes, 300);
}

/* More than one page of sentences, with gaps in the ids. */
static void
many_sentences_are_added_up_to_the_last(void **state)
{
	uint64_t user = fixture_user(), bytes;
	struct project project = fixture_project(user, 1);

	fixture_run(
	    "INSERT INTO audio (project_id, user_id, created_at, updated_at, position, text,"
	    " speed, queued_at, run_at, state, audio_revision, path, sha256, duration_ms,"
	    " size_bytes) SELECT %llu, %llu, NOW(3), NOW(3), 1000000000 + seq, 'x', 1,"
	    " NOW(3), NOW(3), 'ready', 1, 'x', REPEAT('x', 32), 1, 3 FROM seq_1_to_45000",
	    (unsigned long long)project.id, (unsigned long long)user);
	fixture_run(
	    "DELETE FROM audio WHERE project_id = %llu AND id %% 7 = 0 AND position > 1000000000",
	    (unsigned long long)project.id);
	bytes = 3 * (fixture_number("SELECT COUNT(*) FROM audio WHERE project_id = %llu",
			 (unsigned long long)project.id) -
			1);
	assert_in_range(bytes, 3 * 38000, 3 * 39000);
	assert_int_equal(usage_of(user).bytes, bytes);
	assert_rc(admin_project_bytes(admin, project.id, &bytes), RC_OK);
	assert_int_equal(usage_of(user).bytes, bytes);
}

static void
what_pipelines_made_is_counted(void **state)
{
	uint64_t user, other;

	fixture_clear();
	user = fixture_user();
	other = fixture_user();
	fixture_run("INSERT INTO pipeline (id, user_id, task_id, created_at, updated_at)"
		    " VALUES (1, %llu, 'x', NOW(3), NOW(3))",
	    (unsigned long long)user);
	fixture_run("INSERT INTO stage (id, pipeline_id, user_id, stage, run, cause, created_at,"
		    " updated_at, run_at) VALUES (1, 1, %llu, 'song', 1, 'start', NOW(3), NOW(3),"
		    " NOW(3))",
	    (unsigned long long)user);
	fixture_run(
	    "INSERT INTO asset (stage_id, n, chosen, created_at, path, type, size_bytes,"
	    " duration_ms, sha256) SELECT 1, seq, seq = 1, NOW(3), seq, 'audio/mpeg', 100, 1,"
	    " REPEAT('x', 32) FROM seq_1_to_2");
	fixture_run("INSERT INTO image (pipeline_id, position, created_at, type, width, height,"
		    " size_bytes, sha256) SELECT 1, seq, NOW(3), 'png', 1, 1, 7, REPEAT('x', 32)"
		    " FROM seq_1_to_3");
	assert_int_equal(usage_of(user).bytes, 2 * 100 + 3 * 7);
	assert_int_equal(usage_of(other).bytes, 0);
}

static void
projects_are_listed_for_all_and_for_one(void **state)
{
	uint64_t ann, bob;
	struct project a, b;
	struct admin_project v[ADMIN_MAX], found;
	size_t n;

	fixture_clear();
	ann = fixture_user();
	bob = fixture_user();
	a = fixture_project(ann, 2);
	b = fixture_project(bob, 3);
	assert_rc(admin_projects(admin, pool, 0, 0, v, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(v[0].project.id, a.id);
	assert_int_equal(v[0].project.user, ann);
	assert_int_equal(v[1].project.id, b.id);
	assert_int_equal(v[1].project.sentence_count, 3);
	assert_rc(admin_projects(admin, pool, 0, a.id, v, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(v[0].project.id, b.id);
	assert_rc(admin_projects(admin, pool, ann, 0, v, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(v[0].project.id, a.id);
	assert_rc(admin_projects(admin, pool, ann, a.id, v, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_rc(admin_project_find(admin, pool, b.id, &found), RC_OK);
	assert_int_equal(found.project.user, bob);
	assert_string_equal(found.project.title, b.title);
	assert_non_null(strchr(found.email, '@'));
	assert_rc(admin_project_find(admin, pool, b.id + 1000, &found), RC_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_user_has_what_all_his_projects_have),
	    cmocka_unit_test(the_sound_before_an_edit_is_counted_too),
	    cmocka_unit_test(many_sentences_are_added_up_to_the_last),
	    cmocka_unit_test(what_pipelines_made_is_counted),
	    cmocka_unit_test(projects_are_listed_for_all_and_for_one),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
