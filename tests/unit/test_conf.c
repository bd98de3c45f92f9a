#include "conf_fixture.h"

/* A file with one key, which is in line 3. */
static const char *
with_key(const struct conf_key *key, const char *value)
{
	struct buf buf;
	char *names = pool_strdup(pool, key->name), *name;
	int depth = 0;

	buf_init(&buf, pool, 0);
	buf_adds(&buf, "# a comment with 010\n\n");
	while ((name = strsep(&names, ".")) != NULL && names != NULL) {
		buf_addf(&buf, "%s = { ", name);
		depth++;
	}
	buf_addf(&buf, "%s = %s;", name, value);
	while (depth-- > 0)
		buf_adds(&buf, " };");
	return buf.data;
}

static void
an_empty_file_is_all_defaults(void **state)
{
	const struct conf *c = assert_loads("");
	char host[256];

	assert_string_equal(c->databases.socket, "/run/mysqld/mysqld.sock");
	assert_string_equal(c->databases.host, "");
	assert_int_equal(c->databases.port, 3306);
	assert_string_equal(c->databases.account[ACCOUNT_API].user, "tts_api");
	assert_string_equal(
	    c->databases.account[ACCOUNT_RENDERER].password_file, "/etc/tts/secrets/renderer.pw");
	assert_string_equal(c->databases.account[ACCOUNT_MIGRATION].user, "tts_migrate");
	assert_int_equal(c->scheduler.interval_sec, 2);
	assert_int_equal(
	    c->scheduler.batch_size, c->scheduler.workers < 62 ? 16 * c->scheduler.workers : 1000);
	assert_int_equal(c->token.expire_sec, 3600);
	assert_int_equal(c->token.refresh_days, 30);
	assert_int_equal(c->limits.keys_per_user, 20);
	assert_int_equal(c->mp3.bitrate_kbps, 64);
	assert_int_equal(c->mp3.quality, 7);
	assert_int_equal(c->mp3.sample_rate_hz, 0);
	assert_int_equal(c->speech.loudness_lufs, -18);
	assert_int_equal(c->limits.body_bytes, 5 * 1024 * 1024 / 2);
	assert_int_equal(c->limits.sentences_bytes, 2 * 1024 * 1024);
	assert_int_equal(c->limits.sentences_per_project, 100000);
	assert_int_equal(c->log_level, 6);
	assert_true(c->scheduler.workers >= 1);
	assert_int_equal(gethostname(host, sizeof host), 0);
	assert_string_equal(c->scheduler.host, host);
}

static void
every_key_is_read(void **state)
{
	const struct conf *c =
	    assert_loads("log_level = 7;\n"
			 "databases : { socket = \"/s\"; name = \"n\";\n"
			 "  api : { user = \"a\"; password_file = \"\"; };\n"
			 "  migration = { user = \"m\" } };\n"
			 "scheduler = { workers = 3L, host = \"h\" }\n"
			 "media = { url = \"/m/n\"; }; mp3 = { quality = 0x2; };");

	assert_int_equal(c->log_level, 7);
	assert_string_equal(c->databases.socket, "/s");
	assert_string_equal(c->databases.name, "n");
	assert_string_equal(c->databases.account[ACCOUNT_API].user, "a");
	assert_string_equal(c->databases.account[ACCOUNT_API].password_file, "");
	assert_string_equal(c->databases.account[ACCOUNT_RENDERER].user, "tts_render");
	assert_string_equal(c->databases.account[ACCOUNT_MIGRATION].user, "m");
	assert_int_equal(c->scheduler.workers, 3);
	assert_string_equal(c->scheduler.host, "h");
	assert_string_equal(c->media.url, "/m/n");
	assert_int_equal(c->mp3.quality, 2);
}

static void
numbers_keep_to_their_range(void **state)
{
	for (size_t i = 0; i < conf_keys_n; i++) {
		const struct conf_key *key = &conf_keys[i];
		int wrong[2] = {key->min - 1, key->max + 1};

		if (key->form != NULL)
			continue;
		for (int j = 0; j < 2; j++)
			assert_refused(with_key(key, pool_printf(pool, "%d", wrong[j])),
			    pool_printf(pool, "3: %s: %d is not in %d..%d\n", key->name, wrong[j],
				key->min, key->max));
		assert_refused(with_key(key, "\"1\""),
		    pool_printf(
			pool, "3: %s: expected a whole number, found a string\n", key->name));
		assert_refused(with_key(key, "1.0"),
		    pool_printf(pool,
			"3: %s: expected a whole number, found a number with a fraction\n",
			key->name));
		assert_refused(with_key(key, "true"),
		    pool_printf(
			pool, "3: %s: expected a whole number, found true or false\n", key->name));
		assert_refused(with_key(key, "[1]"),
		    pool_printf(
			pool, "3: %s: expected a whole number, found an array\n", key->name));
		assert_refused(with_key(key, "{ }"),
		    pool_printf(
			pool, "3: %s: expected a whole number, found a group\n", key->name));
	}
}

