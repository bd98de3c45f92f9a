#include "tiers.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../store/tier_score.h"

/* Counting fetches, and the table of the levels. */

#define NAME "0/7/1-r1"

static struct fetch_position
at(uint64_t offset)
{
	return (struct fetch_position){
	    .inode = 5, .offset = offset, .first = 1000, .last = 1000 + (int64_t)offset};
}

static uint64_t
total(const char *name)
{
	return fixture_number(
	    "SELECT COALESCE(MAX(total), 0) FROM content WHERE name = '%s'", name);
}

static double
lw(const char *name)
{
	struct rows rows = fixture_rows("SELECT CONCAT(lw) FROM content WHERE name = '%s'", name);

	assert_int_equal(rows.n, 1);
	return strtod(db_row(&rows, 0)->s, NULL);
}

static int64_t
now_ms(void)
{
	return (int64_t)fixture_number("SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS UNSIGNED)");
}

/* Count N fetches of NAME; the log goes on from *OFFSET (0: from its beginning). */
static enum rc
count(struct db *db, uint64_t *offset, const char *name, uint64_t n, int64_t when)
{
	struct tier_fetch fetch = {.name = name, .n = n, .at = when};
	struct fetch_position before = at(*offset), after = at(*offset + 10);
	enum rc rc = tier_count(db, "here", *offset == 0 ? NULL : &before, &after, &fetch, 1);

	if (rc == RC_OK)
		*offset += 10;
	return rc;
}

static void
counts_and_position_change_together(void **state)
{
	struct fetch_position pos, old;
	struct tier_fetch fetch = {.name = NAME, .n = 3, .at = now_ms()};
	uint64_t offset = 0;
	bool found;

	assert_rc(tier_position(tier, "here", &pos, &found), RC_OK);
	assert_false(found);
	assert_rc(count(tier, &offset, NAME, 2, now_ms()), RC_OK);
	assert_rc(count(tier, &offset, NAME, 5, now_ms()), RC_OK);
	assert_int_equal(total(NAME), 7);
	assert_rc(tier_position(tier, "here", &pos, &found), RC_OK);
	assert_true(found);
	assert_int_equal(pos.inode, 5);
	assert_int_equal(pos.offset, 20);
	assert_int_equal(pos.first, 1000);
	assert_int_equal(pos.last, 1020);
	/* Whoever is not where the position is counts nothing. */
	old = at(10);
	assert_rc(tier_count(tier, "here", &old, &pos, &fetch, 1), RC_STALE);
	assert_rc(tier_count(tier, "here", NULL, &old, &fetch, 1), RC_STALE);
	assert_rc(tier_count(tier, "there", &pos, &old, &fetch, 1), RC_STALE);
	assert_rc(tier_count(tier, "here", &pos, &pos, &fetch, 1), RC_STALE);
	old = (struct fetch_position){.inode = 6, .offset = 20, .first = 1000, .last = 1020};
	assert_rc(tier_count(tier, "here", &old, &pos, &fetch, 1), RC_STALE);
	assert_int_equal(total(NAME), 7);
	assert_rc(tier_position(tier, "here", &pos, &found), RC_OK);
	assert_int_equal(pos.offset, 20);
}

static void
a_file_is_what_its_name_says(void **state)
{
	static const char *const no_names[] = {"", "x", "0/7/1", "0/7/1-r0", "0/7/01-r1",
	    "1/7/1-r1", "0/7/1-r1x", "0/0/1-r1", "pipeline/0/7/", "pipeline/1/7/video-1",
	    "pipeline/0/7/../x", "0/7/1-r1'", "0/7/18446744073709551616-r1"};
	struct tier_fetch v[3] = {{.name = "12/12345/678-r9", .n = 1},
	    {.name = "pipeline/0/7/video-31-2", .n = 1}, {.name = NAME, .n = 0}};
	struct fetch_position first = at(1), second = at(2);
	struct tier_object object;
	char name[TIER_NAME_SIZE];

	assert_rc(tier_count(tier, "here", NULL, &first, v, 3), RC_OK);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content WHERE project_id = 12345"
					" AND audio_id = 678 AND revision = 9 AND pipeline_id IS"
					" NULL AND name = '12/12345/678-r9'"),
	    1);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content WHERE pipeline_id = 7 AND"
					" audio_id IS NULL AND project_id IS NULL"),
	    1);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content"), 2);
	for (size_t i = 0; i < sizeof no_names / sizeof *no_names; i++)
		assert_false(tier_name_parse(no_names[i], &object));
	v[0].name = "no name";
	assert_rc(tier_count(tier, "here", &first, &second, v, 1), RC_OK);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content"), 2);
	assert_true(tier_name_of_path("0/7/1-r1-0123456789abcdef0123456789abcdef.mp3", name));
	assert_string_equal(name, NAME);
	assert_false(tier_name_of_path("0/7/1-r1-0123456789abcdef0123456789abcde.mp3", name));
	assert_false(tier_name_of_path("0/7/1-r1-0123456789abcdef0123456789abcdeg.mp3", name));
	assert_false(tier_name_of_path("", name));
}

