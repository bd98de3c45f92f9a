#include "grants.h"

#include "../../store/store.h"

/* The other tests use the rights of each account. This one tests what each must not be able to do.
 */

/* No account is allowed to do these. */
static const char *const foreign[] = {
    "SELECT * FROM mysql.user",
    "SELECT * FROM mysql.global_priv",
    "CREATE DATABASE other",
    "CREATE USER other",
    "GRANT SELECT ON user TO tts_api@localhost",
    "ALTER USER tts_api@localhost IDENTIFIED BY 'x'",
    "SET GLOBAL max_connections = 1",
    "SELECT 'x' INTO OUTFILE '/tmp/tts-x'",
    "SELECT LENGTH(LOAD_FILE('/etc/passwd')) FROM mysql.db",
    "FLUSH TABLES",
    "SHUTDOWN",
};

/* The programs that run all the time are not allowed to do these either. */
static const char *const schema[] = {
    "CREATE TABLE x (a INT)",
    "CREATE TEMPORARY TABLE x (a INT)",
    "DROP TABLE audio",
    "TRUNCATE TABLE trash",
    "ALTER TABLE audio ADD x INT",
    "CREATE INDEX x ON audio (host)",
    "CREATE TRIGGER x BEFORE INSERT ON audio FOR EACH ROW SET NEW.speed = 1",
    "CREATE VIEW x AS SELECT 1",
    "INSERT INTO schema_migration VALUES (9, 'x', NOW())",
    "UPDATE schema_migration SET version = 9",
    "DELETE FROM schema_migration",
    "INSERT INTO queue_clock VALUES (1, 1)",
    "DELETE FROM queue_clock",
    "LOCK TABLES audio WRITE",
};

static const char *const not_the_api[] = {
    "SELECT * FROM trash",
    "DELETE FROM trash",
    "UPDATE trash SET path = 'x'",
    "UPDATE queue_clock SET turn = 0",
    "UPDATE audio SET path = 'x'",
    "UPDATE audio SET audio_revision = 1",
    "UPDATE audio SET sha256 = NULL",
    "UPDATE audio SET duration_ms = 1",
    "UPDATE audio SET loudness = 1",
    "UPDATE audio SET made_with = NULL",
    "UPDATE audio SET remade = 1",
    "UPDATE timing SET words = ''",
    "INSERT INTO timing VALUES (1, 1, '')",
    "DELETE FROM timing",
    "UPDATE audio SET user_id = 1",
    "UPDATE audio SET project_id = 1",
    "UPDATE project SET user_id = 1",
    "DELETE FROM project",
    "UPDATE work SET kind = 'user_delete'",
    "UPDATE work SET object_id = 1",
    "DELETE FROM work",
    "SELECT * FROM work_try",
    "UPDATE user SET id = 1",
    "UPDATE user SET created_at = NOW()",
    "DELETE FROM user",
    "UPDATE logout SET ended_at = NOW()",
    "UPDATE api_key SET user_id = 1",
    "UPDATE api_key SET can_write = 1",
    "UPDATE api_key SET expires_at = NULL",
    "UPDATE idempotency SET answer = 'x'",
    "UPDATE lexicon SET user_id = 1",
    "UPDATE lexicon SET project_id = 1",
    "UPDATE lexicon SET key_hash = ''",
    "SELECT secret FROM webhook_secret",
    "UPDATE webhook_secret SET secret = ''",
    "DELETE FROM webhook_secret",
    "UPDATE webhook SET user_id = 1",
    "DELETE FROM webhook",
    "SELECT token FROM device",
    "UPDATE device SET token = 'x'",
    "DELETE FROM delivery",
    "UPDATE delivery SET body = ''",
    "UPDATE user_seq SET oldest = 1",
    "UPDATE user_seq SET user_id = 1",
    "DELETE FROM user_seq",
    "UPDATE event SET data = '{}'",
    "DELETE FROM event",
    "SELECT data FROM event",
    "UPDATE pipeline SET user_id = 1",
    "UPDATE pipeline SET task_id = 'x'",
    "UPDATE stage SET pipeline_id = 1",
    "UPDATE stage SET user_id = 1",
    "UPDATE stage SET external_id = 'x'",
    "UPDATE stage SET url = 'x'",
    "UPDATE stage SET text = 'x'",
    "UPDATE stage SET callback = ''",
    "UPDATE stage SET tries = 0",
    "INSERT INTO asset (stage_id, path) VALUES (1, 'x')",
    "UPDATE asset SET path = 'x'",
    "DELETE FROM asset",
    "DELETE FROM stage_try",
    "UPDATE stage_try SET answer = 'x'",
    "UPDATE caption SET text = 'x'",
    "UPDATE image SET path = 'x'",
    "UPDATE image SET inbox = 'x'",
    "UPDATE engine SET disabled = 0",
    "UPDATE stage_control SET paused = 0",
    "SELECT * FROM alert",
};

