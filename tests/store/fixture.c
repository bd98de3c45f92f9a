#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/base/crypt.h"
#include "../../common/base/log.h"

struct db *api, *renderer, *worker, *notifier, *admin;
struct pool *pool;
char fixture_said[8192];

static char dir[64]; /* "" when the server is not ours */
static pid_t guard;
static int guarded;
static const struct conf *conf;
static struct pool *statements; /* their addresses must not be used again */

int
fixture_shell(const char *format, ...)
{
	char command[2048];
	size_t n = 0, got;
	va_list ap;
	FILE *f;

	va_start(ap, format);
	vsnprintf(command, sizeof command, format, ap);
	va_end(ap);
	f = popen(command, "r");
	assert_non_null(f);
	while ((got = fread(fixture_said + n, 1, sizeof fixture_said - 1 - n, f)) > 0)
		n += got;
	fixture_said[n] = '\0';
	return pclose(f);
}

static void
must(int status)
{
	if (status != 0) {
		print_error("%s", fixture_said);
		fail();
	}
}

const char *
fixture_dir(void)
{
	return dir;
}

void
fixture_server(const char *command)
{
	if (dir[0] == '\0')
		skip();
	must(fixture_shell("tests/mariadb %s %s %s 2>&1 </dev/null", command, dir,
	    strcmp(command, "start") == 0 ? "--innodb-flush-log-at-trx-commit=2" : ""));
}

void
fixture_kill_server(void)
{
	if (dir[0] == '\0')
		skip();
	must(fixture_shell("pid=$(cat %s/mysql.pid) && kill -9 $pid &&"
			   " while kill -0 $pid 2>/dev/null; do sleep 0.05; done",
	    dir));
}

const struct conf *
fixture_conf(const char *socket, int timeout_sec)
{
	static int number;
	char path[128];
	FILE *f;

	if (dir[0] == '\0')
		skip();
	snprintf(path, sizeof path, "%s/%d.conf", dir, number++);
	f = fopen(path, "w");
	assert_non_null(f);
	if (socket != NULL)
		fprintf(f, "databases = { socket = \"%s\";", socket);
	else
		fprintf(f, "databases = { socket = \"%s/mysql.sock\";", dir);
	fprintf(f,
	    " timeout_sec = %d; api = { password_file = \"%s/api.pw\"; };"
	    " renderer = { password_file = \"%s/renderer.pw\"; };"
	    " work = { password_file = \"%s/work.pw\"; };"
	    " notify = { password_file = \"%s/notify.pw\"; };"
	    " stream = { password_file = \"%s/stream.pw\"; };"
	    " lyric = { password_file = \"%s/lyric.pw\"; };"
	    " song = { password_file = \"%s/song.pw\"; };"
	    " video = { password_file = \"%s/video.pw\"; };"
	    " tier = { password_file = \"%s/tier.pw\"; };"
	    " migration = { password_file = \"%s/migration.pw\"; }; };\n",
	    timeout_sec, dir, dir, dir, dir, dir, dir, dir, dir, dir, dir);
	assert_int_equal(fclose(f), 0);
	return conf_load(path);
}

struct db *
fixture_db(enum account account)
{
	return db_new(conf, account);
}

/*
 * A process that clears up when this one is gone, however it ended: nobody writes to the pipe, and
 * its end is the end of the last process that holds it.
 */
static void
start_guard(void)
{
	char never;
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	fflush(NULL);
	guard = fork();
	assert_true(guard >= 0);
	if (guard == 0) {
		setsid();
		close(fds[1]);
		while (read(fds[0], &never, 1) != 0)
			;
		fixture_shell("tests/mariadb stop %s 2>&1 </dev/null; rm -rf %s", dir, dir);
		_exit(0);
	}
	close(fds[0]);
	guarded = fds[1];
}

int
fixture_start(void **state)
{
	const char *given = getenv("TTS_TEST_CONF");

	signal(SIGPIPE, SIG_IGN);
	log_init("test", 3);
	crypt_init();
	pool = pool_new();
	statements = pool_new();
	if (given != NULL) {
		conf = conf_load(given);
	} else {
		snprintf(dir, sizeof dir, "/tmp/tts-store-XXXXXX");
		if (mkdtemp(dir) == NULL)
			return -1;
		start_guard();
		fixture_server("start");
		must(fixture_shell(
		    "umask 077; for f in api renderer work notify stream lyric song video tier "
		    "migration; do"
		    " head -c 24 /dev/urandom | base64 >%s/$f.pw || exit 1; done;"
		    " sql/migrate --socket=%s/mysql.sock --accounts=%s 2>&1 </dev/null",
		    dir, dir, dir));
		conf = fixture_conf(NULL, 10);
	}
	if (conf == NULL)
		return -1;
	api = fixture_db(ACCOUNT_API);
	renderer = fixture_db(ACCOUNT_RENDERER);
	worker = fixture_db(ACCOUNT_WORK);
	notifier = fixture_db(ACCOUNT_NOTIFY);
	admin = fixture_db(ACCOUNT_MIGRATION);
	return db_ready(api) == RC_OK && db_ready(renderer) == RC_OK && db_ready(worker) == RC_OK &&
		       db_ready(admin) == RC_OK
		   ? 0
		   : -1;
}

