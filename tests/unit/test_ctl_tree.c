#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/file.h>

#include "../../ttsctl/host.h"
#include "../../ttsctl/tree.h"

/* How ttsctl examines media.root and the machine. */

static char base[] = "/tmp/tts-test-tree-XXXXXX";
static char root[64], gone[64], lock[64], kick[64], work_lock[64], work_kick[64], event_kick[64];
static struct conf conf;

static int __attribute__((format(printf, 1, 2))) shell(const char *format, ...)
{
	char script[1024];
	va_list ap;
	int n;

	va_start(ap, format);
	n = snprintf(script, sizeof script, "cd %s && ", base);
	vsnprintf(script + n, sizeof script - (size_t)n, format, ap);
	va_end(ap);
	return system(script);
}

static int
set_up(void **state)
{
	if (mkdtemp(base) == NULL)
		return -1;
	snprintf(root, sizeof root, "%s/media", base);
	snprintf(gone, sizeof gone, "%s/gone", base);
	snprintf(lock, sizeof lock, "%s/lock", base);
	snprintf(kick, sizeof kick, "%s/kick", base);
	conf.media.root = root;
	conf.media.gone_root = gone;
	conf.scheduler.lock_file = lock;
	conf.scheduler.kick_file = kick;
	snprintf(work_lock, sizeof work_lock, "%s/work.lock", base);
	snprintf(work_kick, sizeof work_kick, "%s/work.kick", base);
	snprintf(event_kick, sizeof event_kick, "%s/event.kick", base);
	conf.work.lock_file = work_lock;
	conf.work.kick_file = work_kick;
	conf.events.kick_file = event_kick;
	return 0;
}

static int
fresh(void **state)
{
	return shell("rm -rf media gone lock kick && mkdir media gone && touch media/.tts-media");
}

static int
tear_down(void **state)
{
	return shell("rm -rf %s", base);
}

/* ---------------------------------------------------------------- names */

#define KEY "0123456789abcdef0123456789abcdef"

static void
the_names_of_sounds_are_known(void **state)
{
	static const char *const others[] = {
	    "",
	    "1",
	    "1-r2-" KEY,
	    "1-r2-" KEY ".mp3x",
	    "1-r2-" KEY "0.mp3",
	    "1-r2-0123456789ABCDEF0123456789ABCDEF.mp3",
	    "1-r2-0123.mp3",
	    "01-r2-" KEY ".mp3",
	    "1-r02-" KEY ".mp3",
	    "0-r2-" KEY ".mp3",
	    "1-r0-" KEY ".mp3",
	    "-1-r2-" KEY ".mp3",
	    " 1-r2-" KEY ".mp3",
	    "1-s2-" KEY ".mp3",
	    "18446744073709551616-r2-" KEY ".mp3",
	};
	uint64_t audio, revision;

	assert_true(tree_sound("12-r345-" KEY ".mp3", &audio, &revision));
	assert_int_equal(audio, 12);
	assert_int_equal(revision, 345);
	assert_true(tree_sound("18446744073709551615-r1-" KEY ".mp3", &audio, &revision));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(tree_sound(others[i], &audio, &revision));
}

/* ---------------------------------------------------------------- the walk */

struct seen {
	size_t sounds, temporaries, calls, empty, foreign;
	uint64_t ids, projects; /* their sums */
	char names[1024];	/* paths of foreign files and empty directories */
	bool swallow;		/* report all files and empty directories as removed */
	enum rc rc;
};

static enum rc
on_files(void *ctx, const struct tree_dir *dir, const struct tree_file *v, size_t n, size_t *gone_n)
{
	struct seen *seen = ctx;

	assert_in_range(n, 1, TREE_MAX);
	seen->calls++;
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(faccessat(dir->fd, v[i].name, F_OK, 0), 0);
		if (v[i].temporary) {
			seen->temporaries++;
		} else {
			seen->sounds++;
			seen->ids += v[i].audio;
			seen->projects += dir->project;
		}
	}
	if (seen->swallow)
		*gone_n = n;
	return seen->rc;
}

static void
note(struct seen *seen, const char *path)
{
	size_t len = strlen(seen->names);

	snprintf(seen->names + len, sizeof seen->names - len, "%s ", path);
}

