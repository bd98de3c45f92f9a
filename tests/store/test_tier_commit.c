#include "tiers.h"

#include "proxy.h"

/* Counts and moves whose COMMIT is not answered: each is made once or not at all. */

static struct db *through; /* the proxy, as tts-tier */
static struct db *api_through;
static struct tier_move v[TIER_MAX];
static struct fetch_position position;

static int
set_up(void **state)
{
	const char *socket;

	if (fixture_dir()[0] == '\0')
		return 0;
	tiers_empty(state);
	position = (struct fetch_position){.inode = 0};
	socket = proxy_start();
	through = tiers_db_through(socket, ACCOUNT_TIER);
	api_through = tiers_db_through(socket, ACCOUNT_API);
	return db_ready(through) == RC_OK && db_ready(api_through) == RC_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	if (fixture_dir()[0] == '\0')
		return 0;
	db_free(through);
	db_free(api_through);
	proxy_stop();
	return 0;
}

static enum rc
count(void)
{
	struct tier_fetch fetch = {.name = "0/1/9-r1", .n = 1, .at = INT64_MAX};
	struct fetch_position after = position;
	enum rc rc;

	after.offset++;
	rc =
	    tier_count(through, "here", position.offset == 0 ? NULL : &position, &after, &fetch, 1);
	if (rc == RC_OK)
		position = after;
	return rc;
}

static enum rc
claim(void)
{
	struct tier_question q = tiers_question(TIER_UP, GOLD);
	size_t n;

	q.max = 1;
	fixture_run("UPDATE content SET state = 'still', claim_token = NULL, lease_until = NULL,"
		    " level = " LEVEL_ID ", run_at = NOW(3)",
	    "bronze");
	fixture_run("DELETE FROM update_history");
	return tier_claim(through, pool, &q, v, &n);
}

static enum rc
expired(void)
{
	struct tier_question q = tiers_question(TIER_UP, GOLD);
	size_t n;

	q.host = "other";
	return tier_expired(through, pool, &q, "here", v, &n);
}

static enum rc
done(void)
{
	return tier_done(through, v, 1);
}

static enum rc
settled(void)
{
	return tier_settled(through, v, 1);
}

static enum rc
set_count(void)
{
	struct tier_content c;

	return tier_set_count(api_through, v[0].id, 26, &c);
}

/* One after the other; SO is a number, and how much greater it is afterwards. */
static const struct {
	enum rc (*call)(void);
	const char *so;
} steps[] = {
    {count, "SELECT COALESCE(SUM(total), 0) FROM content WHERE name = '0/1/9-r1'"},
    {claim, "SELECT COUNT(*) FROM content WHERE state = 'moving' AND host = 'here'"},
    {expired, "SELECT COUNT(*) FROM content WHERE host = 'other'"},
    {done, "SELECT COUNT(*) FROM update_history"},
    {settled, "SELECT COUNT(*) FROM content WHERE state = 'still' AND level ="
	      " (SELECT id FROM level WHERE name = 'gold')"},
};

static void
each_step_is_made_once(void **state)
{
	tiers_row("0/1/1-r1", "bronze", 25);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		uint64_t before = fixture_number("%s", steps[i].so);

		proxy_set(PROXY_CUT_BEFORE_COMMIT);
		assert_rc(steps[i].call(), RC_BUSY);
		assert_int_equal(fixture_number("%s", steps[i].so), before);
		proxy_set(PROXY_CUT_AFTER_COMMIT);
		assert_rc(steps[i].call(), RC_OK);
		assert_int_equal(proxy_mode(), PROXY_PASS);
		assert_false(v[0].stale);
		assert_int_equal(fixture_number("%s", steps[i].so), before + 1);
	}
}

/* The same count again adds nothing, so it is simply set again. */
static void
a_count_that_was_set_is_set_once(void **state)
{
	double score_26;

	tiers_row("0/1/1-r1", "bronze", 25);
	v[0].id = fixture_number("SELECT id FROM content");
	assert_rc(tier_coldest(tier, BRONZE, &score_26), RC_OK); /* a little less */
	for (enum proxy_mode mode = PROXY_CUT_BEFORE_COMMIT; mode <= PROXY_CUT_AFTER_COMMIT;
	     mode++) {
		proxy_set(mode);
		assert_rc(set_count(), RC_OK);
		assert_int_equal(fixture_number("SELECT total FROM content"), 26);
		assert_int_equal(
		    fixture_number("SELECT COUNT(*) FROM content WHERE lw < %f + 0.1", score_26),
		    1);
	}
}

static void
another_programs_move_is_made_once(void **state)
{
	struct tier_content c;

	tiers_row("0/1/1-r1", "bronze", 1);
	v[0].id = fixture_number("SELECT id FROM content");
	assert_rc(tier_set_count(api_through, v[0].id, 30, &c), RC_OK);
	proxy_set(PROXY_CUT_BEFORE_COMMIT);
	assert_rc(tier_outside_done(api_through, v[0].id, &c), RC_BUSY);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM update_history"), 0);
	proxy_set(PROXY_CUT_AFTER_COMMIT);
	assert_rc(tier_outside_done(api_through, v[0].id, &c), RC_OK);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM update_history"), 1);
	assert_string_equal(tiers_level("0/1/1-r1"), "gold");
	assert_int_equal(c.level, GOLD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(each_step_is_made_once, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_count_that_was_set_is_set_once, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(another_programs_move_is_made_once, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, tiers_start, tiers_stop);
}