static void
strings_keep_to_their_form(void **state)
{
	for (size_t i = 0; i < conf_keys_n; i++) {
		const struct conf_key *key = &conf_keys[i];

		if (key->form == NULL)
			continue;
		assert_true(key->form->fits(key->string));
		assert_refused(with_key(key, "\"../a b\""),
		    pool_printf(pool, "3: %s: \"../a b\" is not %s\n", key->name, key->form->name));
		assert_refused(with_key(key, "5"),
		    pool_printf(pool, "3: %s: expected a string, found a number\n", key->name));
	}
}

static void
paths_are_absolute(void **state)
{
	static const char *const wrong[] = {
	    "", "media", "./media", "/", "/a/", "/a/../b", "/a/..", "/../a", "/a\\nb", "~/a"};
	const struct conf_key *key = conf_key("media.root");

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_null(load(with_key(key, pool_printf(pool, "\"%s\"", wrong[i]))));
		assert_non_null(strstr(captured, "3: media.root: "));
		assert_non_null(strstr(captured, " is not an absolute path\n"));
		assert_int_equal(lines_in(captured), 1);
	}
	assert_loads(with_key(key, "\"/a b/..c/d..\""));
}

/* libconfig silently reads each of these as another number. */
static void
numbers_mean_what_they_say(void **state)
{
	const struct conf_key *key = conf_key("scheduler.batch_size");

	assert_null(load(with_key(key, "8589934592")));
	assert_non_null(strstr(captured, "3: 8589934592 is too large\n"));
	assert_refused(with_key(key, "4294967306"), "3: 4294967306 is too large\n");
	assert_refused(with_key(key, "0x10000000A"), "3: 0x10000000A is too large\n");
	assert_null(load(with_key(key, "-4294967286")));
	assert_non_null(strstr(captured, "3: 4294967286 is too large\n"));
	assert_null(load(with_key(key, "99999999999999999999999L")));
	assert_refused(with_key(key, "010"), "3: 010: numbers must not begin with 0\n");
	assert_int_equal(assert_loads(with_key(key, "10"))->scheduler.batch_size, 10);
}

static void
numbers_elsewhere_do_not_count(void **state)
{
	assert_loads("/* 4294967306 010\n*/ // 010\n# \"010\n"
		     "databases = { name = \"n010-4294967306\"; };\n"
		     "media = { root = \"/a\\\"010\"; };");
	assert_refused(
	    "/* a\n\n */ log_level = 07; // b\n", "3: 07: numbers must not begin with 0\n");
	assert_null(load("x010 = 1;"));
	assert_string_equal(captured, "1: x010: there is no such key\n");
}

static void
all_errors_are_reported(void **state)
{
	assert_refused("log_level = 9;\n"
		       "databases = {\n"
		       "  sockt = \"/s\";\n"
		       "  api = { password = \"secret\"; };\n"
		       "  renderer = \"tts\";\n"
		       "};\n"
		       "mp3 = { quality = 11;\n"
		       "  bitrate_kbps = 50; };\n"
		       "schedular = { interval_sec = 2; };\n"
		       "media = ( \"/m\" );\n"
		       "token = { expire_sec = 3600; deep = { er = 1; }; };\n",
	    "1: log_level: 9 is not in 3..7\n"
	    "3: databases.sockt: there is no such key\n"
	    "4: databases.api.password: there is no such key\n"
	    "5: databases.renderer: expected a group, found a string\n"
	    "7: mp3.quality: 11 is not in 0..9\n"
	    "8: mp3.bitrate_kbps: 50 is not one of "
	    "8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144 or 160\n"
	    "9: schedular: there is no such group\n"
	    "10: media: expected a group, found a list\n"
	    "11: token.deep: there is no such group\n");
}

