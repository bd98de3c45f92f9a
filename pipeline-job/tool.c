#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/base/clock.h"

#define BWRAP "/usr/bin/bwrap"
#define FFMPEG "/usr/bin/ffmpeg"
#define LOG_KEPT 4096 /* bytes of standard error: the last ones */
#define WHY_MAX 200
#define TEMPORARY "16777216" /* bytes of /tmp, where fontconfig keeps what it has found */
#define MB ((rlim_t)1024 * 1024)

/* What every run can read: libraries, fonts and where to find them. None of it is secret. */
static const char *const readable[] = {
    "/usr/lib",
    "/usr/lib64",
    FFMPEG,
    "/usr/share/fonts",
    "/usr/share/fontconfig",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/var/cache/fontconfig",
};

struct arguments {
	struct pool *pool;
	const char **list;
	size_t n, cap;
};

static void
arguments_add(struct arguments *arguments, size_t n, const char *const *words)
{
	if (arguments->n + n + 1 > arguments->cap) {
		size_t cap = (arguments->n + n + 1) * 2;
		const char **list = pool_array(arguments->pool, cap, sizeof *list);
		if (arguments->n > 0)
			memcpy(list, arguments->list, arguments->n * sizeof *list);
		arguments->list = list;
		arguments->cap = cap;
	}
	for (size_t i = 0; i < n; i++)
		arguments->list[arguments->n++] = words[i];
}

#define ADD(arguments, ...)                                                                        \
	arguments_add(arguments, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),           \
	    (const char *[]){__VA_ARGS__})

/* The whole command. Its list ends with NULL, as pool memory is zeroed. */
static char *const *
tool_command(struct pool *pool, const struct tool *tool)
{
	struct arguments a = {.pool = pool};
	ADD(&a, tool->sandbox != NULL ? tool->sandbox : BWRAP, "--unshare-all", "--die-with-parent",
	    "--new-session", "--clearenv", "--setenv", "HOME", "/tmp", "--setenv",
	    "MALLOC_ARENA_MAX", "4", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64",
	    "/lib64");
	for (size_t i = 0; i < sizeof readable / sizeof readable[0]; i++)
		ADD(&a, "--ro-bind-try", readable[i], readable[i]);
	ADD(&a, "--dev-bind", "/dev/null", "/dev/null", "--dev-bind", "/dev/urandom",
	    "/dev/urandom", "--size", TEMPORARY, "--tmpfs", "/tmp", "--bind", tool->work, "/work",
	    "--chdir", "/work");
	for (size_t i = 0; i < tool->files_n; i++)
		ADD(&a, "--ro-bind", tool->files[i].from, tool->files[i].to);
	ADD(&a, "--remount-ro", "/");
	ADD(&a, FFMPEG, "-nostdin", "-hide_banner", "-y");
	for (const char *const *arg = tool->args; *arg != NULL; arg++)
		ADD(&a, *arg);
	union {
		const char **theirs;
		char *const *ours;
	} list = {a.list};
	return list.ours;
}

static void
limit_set(int resource, rlim_t value)
{
	struct rlimit limit = {value, value}, now;
	/* Only lower a limit: it is not ours to raise. */
	if (getrlimit(resource, &now) == 0 && now.rlim_max < value)
		limit.rlim_cur = limit.rlim_max = now.rlim_max;
	if (setrlimit(resource, &limit) != 0)
		_exit(126);
}

/* In the process that becomes bwrap: limits, nothing that was inherited but the standard streams.
 */
static void
tool_become(const struct tool *tool, char *const *command)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGCHLD, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	limit_set(RLIMIT_CORE, 0);
	limit_set(RLIMIT_CPU, tool->cpu_seconds);
	limit_set(RLIMIT_AS, tool->memory_mb * MB);
	limit_set(RLIMIT_FSIZE, tool->file_mb * MB);
	limit_set(RLIMIT_NOFILE, 256);
	execv(command[0], command);
	_exit(127);
}

static void
on_child(int signal)
{
}

/* Kill all children of this process and, as it is the one to which orphans fall, theirs. */
static void
children_kill(pid_t child)
{
	char path[64], line[4096];
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	kill(child, SIGKILL);
	while (waitpid(-1, NULL, WNOHANG) >= 0) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = fd >= 0 ? read(fd, line, sizeof line - 1) : 0;
		if (fd >= 0)
			close(fd);
		line[n > 0 ? n : 0] = '\0';
		char *end = line;
		for (long pid; (pid = strtol(end, &end, 10)) > 0;)
			kill((pid_t)pid, SIGKILL);
		usleep(1000);
	}
}