/* The database adds as tier_score_add does, in any order. */
static void
scores_add_up(void **state)
{
	static const struct {
		int days;
		uint64_t n;
	} v[] = {{-1, 5}, {-20, 100}, {0, 1}, {-3, 7}, {-400, 1000}};
	uint64_t offset = 0;
	double expected = TIER_NEVER;
	int64_t now = now_ms();

	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		int64_t when = now + v[i].days * INT64_C(86400000);

		expected = tier_score_add(expected, v[i].n, 604800, (double)when / 1000);
		assert_rc(count(tier, &offset, NAME, v[i].n, when), RC_OK);
		assert_true(fabs(lw(NAME) - expected) < 1e-9);
	}
	assert_int_equal(total(NAME), 1113);
	/* A clock that is ahead gives no more weight than now. */
	assert_rc(count(tier, &offset, "0/7/2-r1", 1, now + INT64_C(1000) * 86400000), RC_OK);
	assert_true(lw("0/7/2-r1") < tier_weight(604800, (double)now / 1000 + 60));
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM content WHERE fetched_at > NOW(3)"), 0);
}

/* The counts of the earlier system. */
static void
counts_lead_to_levels_as_before(void **state)
{
	static const struct {
		const char *name, *level;
		uint64_t count;
	} v[] = {{"0/7/1-r1", "gold", 2342}, {"0/7/2-r1", "silver", 1548},
	    {"0/7/3-r1", "bronze", 356}, {"0/7/4-r1", "bronze", 664}, {"0/7/5-r1", "silver", 1964},
	    {"0/7/6-r1", "silver", 1000}, {"0/7/7-r1", "gold", 2000}, {"0/7/8-r1", "bronze", 999}};
	struct db *db;
	struct tier_move moves[TIER_MAX];
	uint64_t offset = 0;
	size_t n;

	fixture_run("DELETE FROM level");
	db = tiers_db(ACCOUNT_TIER, 1000, 2000, "half_life_sec = 0;");
	assert_rc(tier_levels_apply(db), RC_OK);
	assert_int_equal(fixture_number("SELECT max_count FROM level WHERE name = 'bronze'"), 999);
	assert_int_equal(fixture_number("SELECT max_count FROM level WHERE name = 'silver'"), 1999);
	assert_int_equal(fixture_number("SELECT max_count FROM level WHERE name = 'gold'"), 3001);
	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		assert_rc(count(db, &offset, v[i].name, v[i].count - 17, 0), RC_OK);
		for (int k = 0; k < 17; k++)
			assert_rc(count(db, &offset, v[i].name, 1, 0), RC_OK);
		assert_int_equal(total(v[i].name), v[i].count);
	}
	for (unsigned level = SILVER; level <= GOLD; level++) {
		struct tier_question q = tiers_question(TIER_UP, level);

		assert_rc(tier_claim(db, pool, &q, moves, &n), RC_OK);
		assert_rc(tier_done(db, moves, n), RC_OK);
		assert_rc(tier_settled(db, moves, n), RC_OK);
	}
	for (size_t i = 0; i < sizeof v / sizeof *v; i++)
		assert_string_equal(tiers_level(v[i].name), v[i].level);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM update_history"), 5);
	db_free(db);
}

static void
a_count_above_the_maximum_of_the_highest_raises_it(void **state)
{
	struct db *db;
	uint64_t offset = 0;

	fixture_run("DELETE FROM level");
	db = tiers_db(ACCOUNT_TIER, 1000, 2000, "half_life_sec = 0;");
	assert_rc(tier_levels_apply(db), RC_OK);
	assert_rc(count(db, &offset, NAME, 3001, 0), RC_OK);
	assert_int_equal(fixture_number("SELECT max_count FROM level WHERE name = 'gold'"), 3001);
	assert_rc(count(db, &offset, NAME, 499, 0), RC_OK);
	assert_int_equal(fixture_number("SELECT max_count FROM level WHERE name = 'gold'"), 3500);
	assert_rc(count(db, &offset, "0/7/2-r1", 3400, 0), RC_OK);
	assert_rc(tier_levels_apply(db), RC_OK);
	assert_int_equal(fixture_number("SELECT max_count FROM level WHERE name = 'gold'"), 3500);
	assert_int_equal(fixture_number("SELECT max_count FROM level WHERE name = 'silver'"), 1999);
	db_free(db);
}

/* ---------------------------------------------------------------- the table of the levels */

static const struct conf *
other_levels(const char *list, struct db **db)
{
	static int number;
	char *path = pool_printf(pool, "%s/other-%d.conf", fixture_dir(), number++);
	const struct conf *conf;

	assert_int_equal(
	    fixture_shell("sed 's|list = (.*); |list = ( %s ); |' %s/tiers-%d-0.conf >%s", list,
		fixture_dir(), (int)getpid(), path),
	    0);
	conf = conf_load(path);
	assert_non_null(conf);
	*db = db_new(conf, ACCOUNT_TIER);
	return conf;
}