static const char *const not_the_notifier[] = {
    "SELECT * FROM user",
    "SELECT email FROM user",
    "UPDATE user SET disabled = 0",
    "SELECT * FROM project",
    "SELECT * FROM audio",
    "SELECT id FROM audio",
    "SELECT * FROM idempotency",
    "SELECT * FROM lexicon",
    "SELECT * FROM work",
    "SELECT * FROM timing",
    "DELETE FROM event",
    "UPDATE event SET data = ''",
    "UPDATE webhook SET url = 'https://example.org'",
    "UPDATE webhook SET user_id = 1",
    "INSERT INTO webhook_secret (webhook_id, secret) VALUES (1, '')",
    "UPDATE webhook_secret SET secret = ''",
    "UPDATE device SET token = 'x'",
    "INSERT INTO device (webhook_id) VALUES (1)",
};

static const char *const not_the_renderer[] = {
    "UPDATE audio SET remade = 1",
    "SELECT * FROM user",
    "SELECT id FROM user",
    "UPDATE user SET project_count = 0",
    "SELECT * FROM project",
    "SELECT title FROM project",
    "SELECT user_id FROM project",
    "UPDATE project SET title = 'x'",
    "UPDATE project SET sentence_count = 0",
    "INSERT INTO project (user_id, created_at, updated_at, title) VALUES (1, NOW(), NOW(), 'x')",
    "DELETE FROM project",
    "UPDATE project SET deleted = 1",
    "SELECT * FROM work",
    "DELETE FROM work",
    "SELECT * FROM stretch",
    "DELETE FROM stretch",
    "SELECT * FROM idempotency",
    "UPDATE audio SET text = 'x'",
    "UPDATE audio SET speed = 1",
    "UPDATE audio SET revision = 1",
    "UPDATE audio SET position = 1",
    "UPDATE audio SET turn = 1",
    "INSERT INTO audio (id) VALUES (1)",
    "DELETE FROM audio",
    "DELETE FROM timing",
    "SELECT * FROM trash",
    "DELETE FROM trash",
    "UPDATE trash SET path = 'x'",
    "SELECT * FROM lexicon",
    "UPDATE lexicon SET said = 'x'",
    "DELETE FROM lexicon",
    "INSERT INTO user_seq (user_id, event_at) VALUES (1, NOW())",
    "UPDATE user_seq SET oldest = 1",
    "UPDATE user_seq SET user_id = 1",
    "DELETE FROM user_seq",
    "UPDATE event SET data = '{}'",
    "DELETE FROM event",
    "SELECT data FROM event",
};

static const char *const not_the_work[] = {
    "SELECT * FROM user",
    "SELECT email FROM user",
    "SELECT password_hash FROM user",
    "UPDATE user SET password_hash = 'x'",
    "UPDATE user SET token_epoch = 1",
    "SELECT answer FROM idempotency",
    "SELECT session FROM logout",
    "SELECT hash FROM api_key",
    "UPDATE user SET disabled = 0",
    "UPDATE user SET deleted_at = NULL",
    "SELECT title FROM project",
    "UPDATE project SET title = 'x'",
    "UPDATE project SET user_id = 1",
    "INSERT INTO project (user_id, created_at, updated_at, title) VALUES (1, NOW(), NOW(), 'x')",
    "UPDATE work SET kind = 'user_delete'",
    "UPDATE work SET object_id = 1",
    "DELETE FROM work_try",
    "UPDATE audio SET text = 'x'",
    "UPDATE audio SET path = 'x'",
    "INSERT INTO audio (id) VALUES (1)",
    "UPDATE timing SET words = ''",
    "UPDATE lexicon SET said = 'x'",
    "INSERT INTO user_seq (user_id, event_at) VALUES (1, NOW())",
    "UPDATE user_seq SET user_id = 1",
    "UPDATE event SET data = '{}'",
    "SELECT data FROM event",
};

static const char *const no_work_on_pipelines[] = {
    "INSERT INTO pipeline (user_id, task_id, created_at, updated_at) VALUES (1, 'x', NOW(), NOW())",
    "UPDATE pipeline SET lyric = 'x'",
    "UPDATE stage SET text = 'x'",
    "SELECT answer FROM stage_try",
    "UPDATE asset SET path = 'x'",
    "UPDATE image SET path = 'x'",
    "SELECT * FROM engine",
};

