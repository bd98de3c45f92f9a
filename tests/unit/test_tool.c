#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/base/clock.h"
#include "../../pipeline-job/tool.h"

static char work[] = "/tmp/test_tool.XXXXXX";
static struct pool *pool;

static struct tool
tool_of(const char *const *args)
{
	return (struct tool){.args = args,
	    .work = work,
	    .seconds = 30,
	    .cpu_seconds = 30,
	    .memory_mb = 2048,
	    .file_mb = 100};
}

/* Copy a file to the standard output, as bytes. */
#define COPY(name)                                                                                 \
	"-v", "error", "-f", "rawvideo", "-video_size", "1x1", "-pix_fmt", "gray", "-i", name,     \
	    "-f", "rawvideo", "pipe:1", NULL

static void
it_runs(void **state)
{
	struct tool_result result = tool_check(pool, work);
	if (result.end != TOOL_DONE)
		fail_msg("%s", result.why);
	assert_string_equal(result.why, "");
}

static void
it_reads_what_is_named(void **state)
{
	const char *const args[] = {COPY("/in/text")};
	const char *path = pool_printf(pool, "%s/text", work);
	FILE *f = fopen(path, "w");
	fputs("lighthouse", f);
	fclose(f);
	struct tool_file file = {path, "/in/text"};
	struct tool tool = tool_of(args);
	tool.files = &file;
	tool.files_n = 1;
	struct tool_result result = tool_run(pool, &tool);
	assert_int_equal(result.end, TOOL_DONE);
	assert_int_equal(result.out_len, 10);
	assert_memory_equal(result.out, "lighthouse", 10);

	const char *const input[] = {COPY("pipe:0")};
	tool = tool_of(input);
	tool.input = path;
	result = tool_run(pool, &tool);
	assert_int_equal(result.end, TOOL_DONE);
	assert_memory_equal(result.out, "lighthouse", 10);
}

/* Everything else is not there: files of the system, of others, of this program. */
static void
it_sees_nothing_else(void **state)
{
	char self[64];
	snprintf(self, sizeof self, "/proc/%d/environ", (int)getpid());
	const char *const paths[] = {"/etc/passwd", "/proc/self/environ", self, "/etc/hostname",
	    "/usr/bin/env", "/root/.profile", "/work/../etc/shadow", "/dev/mem",
	    "/sys/kernel/notes"};
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		const char *const args[] = {COPY(paths[i])};
		struct tool tool = tool_of(args);
		struct tool_result result = tool_run(pool, &tool);
		assert_int_equal(result.end, TOOL_FAILED);
		assert_int_equal(result.out_len, 0);
		if (strstr(result.why, "No such file or directory") == NULL)
			fail_msg("%s: %s", paths[i], result.why);
	}
}

static void
it_writes_nowhere_else(void **state)
{
	const char *const names[] = {"/in/text", "/usr/lib/evil", "/etc/evil", "/evil/x"};
	const char *path = pool_printf(pool, "%s/text", work);
	struct tool_file file = {path, "/in/text"};
	for (size_t i = 0; i < 4; i++) {
		const char *const args[] = {"-v", "error", "-f", "lavfi", "-i", "anullsrc", "-t",
		    "0.1", "-f", "s16le", names[i], NULL};
		struct tool tool = tool_of(args);
		tool.files = &file;
		tool.files_n = 1;
		struct tool_result result = tool_run(pool, &tool);
		assert_int_equal(result.end, TOOL_FAILED);
	}
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 10);
	assert_int_equal(access("/usr/lib/evil", F_OK), -1);
}