int
fixture_stop(void **state)
{
	db_free(api);
	db_free(renderer);
	db_free(worker);
	db_free(notifier);
	db_free(admin);
	pool_free(pool);
	pool_free(statements);
	if (dir[0] != '\0') {
		close(guarded);
		waitpid(guard, NULL, 0);
	}
	return 0;
}

/* Statements are known by their address, so each gets one of its own. */
__attribute__((format(printf, 1, 0))) static struct rows
query(const char *format, va_list ap)
{
	struct sql *sql = pool_alloc(statements, sizeof *sql);
	struct rows rows = {0};
	enum rc rc;

	sql->text = pool_vprintf(statements, format, ap);
	rc = db_query(admin, pool, &rows, sql, NO_ARGS);
	if (rc != RC_OK)
		print_error("%s: %s\n", sql->text, rc_name(rc));
	assert_int_equal(rc, RC_OK);
	return rows;
}

struct rows
fixture_rows(const char *format, ...)
{
	struct rows rows;
	va_list ap;

	va_start(ap, format);
	rows = query(format, ap);
	va_end(ap);
	return rows;
}

uint64_t
fixture_number(const char *format, ...)
{
	struct rows rows;
	va_list ap;

	va_start(ap, format);
	rows = query(format, ap);
	va_end(ap);
	assert_int_equal(rows.n, 1);
	if (db_row(&rows, 0)->len > 0) /* a sum is a decimal */
		return strtoull(db_row(&rows, 0)->s, NULL, 10);
	return db_row(&rows, 0)->number;
}

void
fixture_run(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	query(format, ap);
	va_end(ap);
}

uint64_t
fixture_user(void)
{
	static int number;
	struct user user;
	char *email = pool_printf(pool, "user%d@example.org", number++);

	assert_rc(user_create(api, pool, "Somebody", email, "hash", &user), RC_OK);
	return user.id;
}

struct project
fixture_project(uint64_t user, size_t n)
{
	struct slice *v = pool_array(pool, n + 1, sizeof *v);
	struct project_new in = {.title = "A project",
	    .language = "en",
	    .voice = "",
	    .speed = 1,
	    .sentences = v,
	    .n = n};
	struct project project;

	for (size_t i = 0; i < n; i++) {
		v[i].data = pool_printf(pool, "Sentence %zu.", i + 1);
		v[i].len = strlen(v[i].data);
	}
	assert_rc(project_create(api, pool, user, &in, 1000, NULL, &project), RC_OK);
	return project;
}

void
fixture_clear(void)
{
	fixture_run("DELETE FROM user");
	fixture_run("DELETE FROM event");
	fixture_run("DELETE FROM user_seq");
	fixture_run("DELETE FROM trash");
	fixture_run("DELETE FROM work");
	fixture_run("DELETE FROM image");
	fixture_run("DELETE FROM stage");
	fixture_run("DELETE FROM pipeline");
	fixture_run("UPDATE queue_clock SET turn = 0");
}

int
fixture_empty_queue(void **state)
{
	fixture_clear();
	return 0;
}

struct audio
fixture_sentence(uint64_t user, uint64_t id)
{
	struct audio a;

	assert_rc(audio_get(api, pool, user, id, &a), RC_OK);
	return a;
}

struct audio
fixture_audio(uint64_t user, uint64_t project, uint64_t i)
{
	struct audio v[PAGE_SIZE];
	struct page page;

	assert_rc(audio_page(api, pool, &(struct login){.user = user}, project,
		      PAGE_OF_TEN(i / PAGE_SIZE + 1), &page, v),
	    RC_OK);
	assert_true(i % PAGE_SIZE < page.n);
	return v[i % PAGE_SIZE];
}

const char *
fixture_texts(uint64_t user, uint64_t project)
{
	struct audio v[PAGE_SIZE];
	struct page page = {.pages = 1};
	struct buf texts;

	buf_init(&texts, pool, 100);
	for (uint64_t n = 1; n <= page.pages; n++) {
		assert_rc(audio_page(api, pool, &(struct login){.user = user}, project,
			      PAGE_OF_TEN(n), &page, v),
		    RC_OK);
		for (size_t i = 0; i < page.n; i++) {
			assert_int_equal(v[i].index, (n - 1) * PAGE_SIZE + i + 1);
			if (texts.len > 0)
				buf_adds(&texts, " ");
			buf_add(&texts, v[i].text, v[i].text_len);
		}
	}
	return texts.data;
}

