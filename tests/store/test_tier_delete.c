#include "tiers.h"

#include <stdlib.h>

#include "../../store/trash.h"

/* Files of levels that are deleted, edited, adopted, pinned and no longer there. */

static struct db *work; /* tts-work, with levels */
static uint64_t user;
static struct project project;

#define KEY "0123456789abcdef0123456789abcdef"

/* Publish all sentences that are queued, with a key in their paths as it is in files'. */
static void
render_all(void)
{
	struct claimant who = fixture_claimant("here", 60);
	struct claim claims[16];
	size_t n = fixture_claim(&who, 16, claims);

	for (size_t i = 0; i < n; i++) {
		struct result r = fixture_result(&who, &claims[i], OUTCOME_READY);

		r.path = pool_printf(
		    pool, "%.*s%s.mp3", (int)(strlen(r.path) - strlen("key.mp3")), r.path, KEY);
		assert_rc(queue_finish(renderer, &r, 1), RC_OK);
	}
}

static int
set_up(void **state)
{
	if (fixture_dir()[0] == '\0')
		return 0;
	fixture_clear();
	fixture_run("DELETE FROM trash");
	tiers_empty(state);
	user = fixture_user();
	project = fixture_project(user, 3);
	render_all();
	return 0;
}

static int
start(void **state)
{
	if (tiers_start(state) != 0)
		return -1;
	if (fixture_dir()[0] != '\0')
		work = tiers_db(ACCOUNT_WORK, 3, 20, "");
	return 0;
}

static int
stop(void **state)
{
	if (work != NULL)
		db_free(work);
	return tiers_stop(state);
}

/* The name of the stored sound of sentence I. */
static const char *
name_of(uint64_t i)
{
	struct audio a = fixture_audio(user, project.id, i);
	char name[TIER_NAME_SIZE];

	assert_true(tier_name_of_path(a.path, name));
	return pool_strdup(pool, name);
}

/* N fetches of a file. */
static void
fetch(const char *name, uint64_t n)
{
	struct tier_fetch f = {.name = name, .n = n, .at = INT64_MAX};
	struct fetch_position before, after;
	bool found;

	assert_rc(tier_position(tier, "here", &before, &found), RC_OK);
	after = before;
	after.offset++;
	assert_rc(tier_count(tier, "here", found ? &before : NULL, &after, &f, 1), RC_OK);
}

/* Empty the trash, as DB. */
static void
empty_trash(struct db *db)
{
	struct trash v[16];
	size_t n;

	fixture_run(
	    "UPDATE trash SET created_at = NOW(3) - INTERVAL 1 MINUTE, run_at = created_at");
	assert_rc(trash_list(db, pool, 16, v, &n), RC_OK);
	assert_true(n > 0);
	assert_rc(trash_done(db, v, n), RC_OK);
}

static uint64_t
rows(void)
{
	return fixture_number("SELECT COUNT(*) FROM content");
}

static void
a_claim_has_the_path_with_its_key(void **state)
{
	struct tier_move v[TIER_MAX];
	struct audio a = fixture_audio(user, project.id, 1);

	fetch(name_of(1), 30);
	fetch(pool_printf(pool, "0/%d/%d-r9", (int)project.id, (int)a.id), 25);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 2);
	assert_string_equal(v[0].name, name_of(1));
	assert_string_equal(v[0].path, a.path);
	assert_string_equal(v[1].path, "");
}

static void
a_deleted_sentence_ends_its_move(void **state)
{
	struct tier_move v[TIER_MAX];

	fetch(name_of(0), 30);
	fetch(name_of(1), 29);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 2);
	assert_rc(audio_delete(api, user, fixture_audio(user, project.id, 0).id, NULL), RC_OK);
	empty_trash(work);
	assert_rc(tier_done(tier, v, 2), RC_OK);
	assert_true(v[0].gone);
	assert_false(v[1].stale);
	assert_int_equal(rows(), 1);
}