static void
it_has_no_network(void **state)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	const char *const args[] = {"-v", "error", "-timeout", "3000000", "-f", "mp3", "-i",
	    pool_printf(pool, "tcp://127.0.0.1:%d", ntohs(address.sin_port)), "-f", "null", "-",
	    NULL};
	struct tool tool = tool_of(args);
	struct tool_result result = tool_run(pool, &tool);
	assert_int_equal(result.end, TOOL_FAILED);
	assert_int_equal(accept(fd, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	close(fd);
}

/* ffmpeg obeys FFREPORT, if it is given one, and inherits descriptors, if there are some. */
static void
it_inherits_nothing(void **state)
{
	const char *const args[] = {
	    "-v", "error", "-f", "lavfi", "-i", "anullsrc", "-t", "0.1", "-f", "null", "-", NULL};
	setenv("FFREPORT", "file=/work/report.log", 1);
	struct tool tool = tool_of(args);
	struct tool_result result = tool_run(pool, &tool);
	unsetenv("FFREPORT");
	assert_int_equal(result.end, TOOL_DONE);
	assert_int_equal(access(pool_printf(pool, "%s/report.log", work), F_OK), -1);

	int fd = open("/etc/passwd", O_RDONLY);
	const char *const read_it[] = {COPY(pool_printf(pool, "pipe:%d", fd))};
	tool = tool_of(read_it);
	result = tool_run(pool, &tool);
	close(fd);
	assert_int_equal(result.out_len, 0);
}

static void
limits_end_it(void **state)
{
	const char *const slow[] = {
	    "-re", "-f", "lavfi", "-i", "anullsrc", "-t", "20", "-f", "null", "-", NULL};
	struct tool tool = tool_of(slow);
	tool.seconds = 1;
	int64_t from = clock_ms();
	struct tool_result result = tool_run(pool, &tool);
	assert_int_equal(result.end, TOOL_LIMITED);
	assert_string_equal(result.why, "it took longer than 1 seconds");
	assert_true(clock_ms() - from < 5000);

	const char *const busy[] = {
	    "-v", "error", "-f", "lavfi", "-i", "mandelbrot=s=640x480", "-f", "null", "-", NULL};
	tool = tool_of(busy);
	tool.cpu_seconds = 1;
	result = tool_run(pool, &tool);
	assert_int_equal(result.end, TOOL_LIMITED);
	assert_non_null(strstr(result.why, "CPU time"));

	const char *const large[] = {"-v", "error", "-f", "lavfi", "-i", "testsrc2=s=1920x1080",
	    "-t", "2", "-f", "rawvideo", "large.raw", NULL};
	tool = tool_of(large);
	tool.file_mb = 1;
	result = tool_run(pool, &tool);
	assert_int_equal(result.end, TOOL_LIMITED);
	assert_string_equal(result.why, "it wrote more than 1 MiB");
	struct stat st;
	assert_int_equal(stat(pool_printf(pool, "%s/large.raw", work), &st), 0);
	assert_true(st.st_size <= 1024 * 1024);

	const char *const make[] = {"-v", "error", "-f", "lavfi", "-i", "color=s=6000x6000",
	    "-frames:v", "1", "wide.png", NULL};
	tool = tool_of(make);
	assert_int_equal(tool_run(pool, &tool).end, TOOL_DONE);
	const char *const wide[] = {"-v", "error", "-f", "png_pipe", "-i", "wide.png", "-vf",
	    "format=rgba,split,overlay", "-f", "null", "-", NULL};
	tool = tool_of(wide);
	tool.memory_mb = 400;
	result = tool_run(pool, &tool);
	assert_int_equal(result.end, TOOL_LIMITED);
	assert_string_equal(result.why, "it needs more than 400 MiB");
}

static void
output_is_limited(void **state)
{
	const char *const args[] = {"-v", "error", "-f", "lavfi", "-i", "testsrc2=s=1280x720",
	    "-frames:v", "4", "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1", NULL};
	struct tool tool = tool_of(args);
	struct tool_result result = tool_run(pool, &tool);
	assert_int_equal(result.end, TOOL_DONE);
	assert_int_equal(result.out_len, TOOL_OUTPUT);
}

static void
failures_are_explained(void **state)
{
	char garbage[65536];
	memset(garbage, 'x', sizeof garbage);
	FILE *f = fopen(pool_printf(pool, "%s/garbage", work), "w");
	fwrite(garbage, 1, sizeof garbage, f);
	fclose(f);
	const char *const args[] = {"-f", "wav", "-i", "garbage", "-f", "null", "-", NULL};
	struct tool tool = tool_of(args);
	struct tool_result result = tool_run(pool, &tool);
	assert_int_equal(result.end, TOOL_FAILED);
	assert_string_equal(
	    result.why, "ffmpeg failed: garbage: Invalid data found when processing input");
}

static void
without_a_sandbox_it_does_not_run(void **state)
{
	const char *const args[] = {"-version", NULL};
	struct tool tool = tool_of(args);
	tool.sandbox = "/nonexistent/bwrap";
	struct tool_result result = tool_run(pool, &tool);
	assert_int_equal(result.end, TOOL_SYSTEM);
	assert_string_equal(result.why,
	    "bubblewrap (bwrap) is needed and not installed: No such file or directory");
	/* Nor with one that cannot do its work. */
	tool.sandbox = "/bin/false";
	tool.work = "/nonexistent";
	assert_int_not_equal(tool_run(pool, &tool).end, TOOL_DONE);
	tool.sandbox = NULL;
	result = tool_run(pool, &tool);
	assert_int_equal(result.end, TOOL_SYSTEM);
	assert_non_null(strstr(result.why, "cannot be run in bubblewrap: bwrap: "));
}

/* True if a process has MARK in its command. */
static bool
is_running(const char *mark)
{
	DIR *dir = opendir("/proc");
	bool found = false;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		char path[300], line[8192];
		snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
		int fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		ssize_t n = read(fd, line, sizeof line);
		close(fd);
		if (n > 0 && memmem(line, (size_t)n, mark, strlen(mark)) != NULL)
			found = true;
	}
	closedir(dir);
	return found;
}