static bool
on_empty(void *ctx, int parent, const char *name, const char *path, time_t mtime)
{
	struct seen *seen = ctx;

	assert_int_equal(faccessat(parent, name, F_OK, 0), 0);
	assert_true(mtime > 0);
	seen->empty++;
	note(seen, path);
	return seen->swallow;
}

static void
on_foreign(void *ctx, const char *path)
{
	struct seen *seen = ctx;

	seen->foreign++;
	note(seen, path);
}

static enum rc
walk(struct seen *seen, uint64_t project)
{
	struct tree tree = {.conf = &conf,
	    .project = project,
	    .ctx = seen,
	    .files = on_files,
	    .empty = on_empty,
	    .foreign = on_foreign};
	enum rc rc = tree_walk(&tree);

	assert_false(tree.trouble);
	return rc;
}

static void
every_file_is_met_once(void **state)
{
	struct seen seen = {.rc = RC_OK};
	uint64_t sum = 0;

	assert_int_equal(shell("mkdir -p media/0/7 media/1/1002"), 0);
	/* More files than are examined at once. */
	for (unsigned i = 1; i <= 2 * TREE_MAX + 3; i++)
		sum += i;
	assert_int_equal(
	    shell("for i in $(seq %d); do : >media/0/7/$i-r1-" KEY ".mp3; done", 2 * TREE_MAX + 3),
	    0);
	assert_int_equal(shell(": >media/1/1002/5-r1-" KEY ".mp3; : >media/0/7/.tmp-x"), 0);
	assert_int_equal(walk(&seen, 0), RC_OK);
	assert_int_equal(seen.sounds, 2 * TREE_MAX + 4);
	assert_int_equal(seen.ids, sum + 5);
	assert_int_equal(seen.projects, 7 * (2 * TREE_MAX + 3) + 1002);
	assert_int_equal(seen.temporaries, 1);
	assert_int_equal(seen.foreign + seen.empty, 0);

	seen = (struct seen){.rc = RC_OK};
	assert_int_equal(walk(&seen, 1002), RC_OK);
	assert_int_equal(seen.sounds, 1);
	seen = (struct seen){.rc = RC_OK};
	assert_int_equal(walk(&seen, 8), RC_OK);
	assert_int_equal(seen.calls, 0);
}

static void
what_is_not_ours_is_named_and_no_link_is_followed(void **state)
{
	struct seen seen = {.rc = RC_OK};

	assert_int_equal(
	    shell("mkdir -p media/0/7/8-r1-" KEY ".mp3 media/0/1007 media/x media/lost+found"
		  " && ln -s ../../gone media/3 && ln -s ../../../gone media/0/9"
		  " && ln -s /etc/passwd media/0/7/9-r1-" KEY ".mp3"
		  " && : >gone/5-r1-" KEY ".mp3 && : >media/0/notes && : >media/0/7/a.mp3"
		  " && mkdir media/01 media/-1"),
	    0);
	assert_int_equal(walk(&seen, 0), RC_OK);
	assert_int_equal(seen.sounds + seen.temporaries, 0);
	assert_int_equal(seen.empty, 0);
	static const char *const foreign[] = {"0/7/8-r1-" KEY ".mp3 ", "0/1007 ", "x ", "3 ",
	    "0/9 ", "0/7/9-r1-" KEY ".mp3 ", "0/notes ", "0/7/a.mp3 ", "01 ", "-1 "};
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
		assert_non_null(strstr(seen.names, foreign[i]));
	assert_int_equal(seen.foreign, sizeof foreign / sizeof *foreign);
}

static void
directories_are_empty_when_all_in_them_went(void **state)
{
	struct seen stay = {.rc = RC_OK}, went = {.rc = RC_OK, .swallow = true};

	assert_int_equal(shell("mkdir -p media/0/7 media/0/8 && : >media/0/7/1-r1-" KEY ".mp3"), 0);
	assert_int_equal(walk(&stay, 0), RC_OK);
	assert_string_equal(stay.names, "0/8 ");
	assert_int_equal(walk(&went, 0), RC_OK);
	assert_int_equal(went.empty, 3);
	assert_non_null(strstr(went.names, "0/7 "));
	assert_string_equal(went.names + strlen(went.names) - 2, "0 ");
	/* There may be other projects in it, which were not examined. */
	went = (struct seen){.rc = RC_OK, .swallow = true};
	assert_int_equal(walk(&went, 7), RC_OK);
	assert_string_equal(went.names, "0/7 ");
}