static const char *const not_the_streams[] = {
    "SELECT * FROM user",
    "SELECT email FROM user",
    "SELECT password_hash FROM user",
    "UPDATE user SET token_epoch = 1",
    "DELETE FROM logout",
    "SELECT name FROM api_key",
    "UPDATE api_key SET used_at = NOW()",
    "SELECT * FROM project",
    "SELECT * FROM audio",
    "SELECT * FROM idempotency",
    "SELECT * FROM work",
    "INSERT INTO event (user_id, seq, type, data) VALUES (1, 1, 'audio.ready', '')",
    "UPDATE event SET data = '{}'",
    "DELETE FROM event",
    "UPDATE user_seq SET seq = 1",
    "DELETE FROM user_seq",
};

/* No worker of a stage may do these, whatever its stage. */
static const char *const not_a_stage[] = {
    "SELECT * FROM user",
    "SELECT email FROM user",
    "UPDATE user SET disabled = 0",
    "SELECT * FROM stage",
    "UPDATE stage SET state = 'done'",
    "DELETE FROM stage",
    "DELETE FROM pipeline",
    "UPDATE pipeline SET user_id = 1",
    "UPDATE pipeline SET paused = ''",
    "INSERT INTO pipeline (user_id, task_id, created_at, updated_at) VALUES (1, 'x', NOW(), NOW())",
    "UPDATE stage_control SET paused = 1",
    "UPDATE audio SET text = 'x'",
    "DELETE FROM audio",
    "UPDATE project SET title = 'x'",
    "UPDATE alert SET sent_at = NOW()",
    "SELECT * FROM lexicon",
    "SELECT * FROM webhook",
    "SELECT * FROM webhook_secret",
    "SELECT * FROM device",
    "SELECT * FROM idempotency",
    "UPDATE event SET data = '{}'",
    "SELECT data FROM event",
};

static const char *const not_the_lyric[] = {
    "UPDATE stage_song SET state = 'done'",
    "SELECT * FROM stage_video",
    "INSERT INTO stage_video (pipeline_id) VALUES (1)",
    "SELECT * FROM asset",
    "SELECT * FROM image",
    "INSERT INTO audio (id) VALUES (1)",
};

static const char *const not_the_song[] = {
    "UPDATE stage_lyric SET text = 'x'",
    "UPDATE stage_video SET state = 'done'",
    "INSERT INTO stage_lyric (pipeline_id) VALUES (1)",
    "SELECT * FROM image",
};

static const char *const not_the_video[] = {
    "UPDATE stage_lyric SET text = 'x'",
    "UPDATE stage_song SET state = 'done'",
    "INSERT INTO stage_song (pipeline_id) VALUES (1)",
    "DELETE FROM image",
    "SELECT * FROM audio",
    "INSERT INTO caption VALUES (1, 1, 'x', 1, 1)",
};

static const char *const not_the_tier[] = {
    "SELECT * FROM user",
    "SELECT id FROM user",
    "SELECT * FROM audio",
    "SELECT text FROM audio",
    "UPDATE audio SET path = 'x'",
    "DELETE FROM audio",
    "SELECT title FROM project",
    "SELECT text FROM stage",
    "UPDATE stage SET state = 'done'",
    "DELETE FROM asset",
    "UPDATE update_history SET reason = 'x'",
    "INSERT INTO update_history (cid) VALUES (1)",
    "SELECT * FROM update_history",
    "UPDATE level_pin SET level = 1",
    "DELETE FROM level_pin",
    ("INSERT INTO trash (created_at, run_at, project_id, audio_id, path, bury)"
     " VALUES (NOW(), NOW(), 1, 1, '', 0)"),
    "SELECT * FROM trash",
    "SELECT * FROM work",
    "SELECT * FROM event",
};

static const char *const no_levels[] = {
    "DELETE FROM content",
    "UPDATE content SET name = 'x'",
    "UPDATE content SET claim_token = NULL",
    "UPDATE content SET pinned = 1",
    "UPDATE level SET path = 'x'",
    "DELETE FROM level",
    "SELECT * FROM update_history",
    "INSERT INTO level_pin VALUES (1, 1, NOW())",
    "SELECT * FROM fetch_log",
};

static void
the_api_may_do_only_what_users_ask_for(void **state)
{
	DENIED(ACCOUNT_API, foreign);
	DENIED(ACCOUNT_API, schema);
	DENIED(ACCOUNT_API, not_the_api);
	DENIED(ACCOUNT_API, no_levels);
	assert_true(grants_allow(ACCOUNT_API, "SELECT * FROM user"));
}