static void
wait_until_running(const char *mark, bool running)
{
	for (int i = 0; is_running(mark) != running; i++) {
		assert_true(i < 3000);
		usleep(10000);
	}
}

static void
it_dies_with_its_parent(void **state)
{
	const char *mark = pool_printf(pool, "mark%d", (int)getpid());
	const char *const args[] = {"-v", "error", "-re", "-f", "lavfi", "-i", "anullsrc", "-t",
	    "60", "-metadata", pool_printf(pool, "title=%s", mark), "-f", "null", "-", NULL};
	/* Killed as early as it can be seen, when bwrap has just begun, and later. */
	for (int i = 0; i < 6; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			struct tool tool = tool_of(args);
			tool_run(pool, &tool);
			_exit(0);
		}
		wait_until_running(mark, true);
		usleep((useconds_t)(i % 3) * 20000);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		wait_until_running(mark, false);
	}
}

/* Other users need no rights of the system administrator. */
static void
it_runs_for_other_users(void **state)
{
	if (geteuid() != 0)
		skip();
	pid_t pid = fork();
	if (pid == 0) {
		char own[] = "/tmp/test_tool.XXXXXX";
		if (setgid(65534) != 0 || setuid(65534) != 0 || mkdtemp(own) == NULL)
			_exit(2);
		struct tool_result result = tool_check(pool, own);
		rmdir(own);
		_exit(result.end == TOOL_DONE ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int
prepare(void **state)
{
	pool = pool_new();
	return mkdtemp(work) == NULL;
}

static int
tidy(void **state)
{
	int status = system(pool_printf(pool, "rm -rf %s", work));
	pool_free(pool);
	return status;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_runs),
	    cmocka_unit_test(it_reads_what_is_named),
	    cmocka_unit_test(it_sees_nothing_else),
	    cmocka_unit_test(it_writes_nowhere_else),
	    cmocka_unit_test(it_has_no_network),
	    cmocka_unit_test(it_inherits_nothing),
	    cmocka_unit_test(limits_end_it),
	    cmocka_unit_test(output_is_limited),
	    cmocka_unit_test(failures_are_explained),
	    cmocka_unit_test(without_a_sandbox_it_does_not_run),
	    cmocka_unit_test(it_dies_with_its_parent),
	    cmocka_unit_test(it_runs_for_other_users),
	};
	return cmocka_run_group_tests(tests, prepare, tidy);
}