void *
fixture_shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(p != MAP_FAILED);
	return p;
}

/* In a child: connections of its own, and whatever happens it never returns. */
static void
be_child(int number, int (*code)(int number, void *arg), void *arg, int gate)
{
	char go;
	int result;

	api = fixture_db(ACCOUNT_API);
	renderer = fixture_db(ACCOUNT_RENDERER);
	worker = fixture_db(ACCOUNT_WORK);
	notifier = fixture_db(ACCOUNT_NOTIFY);
	admin = fixture_db(ACCOUNT_MIGRATION);
	pool = pool_new();
	if (db_ready(api) != RC_OK || db_ready(renderer) != RC_OK || read(gate, &go, 1) != 0)
		_exit(99);
	result = code(number, arg);
	fflush(NULL);
	_exit(result);
}

void
fixture_together(int n, int (*code)(int number, void *arg), void *arg)
{
	int gate[2], status, bad = 0;
	pid_t *pids = pool_array(pool, (size_t)n, sizeof *pids);

	assert_int_equal(pipe(gate), 0);
	fflush(NULL);
	for (int i = 0; i < n; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			close(gate[1]);
			be_child(i, code, arg, gate[0]);
		}
	}
	close(gate[0]);
	close(gate[1]);
	for (int i = 0; i < n; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		if (status != 0) {
			print_error("process %d ended with status %#x\n", i, (unsigned)status);
			bad = 1;
		}
	}
	assert_int_equal(bad, 0);
}

void
fixture_check(void)
{
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM project p WHERE"
			   " (sentence_count, ready_count, failed_count, duration_ms) <>"
			   " (SELECT COUNT(*), COALESCE(SUM(state = 'ready'), 0),"
			   " COALESCE(SUM(state = 'failed'), 0),"
			   " COALESCE(SUM(IF(state = 'ready', duration_ms, 0)), 0)"
			   " FROM audio a WHERE a.project_id = p.id)"),
	    0);
	assert_int_equal(
	    fixture_number("SELECT COUNT(*) FROM (SELECT project_id, first_position, n,"
			   " COALESCE(LEAD(first_position) OVER (PARTITION BY project_id"
			   " ORDER BY first_position), 9223372036854775807) AS next"
			   " FROM stretch) s WHERE n > 1024 OR (n = 0 AND first_position > 0) OR"
			   " n <> (SELECT COUNT(*) FROM audio a WHERE a.project_id = s.project_id"
			   " AND a.position >= s.first_position AND a.position < s.next)"),
	    0);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM project p WHERE (SELECT COUNT(*)"
					" FROM stretch s WHERE s.project_id = p.id"
					" AND s.first_position = 0) <> 1"),
	    0);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM audio WHERE position <= 0"
					" OR position >= 4611686018427387904"),
	    0);
	assert_int_equal(fixture_number("SELECT COUNT(*) FROM user u WHERE project_count <>"
					" (SELECT COUNT(*) FROM project p WHERE p.user_id = u.id"
					" AND NOT p.deleted AND NOT p.hidden)"),
	    0);
}

struct claimant
fixture_claimant(const char *host, int lease_sec)
{
	return (struct claimant){
	    .host = host, .run_id = 7, .lease_sec = lease_sec, .sound_ms_max = UINT64_MAX};
}

size_t
fixture_claim(struct claimant *who, size_t max, struct claim *v)
{
	size_t n;

	assert_rc(queue_claim(renderer, pool, who, max, v, &n), RC_OK);
	return n;
}

struct result
fixture_result(const struct claimant *who, const struct claim *claim, enum outcome outcome)
{
	struct result r = {.id = claim->id,
	    .project = claim->project,
	    .revision = claim->revision,
	    .outcome = outcome,
	    .path = "",
	    .error = "",
	    .attempts = claim->attempts,
	    .crashes = claim->crashes};

	memcpy(r.token, who->token, sizeof r.token);
	if (outcome == OUTCOME_READY) {
		r.path = pool_printf(pool, "%llu/%llu/%llu-r%llu-key.mp3",
		    (unsigned long long)claim->project / 1000, (unsigned long long)claim->project,
		    (unsigned long long)claim->id, (unsigned long long)claim->revision);
		r.duration_ms = 1000 + claim->id % 1000;
		r.size_bytes = 6000 + claim->id % 1000;
		r.loudness = LOUDNESS_UNKNOWN;
		memset(r.sha256, (int)(claim->id & 0xff), sizeof r.sha256);
	}
	return r;
}