static void
each_stage_changes_only_its_own_runs(void **state)
{
	for (enum account a = ACCOUNT_LYRIC; a <= ACCOUNT_VIDEO; a++) {
		DENIED(a, foreign);
		DENIED(a, schema);
		DENIED(a, not_a_stage);
	}
	DENIED(ACCOUNT_LYRIC, not_the_lyric);
	DENIED(ACCOUNT_SONG, not_the_song);
	DENIED(ACCOUNT_VIDEO, not_the_video);
	assert_true(grants_allow(ACCOUNT_SONG, "SELECT * FROM stage_song"));
}

static void
the_mover_of_files_knows_nothing_of_users_and_texts(void **state)
{
	DENIED(ACCOUNT_TIER, foreign);
	DENIED(ACCOUNT_TIER, schema);
	DENIED(ACCOUNT_TIER, not_the_tier);
	assert_true(grants_allow(ACCOUNT_TIER, "SELECT * FROM content"));
	assert_true(grants_allow(ACCOUNT_TIER, "SELECT path FROM audio"));
}

static void
the_renderer_sees_only_the_queue(void **state)
{
	DENIED(ACCOUNT_RENDERER, foreign);
	DENIED(ACCOUNT_RENDERER, schema);
	DENIED(ACCOUNT_RENDERER, not_the_renderer);
	assert_true(grants_allow(ACCOUNT_RENDERER, "SELECT * FROM audio"));
}

static void
the_work_changes_nothing_that_users_wrote(void **state)
{
	DENIED(ACCOUNT_WORK, foreign);
	DENIED(ACCOUNT_WORK, schema);
	DENIED(ACCOUNT_WORK, not_the_work);
	DENIED(ACCOUNT_WORK, no_work_on_pipelines);
	assert_true(grants_allow(ACCOUNT_WORK, "SELECT version FROM schema_migration"));
}

static void
the_notifier_sees_only_what_it_tells(void **state)
{
	DENIED(ACCOUNT_NOTIFY, foreign);
	DENIED(ACCOUNT_NOTIFY, schema);
	DENIED(ACCOUNT_NOTIFY, not_the_notifier);
	assert_true(grants_allow(ACCOUNT_NOTIFY, "SELECT secret FROM webhook_secret"));
}

static void
the_streams_read_events_and_change_nothing(void **state)
{
	DENIED(ACCOUNT_STREAM, foreign);
	DENIED(ACCOUNT_STREAM, schema);
	DENIED(ACCOUNT_STREAM, not_the_streams);
	assert_true(grants_allow(ACCOUNT_STREAM, "SELECT * FROM event"));
}

static void
the_migration_stays_in_its_database(void **state)
{
	DENIED(ACCOUNT_MIGRATION, foreign);
	assert_true(grants_allow(ACCOUNT_MIGRATION, "CREATE TABLE x (a INT); DROP TABLE x"));
}

/* While sql/migrate renews the grants there are moments without them. */
static void
rights_that_are_away_for_a_moment_make_us_busy(void **state)
{
	uint64_t user = fixture_user();
	struct project p = fixture_project(user, 1);
	struct audio a = fixture_audio(user, p.id, 0);

	if (fixture_dir()[0] == '\0')
		skip();
	assert_int_equal(
	    fixture_shell("mariadb --no-defaults --socket=%s/mysql.sock -e"
			  " 'REVOKE ALL ON audio FROM tts_api@localhost' tts 2>&1 </dev/null",
		fixture_dir()),
	    0);
	assert_rc(audio_get(api, pool, user, a.id, &a), RC_BUSY);
	assert_rc(audio_edit(api, pool, user, a.id, "x", 1, 1, NULL, &a), RC_BUSY);
	assert_int_equal(
	    fixture_shell("sql/migrate --socket=%s/mysql.sock --accounts=%s 2>&1 </dev/null",
		fixture_dir(), fixture_dir()),
	    0);
	assert_rc(audio_edit(api, pool, user, a.id, "x", 1, 1, NULL, &a), RC_OK);
	assert_int_equal(a.revision, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_api_may_do_only_what_users_ask_for),
	    cmocka_unit_test(the_mover_of_files_knows_nothing_of_users_and_texts),
	    cmocka_unit_test(the_renderer_sees_only_the_queue),
	    cmocka_unit_test(each_stage_changes_only_its_own_runs),
	    cmocka_unit_test(the_work_changes_nothing_that_users_wrote),
	    cmocka_unit_test(the_notifier_sees_only_what_it_tells),
	    cmocka_unit_test(the_streams_read_events_and_change_nothing),
	    cmocka_unit_test(the_migration_stays_in_its_database),
	    cmocka_unit_test(rights_that_are_away_for_a_moment_make_us_busy),
	};

	return cmocka_run_group_tests(tests, fixture_start, fixture_stop);
}
