#include "grants.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const accounts[ACCOUNTS] = {
    [ACCOUNT_API] = "tts_api",
    [ACCOUNT_RENDERER] = "tts_render",
    [ACCOUNT_WORK] = "tts_work",
    [ACCOUNT_NOTIFY] = "tts_notify",
    [ACCOUNT_STREAM] = "tts_stream",
    [ACCOUNT_LYRIC] = "tts_lyric",
    [ACCOUNT_SONG] = "tts_song",
    [ACCOUNT_VIDEO] = "tts_video",
    [ACCOUNT_TIER] = "tts_tier",
    [ACCOUNT_MIGRATION] = "tts_migrate",
};
static const char *const files[ACCOUNTS] = {
    [ACCOUNT_API] = "api",
    [ACCOUNT_RENDERER] = "renderer",
    [ACCOUNT_WORK] = "work",
    [ACCOUNT_NOTIFY] = "notify",
    [ACCOUNT_STREAM] = "stream",
    [ACCOUNT_LYRIC] = "lyric",
    [ACCOUNT_SONG] = "song",
    [ACCOUNT_VIDEO] = "video",
    [ACCOUNT_TIER] = "tier",
    [ACCOUNT_MIGRATION] = "migration",
};

bool
grants_allow(enum account account, const char *sql)
{
	int status;

	if (fixture_dir()[0] == '\0')
		skip();
	status = fixture_shell("MYSQL_PWD=$(cat %s/%s.pw) mariadb --no-defaults --user=%s"
			       " --socket=%s/mysql.sock --batch -e \"%s\" tts 2>&1 </dev/null",
	    fixture_dir(), files[account], accounts[account], fixture_dir(), sql);
	if (status == 0)
		return true;
	if (strstr(fixture_said, "denied") == NULL) {
		print_error("%s: %s", sql, fixture_said);
		fail();
	}
	return false;
}

void
grants_deny(enum account account, const char *const *statements, size_t n)
{
	bool was_denied[128] = {false};
	const char *file = pool_printf(pool, "%s/denied.sql", fixture_dir());
	char *at = fixture_said;
	FILE *f;

	if (fixture_dir()[0] == '\0')
		skip();
	assert_in_range(n, 1, sizeof was_denied);
	f = fopen(file, "w");
	assert_non_null(f);
	for (size_t i = 0; i < n; i++)
		fprintf(f, "%s;\n", statements[i]);
	assert_int_equal(fclose(f), 0);
	(void)fixture_shell("MYSQL_PWD=$(cat %s/%s.pw) mariadb --no-defaults --user=%s"
			    " --socket=%s/mysql.sock --batch --force tts 2>&1 <%s |"
			    " sed -n 's/^ERROR .* at line \\([0-9]*\\): .*denied.*/\\1/p'",
	    fixture_dir(), files[account], accounts[account], fixture_dir(), file);
	while (*at != '\0') {
		size_t line = strtoul(at, &at, 10);

		if (line >= 1 && line <= n)
			was_denied[line - 1] = true;
		at += *at != '\0';
	}
	for (size_t i = 0; i < n; i++)
		if (!was_denied[i]) {
			print_error("%s may \"%s\"\n", accounts[account], statements[i]);
			fail();
		}
}