static void
a_deleted_project_ends_its_moves_and_its_pin(void **state)
{
	struct tier_move v[TIER_MAX];

	for (uint64_t i = 0; i < 3; i++)
		fetch(name_of(i), 30);
	fetch("0/999/1-r1", 30);
	fixture_run(
	    "INSERT INTO level_pin VALUES (%d, " LEVEL_ID ", NOW())", (int)project.id, "gold");
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 4);
	assert_rc(tier_done(tier, v, 2), RC_OK);
	fixture_run("INSERT INTO trash (created_at, run_at, project_id, audio_id, path, bury)"
		    " VALUES (NOW(3), NOW(3), %d, 0, '', TRUE)",
	    (int)project.id);
	empty_trash(work);
	assert_int_equal(rows(), 1);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM level_pin"), 0);
	assert_rc(tier_settled(tier, v, 4), RC_OK);
	for (int i = 0; i < 4; i++)
		assert_int_equal(v[i].gone, strcmp(v[i].name, "0/999/1-r1") != 0);
}

static void
a_deleted_pipeline_ends_its_moves(void **state)
{
	struct tier_move v[TIER_MAX];

	fetch("pipeline/0/7/video-31", 30);
	fetch("pipeline/0/7/song-30-2", 30);
	fetch("pipeline/0/8/video-31", 30);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 3);
	fixture_run("INSERT INTO trash (created_at, run_at, project_id, audio_id, pipeline_id,"
		    " path, bury) VALUES (NOW(3), NOW(3), 0, 0, 7,"
		    " 'pipeline/0/7/song-30-2-" KEY ".mp3', FALSE)");
	empty_trash(work);
	assert_int_equal(rows(), 2);
	fixture_run("INSERT INTO trash (created_at, run_at, project_id, audio_id, pipeline_id,"
		    " path, bury) VALUES (NOW(3), NOW(3), 0, 0, 7, '', TRUE)");
	empty_trash(work);
	assert_int_equal(rows(), 1);
	assert_rc(tier_done(tier, v, 3), RC_OK);
	assert_int_equal(v[0].gone + v[1].gone + v[2].gone, 2);
}

static void
an_edited_sentence_keeps_half_of_its_heat(void **state)
{
	struct audio a = fixture_audio(user, project.id, 0);
	struct tier_move v[TIER_MAX];
	const char *old = name_of(0);

	fetch(old, 50);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 1);
	assert_rc(tier_done(tier, v, 1), RC_OK);
	assert_rc(
	    audio_edit(api, pool, user, a.id, "another", 7, 1, REVISION(a.revision), &a), RC_OK);
	render_all();
	assert_string_not_equal(name_of(0), old);
	fetch(name_of(0), 1);
	empty_trash(work);
	assert_int_equal(rows(), 1);
	assert_int_equal(
	    fixture_number("SELECT total FROM content WHERE name = '%s'", name_of(0)), 26);
	assert_string_equal(tiers_level(name_of(0)), "bronze");
	assert_rc(tier_settled(tier, v, 1), RC_OK);
	assert_true(v[0].gone);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 1);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM update_history"), 1);
}

static void
without_levels_the_trash_knows_nothing_of_them(void **state)
{
	fetch(name_of(0), 5);
	assert_rc(audio_delete(api, user, fixture_audio(user, project.id, 0).id, NULL), RC_OK);
	empty_trash(worker);
	assert_int_equal(rows(), 1);
}

/* ---------------------------------------------------------------- without a row */