static void
an_error_ends_the_walk(void **state)
{
	struct seen seen = {.rc = RC_BUSY, .swallow = true};

	assert_int_equal(shell("mkdir -p media/0/7 media/0/8 && : >media/0/7/1-r1-" KEY
			       ".mp3 && : >media/0/8/2-r1-" KEY ".mp3"),
	    0);
	assert_int_equal(walk(&seen, 0), RC_BUSY);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.empty, 0);
}

static void
without_the_marker_nothing_is_looked_at(void **state)
{
	struct seen seen = {.rc = RC_OK};
	struct tree tree = {.conf = &conf,
	    .ctx = &seen,
	    .files = on_files,
	    .empty = on_empty,
	    .foreign = on_foreign};

	assert_int_equal(shell("rm media/.tts-media && mkdir media/x"), 0);
	capture_begin();
	enum rc rc = tree_walk(&tree);
	assert_int_equal(lines_in(capture_end()), 1);
	assert_int_equal(rc, RC_NO_SPACE);
	assert_true(tree.trouble);
	assert_int_equal(seen.foreign, 0);
}

/* ---------------------------------------------------------------- the machine */

static void
who_has_the_lock_is_found_without_taking_it(void **state)
{
	int ready[2], leave[2], status, fd;
	struct host host;
	pid_t pid;
	char c;

	host_look(&conf, &host);
	assert_false(host.locked);
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(leave), 0);
	pid = fork();
	if (pid == 0) {
		fd = open(lock, O_RDWR | O_CREAT, 0600);
		close(leave[1]);
		if (flock(fd, LOCK_EX) == 0 && write(ready[1], "x", 1) == 1)
			(void)!read(leave[0], &c, 1);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	host_look(&conf, &host);
	close(leave[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(host.locked);
	assert_int_equal(host.pid, pid);

	host_look(&conf, &host); /* the file exists, the lock does not */
	assert_false(host.locked);
	fd = open(lock, O_RDWR);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	close(fd);
	close(ready[0]);
	close(ready[1]);
	close(leave[0]);
}

static void
the_places_are_looked_at(void **state)
{
	struct host host;

	assert_int_equal(shell("touch gone/a1 gone/p2 gone/.x"), 0);
	host_look(&conf, &host);
	assert_int_equal(host.root_error, 0);
	assert_int_equal(host.gone_error, 0);
	assert_int_equal(host.kick_error, 0);
	assert_int_equal(host.tombstones, 2);
	assert_true(host.has_space && host.bytes >= host.bytes_free && host.bytes > 0);

	assert_int_equal(shell("rm media/.tts-media && rm -r gone"), 0);
	assert_int_equal(host.work_kick_error, 0);
	assert_int_equal(host.event_kick_error, 0);
	conf.scheduler.kick_file = "/nonexistent/kick";
	conf.work.kick_file = "/nonexistent/work.kick";
	conf.events.kick_file = "/nonexistent/event.kick";
	host_look(&conf, &host);
	conf.scheduler.kick_file = kick;
	conf.work.kick_file = work_kick;
	conf.events.kick_file = event_kick;
	assert_int_equal(host.work_kick_error, ENOENT);
	assert_int_equal(host.event_kick_error, ENOENT);
	assert_int_equal(host.root_error, ENODEV);
	assert_int_equal(host.gone_error, ENOENT);
	assert_int_equal(host.kick_error, ENOENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_names_of_sounds_are_known),
	    cmocka_unit_test_setup(every_file_is_met_once, fresh),
	    cmocka_unit_test_setup(what_is_not_ours_is_named_and_no_link_is_followed, fresh),
	    cmocka_unit_test_setup(directories_are_empty_when_all_in_them_went, fresh),
	    cmocka_unit_test_setup(an_error_ends_the_walk, fresh),
	    cmocka_unit_test_setup(without_the_marker_nothing_is_looked_at, fresh),
	    cmocka_unit_test_setup(who_has_the_lock_is_found_without_taking_it, fresh),
	    cmocka_unit_test_setup(the_places_are_looked_at, fresh),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