/*
 * The process between this program and bwrap. It sees LIFE end with the program, and then kills
 * bwrap and all that it has begun. That bwrap dies with its parent is not enough: its children may
 * not have asked for that yet.
 */
static void
tool_supervise(const struct tool *tool, char *const *command, int out, int err, int life)
{
	int in = open(tool->input != NULL ? tool->input : "/dev/null", O_RDONLY | O_CLOEXEC);
	if (in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 ||
	    (life != 3 && dup2(life, 3) < 0) || fcntl(3, F_SETFD, FD_CLOEXEC) != 0)
		_exit(126);
	close_range(4, ~0U, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigset_t blocked, open_mask;
	sigfillset(&blocked);
	sigemptyset(&open_mask);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	struct sigaction action = {.sa_handler = on_child};
	sigaction(SIGCHLD, &action, NULL);
	pid_t child = fork();
	if (child == 0)
		tool_become(tool, command);
	struct pollfd end = {.fd = 3, .events = POLLIN};
	int status = 0;
	while (child > 0 && waitpid(child, &status, WNOHANG) == 0)
		if (ppoll(&end, 1, NULL, &open_mask) > 0) {
			children_kill(child);
			_exit(128 + SIGKILL);
		}
	_exit(child < 0 ? 126 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/* Read what there is of a stream; the first MAX bytes are kept, or the last. False at its end. */
static bool
stream_read(int fd, struct buf *buf, size_t max, bool last)
{
	char piece[16384];
	ssize_t n = read(fd, piece, sizeof piece);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if (n == 0)
		return false;
	if (!last) {
		size_t room = max - buf->len;
		buf_add(buf, piece, (size_t)n < room ? (size_t)n : room);
		return true;
	}
	buf_add(buf, piece, (size_t)n);
	if (buf->len > 2 * max) {
		memmove(buf->data, buf->data + buf->len - max, max);
		buf->len = max;
		buf->data[max] = '\0';
	}
	return true;
}

/* Read both streams until they end or the time is over. False if it is. */
static bool
tool_listen(const struct tool *tool, int out_fd, int err_fd, struct buf *out, struct buf *err)
{
	int64_t until = clock_ms() + (int64_t)tool->seconds * 1000;
	struct pollfd fds[2] = {{.fd = out_fd, .events = POLLIN}, {.fd = err_fd, .events = POLLIN}};
	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		int64_t left = until - clock_ms();
		if (left <= 0)
			return false;
		if (poll(fds, 2, left < 1000 ? (int)left : 1000) <= 0)
			continue;
		if (fds[0].revents != 0 && !stream_read(out_fd, out, TOOL_OUTPUT, false))
			fds[0].fd = -1;
		if (fds[1].revents != 0 && !stream_read(err_fd, err, LOG_KEPT, true))
			fds[1].fd = -1;
	}
	return true;
}

/* The end of what a log says up to END, without spaces, full stops and lines that say nothing. */
static size_t
log_end(const char *log, size_t end)
{
	static const char *const vain[] = {"Conversion failed!", "Error while processing"};
	while (end > 0 && strchr("\n\r .!", log[end - 1]) != NULL)
		end--;
	size_t begin = end;
	while (begin > 0 && log[begin - 1] != '\n')
		begin--;
	for (size_t i = 0; begin > 0 && i < sizeof vain / sizeof vain[0]; i++)
		if (strncmp(log + begin, vain[i], strlen(vain[i])) == 0)
			return log_end(log, begin);
	return end;
}

/* The last line that says something, as text that can be shown. */
static const char *
log_last_line(struct pool *pool, const char *log)
{
	size_t end = log_end(log, strlen(log)), begin = end;
	while (begin > 0 && log[begin - 1] != '\n' && log[begin - 1] != '\r')
		begin--;
	/* "[AVCodec @ 0x55…] message": the address says nothing. */
	const char *after = memchr(log + begin, ']', end - begin);
	if (log[begin] == '[' && after != NULL && after + 2 < log + end)
		begin = (size_t)(after + 2 - log);
	size_t len = end - begin < WHY_MAX ? end - begin : WHY_MAX;
	char *line = pool_strndup(pool, log + begin, len);
	for (char *c = line; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
			*c = '?';
	return line;
}

static struct tool_result
tool_judge(struct pool *pool, const struct tool *tool, int status, bool in_time, const char *log)
{
	struct tool_result result = {.end = TOOL_FAILED, .log = log, .why = ""};
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (!in_time) {
		result.end = TOOL_LIMITED;
		result.why = pool_printf(pool, "it took longer than %u seconds", tool->seconds);
	} else if (code == 0) {
		result.end = TOOL_DONE;
	} else if (code == 128 + SIGXCPU || code == 128 + SIGKILL) {
		result.end = TOOL_LIMITED;
		result.why = "it used too much CPU time or was killed";
	} else if (code == 128 + SIGXFSZ || strstr(log, "File too large") != NULL) {
		result.end = TOOL_LIMITED;
		result.why = pool_printf(pool, "it wrote more than %u MiB", tool->file_mb);
	} else if (strstr(log, "Cannot allocate memory") != NULL) {
		result.end = TOOL_LIMITED;
		result.why = pool_printf(pool, "it needs more than %u MiB", tool->memory_mb);
	} else if (strstr(log, "No space left on device") != NULL) {
		result.end = TOOL_SYSTEM;
		result.why = "No space left on device";
	} else if (code == 126 || code == 127 || strstr(log, "bwrap: ") != NULL) {
		result.end = TOOL_SYSTEM;
		result.why = pool_printf(pool, "ffmpeg cannot be run in bubblewrap: %s",
		    *log != '\0' ? log_last_line(pool, log) : "it does not start");
	} else if (code > 128) {
		result.why = pool_printf(pool, "ffmpeg crashed with signal %d", code - 128);
	} else {
		result.why = pool_printf(pool, "ffmpeg failed: %s", log_last_line(pool, log));
	}
	return result;
}

static struct tool_result
tool_system(struct pool *pool, const char *what, int error)
{
	return (struct tool_result){.end = TOOL_SYSTEM,
	    .log = "",
	    .out = "",
	    .why = pool_printf(pool, "%s: %s", what, strerror(error))};
}

void
tool_limit(struct tool *tool, const struct conf *conf, int stage)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	tool->seconds = (unsigned)conf->pipeline.stage[stage].timeout_sec;
	tool->cpu_seconds = tool->seconds * (unsigned)(cores > 1 ? cores : 1);
	tool->memory_mb = (unsigned)conf->pipeline.memory_mib;
	tool->file_mb = (unsigned)conf->pipeline.result_mib;
}

struct tool_result
tool_run(struct pool *pool, const struct tool *tool)
{
	char *const *command = tool_command(pool, tool);
	int pipes[3][2], status = 0, made = 0; /* output, errors, and life */
	struct buf out, err;
	if (access(command[0], X_OK) != 0)
		return tool_system(pool, "bubblewrap (bwrap) is needed and not installed", errno);
	if (access(FFMPEG, X_OK) != 0)
		return tool_system(pool, "ffmpeg is needed and not installed", errno);
	while (made < 3 && pipe2(pipes[made], O_CLOEXEC) == 0)
		made++;
	buf_init(&out, pool, 4096);
	buf_init(&err, pool, LOG_KEPT);
	pid_t pid = made == 3 ? fork() : -1;
	int error = errno;
	if (pid == 0) {
		close(pipes[2][1]);
		tool_supervise(tool, command, pipes[0][1], pipes[1][1], pipes[2][0]);
	}
	bool in_time = false;
	if (pid > 0) {
		close(pipes[0][1]);
		close(pipes[1][1]);
		in_time = tool_listen(tool, pipes[0][0], pipes[1][0], &out, &err);
		close(pipes[2][1]);
		pipes[0][1] = pipes[1][1] = pipes[2][1] = -1;
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	for (int i = 0; i < made; i++)
		for (int k = 0; k < 2; k++)
			if (pipes[i][k] >= 0)
				close(pipes[i][k]);
	if (pid < 0)
		return tool_system(pool, "cannot run ffmpeg", error);
	struct tool_result result = tool_judge(pool, tool, status, in_time, err.data);
	result.out = out.data;
	result.out_len = out.len;
	return result;
}

struct tool_result
tool_check(struct pool *pool, const char *work)
{
	const char *const args[] = {
	    "-v", "error", "-f", "lavfi", "-i", "anullsrc", "-t", "0.1", "-f", "null", "-", NULL};
	struct tool tool = {.args = args,
	    .work = work,
	    .seconds = 20,
	    .cpu_seconds = 10,
	    .memory_mb = 1024,
	    .file_mb = 1};
	return tool_run(pool, &tool);
}