static void
what_is_no_configuration_is_refused(void **state)
{
	assert_refused("log_level = 6;\nmp3 = { quality == 7; };\n", "2: syntax error\n");
	assert_refused("log_level = 6;\nlog_level = 6;\n", "2: duplicate setting name\n");
	assert_refused(
	    "\n@include \"/etc/passwd\"\n", "2: including other files is not supported\n");
	assert_null(load("databases = { name = \"unfinished\n"));
	assert_int_equal(lines_in(captured), 1);
	assert_refused("\n/* unfinished\n", "2: unterminated comment\n");

	write_file(file, "log_level = 6;\n\0log_level = 99;\n", 32);
	capture_begin();
	assert_null(conf_load(file));
	assert_non_null(strstr(capture_end(), "it contains a NUL character\n"));
}

static void
a_file_that_cannot_be_read_is_one_line(void **state)
{
	capture_begin();
	assert_null(conf_load("/no/such/tts.conf"));
	assert_string_equal(
	    capture_end(), "cannot read /no/such/tts.conf: No such file or directory\n");
	capture_begin();
	assert_null(conf_load("/"));
	assert_string_equal(capture_end(), "cannot read /: Is a directory\n");
	capture_begin();
	assert_null(conf_load("/dev/zero"));
	assert_string_equal(capture_end(), "cannot read /dev/zero: File too large\n");
}

static void
values_fit_together(void **state)
{
	assert_refused("scheduler = { lease_sec = 60; };",
	    "1: speech.timeout_sec: 60 is too large for scheduler.lease_sec, which is 60\n");
	assert_refused("\nspeech = { timeout_sec = 120; };",
	    "2: speech.timeout_sec: 120 is too large for scheduler.lease_sec, which is 120\n");
	assert_refused("scheduler = { retry_base_ms = 300001; };",
	    "1: scheduler.retry_base_ms: 300001 is too large for scheduler.retry_cap_ms, "
	    "which is 300000\n");
	assert_refused("limits = { password_max = 7; };",
	    "1: limits.password_min: 8 is too large for limits.password_max, which is 7\n");
	assert_refused("limits = { body_bytes = 2097151; };",
	    "1: limits.sentences_bytes: 2097152 is too large for limits.body_bytes, "
	    "which is 2097151\n");
	assert_refused("media = { root = \"/m\"; gone_root = \"/m/gone\"; };",
	    "1: media.gone_root: neither it nor media.root may contain the other\n");
	assert_refused("media = { root = \"/m/gone/x\"; gone_root = \"/m/gone\"; };",
	    "1: media.gone_root: neither it nor media.root may contain the other\n");
	assert_loads("media = { root = \"/m\"; gone_root = \"/mgone\"; };");
	assert_refused("scheduler = { kick_file = \"/a\"; lock_file = \"/a\"; };",
	    "1: scheduler.kick_file: must not be the same as scheduler.lock_file\n");
	assert_refused("work = { kick_file = \"/b\"; };\nmetrics = { work_file = \"/b\"; };",
	    "2: metrics.work_file: must not be the same as work.kick_file\n");
	assert_refused("mp3 = { sample_rate_hz = 44100;\n bitrate_kbps = 24; };\n",
	    "1: mp3.sample_rate_hz: MP3 does not allow 24 kbit/s at 44100 Hz\n");
	assert_refused("speech = { loudness_lufs = -3; };\n",
	    "1: speech.loudness_lufs: -3 is not one of -40 to -16, or 0\n");
}

static void
a_server_is_reached_in_one_way(void **state)
{
	assert_string_equal(assert_loads("databases = { host = \"db\"; };")->databases.socket, "");
	assert_string_equal(
	    assert_loads("databases = { host = \"::1\"; socket = \"\"; };")->databases.host, "::1");
	assert_refused("databases = { socket = \"/s\";\nhost = \"db\"; };",
	    "2: databases.host: a socket is set as well; set only one of the two\n");
	assert_refused("\ndatabases = { socket = \"\"; };",
	    "2: databases.socket: neither a socket nor a host is set\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_file_is_all_defaults),
	    cmocka_unit_test(every_key_is_read),
	    cmocka_unit_test(numbers_keep_to_their_range),
	    cmocka_unit_test(strings_keep_to_their_form),
	    cmocka_unit_test(paths_are_absolute),
	    cmocka_unit_test(numbers_mean_what_they_say),
	    cmocka_unit_test(numbers_elsewhere_do_not_count),
	    cmocka_unit_test(all_errors_are_reported),
	    cmocka_unit_test(what_is_no_configuration_is_refused),
	    cmocka_unit_test(a_file_that_cannot_be_read_is_one_line),
	    cmocka_unit_test(values_fit_together),
	    cmocka_unit_test(a_server_is_reached_in_one_way),
	};

	return cmocka_run_group_tests(tests, conf_prepare, conf_clean_up);
}
