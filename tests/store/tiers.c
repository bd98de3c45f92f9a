#include "tiers.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "../../store/tier_score.h"

struct db *tier;

static struct db *
open_db(const char *socket, enum account account, uint64_t silver, uint64_t gold, const char *more)
{
	static int number;
	char path[128];
	const struct conf *conf;
	FILE *f;

	/* Processes that were started together have the same number. */
	snprintf(path, sizeof path, "%s/tiers-%d-%d.conf", fixture_dir(), (int)getpid(), number++);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f,
	    "databases = { socket = \"%s\"; timeout_sec = 10;"
	    " api = { password_file = \"%s/api.pw\"; }; work = { password_file = \"%s/work.pw\"; };"
	    " tier = { password_file = \"%s/tier.pw\"; }; };\n"
	    "levels = { list = ( { name = \"bronze\"; path = \"/var/lib/tts/media\"; },"
	    " { name = \"silver\"; path = \"/s\"; min_count = %d; },"
	    " { name = \"gold\"; path = \"/g\"; min_count = %d; } ); %s };\n",
	    socket, fixture_dir(), fixture_dir(), fixture_dir(), (int)silver, (int)gold, more);
	assert_int_equal(fclose(f), 0);
	conf = conf_load(path);
	assert_non_null(conf);
	return db_new(conf, account);
}

struct db *
tiers_db(enum account account, uint64_t silver, uint64_t gold, const char *more)
{
	if (fixture_dir()[0] == '\0')
		skip();
	return open_db(
	    pool_printf(pool, "%s/mysql.sock", fixture_dir()), account, silver, gold, more);
}

struct db *
tiers_db_through(const char *socket, enum account account)
{
	return open_db(socket, account, 3, 20, "");
}

int
tiers_start(void **state)
{
	if (fixture_start(state) != 0)
		return -1;
	if (fixture_dir()[0] != '\0')
		tier = tiers_db(ACCOUNT_TIER, 3, 20, "");
	return 0;
}

int
tiers_stop(void **state)
{
	if (tier != NULL)
		db_free(tier);
	return fixture_stop(state);
}

int
tiers_empty(void **state)
{
	if (fixture_dir()[0] == '\0')
		return 0;
	fixture_run("DELETE FROM content");
	fixture_run("DELETE FROM update_history");
	fixture_run("DELETE FROM level_pin");
	fixture_run("DELETE FROM fetch_log");
	fixture_run("DELETE FROM level");
	assert_rc(tier_levels_apply(tier), RC_OK);
	return 0;
}

void
tiers_row(const char *name, const char *level, double score)
{
	double now = (double)fixture_number("SELECT CAST(UNIX_TIMESTAMP(NOW()) AS UNSIGNED)");

	fixture_run("INSERT INTO content (name, audio_id, revision, project_id, level, bytes,"
		    " generate_time, update_time, total, lw, half_life_sec, run_at) VALUES"
		    " ('%s', 1, 1, 1, " LEVEL_ID ", 5, '2026-01-01', '2026-01-01', %.0f, %.17g,"
		    " 604800, '2026-01-01')",
	    name, level, score, score == 0 ? TIER_NEVER : tier_score_lw(score, 604800, now));
}

const char *
tiers_level(const char *name)
{
	struct rows rows = fixture_rows("SELECT l.name FROM content c JOIN level l ON l.id ="
					" c.level WHERE c.name = '%s'",
	    name);

	return rows.n == 0 ? "" : db_row(&rows, 0)->s;
}

struct tier_question
tiers_question(enum tier_why why, unsigned level)
{
	return (struct tier_question){.host = "here",
	    .run_id = 7,
	    .lease_sec = 600,
	    .usable = ALL_USABLE,
	    .why = why,
	    .level = level,
	    .max = TIER_MAX};
}

size_t
tiers_claim(enum tier_why why, unsigned level, struct tier_move *v)
{
	struct tier_question q = tiers_question(why, level);
	size_t n;

	assert_rc(tier_claim(tier, pool, &q, v, &n), RC_OK);
	return n;
}