#define BRONZE_HERE "{ name = \"bronze\"; path = \"/var/lib/tts/media\"; }"

static void
a_level_in_between_changes_no_row(void **state)
{
	struct tier_question q = tiers_question(TIER_UP, 3);
	struct tier_move v[TIER_MAX];
	struct db *db;
	size_t n;

	tiers_row("0/1/1-r1", "gold", 30);
	tiers_row("0/1/2-r1", "silver", 30);
	other_levels(BRONZE_HERE ", { name = \"silver\"; path = \"/s\"; min_count = 3; },"
				 " { name = \"electrum\"; path = \"/e\"; min_count = 10; },"
				 " { name = \"gold\"; path = \"/g\"; min_count = 20; }",
	    &db);
	assert_rc(tier_claim(db, pool, &q, v, &n), RC_NOT_READY);
	assert_rc(tier_levels_apply(db), RC_OK);
	assert_string_equal(tiers_level("0/1/1-r1"), "gold");
	q.usable = 15;
	assert_rc(tier_claim(db, pool, &q, v, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(v[0].level, 1);
	assert_int_equal(v[0].target, 3);
	db_free(db);
}

static void
a_level_with_files_cannot_leave(void **state)
{
	struct tier_move v[TIER_MAX];
	struct tier_question q = tiers_question(TIER_UP, 1);
	struct db *db;
	size_t n;

	tiers_row("0/1/1-r1", "silver", 30);
	other_levels(BRONZE_HERE ", { name = \"gold\"; path = \"/g\"; min_count = 20; }", &db);
	assert_rc(tier_levels_apply(db), RC_NOT_READY);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM level"), 3);
	fixture_run("UPDATE content SET level = " LEVEL_ID, "bronze");
	fixture_run("INSERT INTO level_pin VALUES (1, " LEVEL_ID ", NOW())", "silver");
	assert_rc(tier_levels_apply(db), RC_NOT_READY);
	fixture_run("DELETE FROM level_pin");
	assert_rc(tier_levels_apply(db), RC_OK);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM level"), 2);
	assert_int_equal(fixture_number("SELECT max_count FROM level WHERE name = 'bronze'"), 19);
	assert_rc(tier_claim(db, pool, &q, v, &n), RC_OK);
	assert_int_equal(n, 1);
	db_free(db);
}

static void
another_half_life_keeps_the_scores(void **state)
{
	struct db *short_life = tiers_db(ACCOUNT_TIER, 3, 20, "half_life_sec = 86400;");
	struct db *total_only = tiers_db(ACCOUNT_TIER, 3, 20, "half_life_sec = 0;");
	uint64_t offset = 0;
	double score, now = (double)now_ms() / 1000;

	assert_rc(count(tier, &offset, NAME, 40, now_ms() - 604800000), RC_OK);
	fixture_run("INSERT INTO content (name, level, generate_time, update_time, half_life_sec,"
		    " run_at) VALUES ('0/7/2-r1', " LEVEL_ID ", NOW(), NOW(), 604800, NOW())",
	    "bronze");
	score = tier_score(lw(NAME), 604800, now);
	assert_true(fabs(score - 20) < 0.1);
	assert_rc(count(short_life, &offset, NAME, 1, 0), RC_NOT_READY);
	for (int i = 0; i < 2; i++) {
		assert_rc(tier_levels_apply(short_life), RC_OK);
		assert_true(fabs(tier_score(lw(NAME), 86400, now) - score) < 0.1);
	}
	assert_true(lw("0/7/2-r1") == TIER_NEVER);
	assert_rc(count(tier, &offset, NAME, 1, 0), RC_NOT_READY);
	assert_rc(tier_levels_apply(total_only), RC_OK);
	assert_true(fabs(tier_score(lw(NAME), 0, now) - 40) < 1e-6);
	assert_true(lw("0/7/2-r1") == TIER_NEVER);
	/* Back again, the fetches count from the last one on. */
	assert_rc(tier_levels_apply(tier), RC_OK);
	assert_true(fabs(tier_score(lw(NAME), 604800, now) - 20) < 0.1);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM content WHERE half_life_sec <>"
					" 604800"),
	    0);
	db_free(short_life);
	db_free(total_only);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(counts_and_position_change_together, tiers_empty),
	    cmocka_unit_test_setup(a_file_is_what_its_name_says, tiers_empty),
	    cmocka_unit_test_setup(scores_add_up, tiers_empty),
	    cmocka_unit_test_setup(counts_lead_to_levels_as_before, tiers_empty),
	    cmocka_unit_test_setup(a_count_above_the_maximum_of_the_highest_raises_it, tiers_empty),
	    cmocka_unit_test_setup(a_level_in_between_changes_no_row, tiers_empty),
	    cmocka_unit_test_setup(a_level_with_files_cannot_leave, tiers_empty),
	    cmocka_unit_test_setup(another_half_life_keeps_the_scores, tiers_empty),
	};

	return cmocka_run_group_tests(tests, tiers_start, tiers_stop);
}