static void
a_file_is_adopted_if_the_database_names_it(void **state)
{
	struct audio a = fixture_audio(user, project.id, 0), b = fixture_audio(user, project.id, 1);
	const char *other_key = pool_printf(pool, "0/%d/%d-r1-%s.mp3", (int)project.id, (int)a.id,
	    "ffffffffffffffffffffffffffffffff");
	struct tier_file files[] = {{other_key, 6}, {a.path, 111}, {b.path, 222},
	    {"0/1/99-r1-" KEY ".mp3", 333}, {".work/x", 444}, {"pipeline/0/7/x-1-" KEY ".jpg", 5}};
	struct tier_sum sums[CONF_LEVELS];
	struct tier_move v[TIER_MAX];
	size_t n;

	fetch(name_of(1), 30);
	assert_rc(tier_adopt(tier, GOLD, files, sizeof files / sizeof *files, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(rows(), 2);
	assert_string_equal(tiers_level(name_of(0)), "gold");
	assert_string_equal(tiers_level(name_of(1)), "bronze");
	assert_rc(tier_sums(tier, sums), RC_OK);
	assert_int_equal(sums[GOLD].files, 1);
	assert_int_equal(sums[GOLD].bytes, 111);
	assert_int_equal(sums[BRONZE].files, 1);
	assert_int_equal(sums[BRONZE].moving, 0);
	assert_int_equal(sums[SILVER].files, 0);
	assert_true(sums[GOLD].coldest < -1e8);
	assert_int_equal(tiers_claim(TIER_DOWN, GOLD, v), 1);
	assert_int_equal(v[0].target, BRONZE);
	assert_rc(tier_back(tier, v, 1, "no"), RC_OK);
	assert_rc(tier_sums(tier, sums), RC_OK);
	assert_int_equal(sums[GOLD].trouble, 1);
}

static void
a_pin_holds_for_all_files_of_the_project(void **state)
{
	struct tier_question q = tiers_question(TIER_PINNED, GOLD);
	struct tier_move v[TIER_MAX];
	uint64_t n;
	size_t claimed;

	fetch(name_of(1), 1);
	fixture_run(
	    "INSERT INTO level_pin VALUES (%d, " LEVEL_ID ", NOW())", (int)project.id, "gold");
	assert_rc(tier_pins_apply(tier, 100, &n), RC_OK);
	assert_int_equal(n, 3);
	assert_rc(tier_pins_apply(tier, 100, &n), RC_OK);
	assert_int_equal(n, 0);
	assert_rc(tier_claim(tier, pool, &q, v, &claimed), RC_OK);
	assert_int_equal(claimed, 3);
	for (size_t i = 0; i < claimed; i++) {
		struct audio a =
		    fixture_sentence(user, strtoull(strrchr(v[i].name, '/') + 1, NULL, 10));

		assert_string_equal(v[i].path, a.path);
		assert_string_equal(v[i].reason, "pinned");
	}
	assert_rc(tier_done(tier, v, claimed), RC_OK);
	assert_rc(tier_settled(tier, v, claimed), RC_OK);
	/* It does not sink, nor make room. */
	fixture_run("UPDATE content SET run_at = NOW(3)");
	assert_int_equal(tiers_claim(TIER_DOWN, GOLD, v), 0);
	assert_int_equal(tiers_claim(TIER_COLDEST, GOLD, v), 0);
	assert_int_equal(tiers_claim(TIER_PINNED, GOLD, v), 0);
	fixture_run("UPDATE level_pin SET level = " LEVEL_ID, "silver");
	assert_rc(tier_pins_apply(tier, 2, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_rc(tier_pins_apply(tier, 2, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(tiers_claim(TIER_PINNED, SILVER, v), 3);
	assert_rc(tier_back(tier, v, 3, ""), RC_OK);
	fixture_run("DELETE FROM level_pin");
	assert_rc(tier_pins_apply(tier, 100, &n), RC_OK);
	assert_int_equal(n, 3);
	assert_int_equal(tiers_claim(TIER_DOWN, GOLD, v), 3);
}

static void
rows_of_what_is_gone_and_old_history_are_removed(void **state)
{
	uint64_t cursor = 0, n;
	struct tier_move v[TIER_MAX];

	fetch(name_of(0), 30);
	fetch("0/1/999999-r1", 1);
	fetch("pipeline/999/999999/video-1", 1);
	assert_int_equal(tiers_claim(TIER_UP, GOLD, v), 1);
	assert_rc(tier_done(tier, v, 1), RC_OK);
	assert_rc(tier_prune(tier, &cursor, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_int_equal(cursor, 0);
	assert_int_equal(rows(), 1);
	assert_string_equal(tiers_level(name_of(0)), "gold");
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM update_history"), 1);
	fixture_run("UPDATE update_history SET new_updated_date = NOW(3) - INTERVAL 366 DAY");
	assert_rc(tier_prune(tier, &cursor, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM update_history"), 0);
}

/* ---------------------------------------------------------------- other programs */

static void
another_program_counts_and_moves(void **state)
{
	struct db *db = tiers_db(ACCOUNT_API, 3, 20, "");
	uint64_t audio = fixture_audio(user, project.id, 0).id, cid;
	struct tier_content c;

	assert_rc(tier_content_of_audio(db, 999999999, &c), RC_NOT_FOUND);
	assert_rc(tier_content(db, 999999999, &c), RC_NOT_FOUND);
	assert_rc(tier_content_of_audio(db, audio, &c), RC_OK);
	assert_string_equal(c.name, name_of(0));
	assert_int_equal(c.count, 0);
	assert_int_equal(c.level, BRONZE);
	assert_int_equal(c.target, BRONZE);
	cid = c.cid;
	assert_rc(tier_content_of_audio(db, audio, &c), RC_OK);
	assert_int_equal(c.cid, cid);
	assert_int_equal(rows(), 1);
	assert_rc(tier_outside_done(db, cid, &c), RC_RUNNING);
	for (int i = 0; i < 2; i++) {
		assert_rc(tier_set_count(db, cid, 25, &c), RC_OK);
		assert_int_equal(c.count, 25);
		assert_int_equal(c.level, BRONZE);
		assert_int_equal(c.target, GOLD);
		assert_false(c.moving);
	}
	assert_rc(tier_outside_done(db, cid, &c), RC_OK);
	assert_int_equal(c.level, GOLD);
	assert_string_equal(tiers_level(name_of(0)), "gold");
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM update_history WHERE reason ="
					" 'asked' AND old_content_level = 'bronze' AND"
					" new_content_level = 'gold'"),
	    1);
	assert_rc(tier_outside_done(db, cid, &c), RC_RUNNING);
	assert_rc(tier_set_count(db, cid, 32, &c), RC_OK);
	assert_int_equal(fixture_number("SELECT max_count FROM level WHERE name = 'gold'"), 32);
	db_free(db);
}

static void
another_program_waits_for_ours(void **state)
{
	struct db *db = tiers_db(ACCOUNT_API, 3, 20, "");
	struct tier_move v[TIER_MAX];
	struct tier_content c;

	fetch(name_of(0), 4);
	assert_int_equal(tiers_claim(TIER_UP, SILVER, v), 1);
	assert_rc(tier_set_count(db, v[0].id, 30, &c), RC_OK);
	assert_true(c.moving);
	assert_rc(tier_outside_done(db, v[0].id, &c), RC_RUNNING);
	assert_rc(tier_done(tier, v, 1), RC_OK);
	assert_string_equal(tiers_level(name_of(0)), "silver");
	db_free(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_claim_has_the_path_with_its_key, set_up),
	    cmocka_unit_test_setup(a_deleted_sentence_ends_its_move, set_up),
	    cmocka_unit_test_setup(a_deleted_project_ends_its_moves_and_its_pin, set_up),
	    cmocka_unit_test_setup(a_deleted_pipeline_ends_its_moves, set_up),
	    cmocka_unit_test_setup(an_edited_sentence_keeps_half_of_its_heat, set_up),
	    cmocka_unit_test_setup(without_levels_the_trash_knows_nothing_of_them, set_up),
	    cmocka_unit_test_setup(a_file_is_adopted_if_the_database_names_it, set_up),
	    cmocka_unit_test_setup(a_pin_holds_for_all_files_of_the_project, set_up),
	    cmocka_unit_test_setup(rows_of_what_is_gone_and_old_history_are_removed, set_up),
	    cmocka_unit_test_setup(another_program_counts_and_moves, set_up),
	    cmocka_unit_test_setup(another_program_waits_for_ours, set_up),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
