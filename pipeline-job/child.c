#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/base/clock.h"
#include "../common/base/fault.h"
#include "../common/base/log.h"
#include "answer.h"

#define CHILDREN_MAX STAGE_CLAIMS_MAX
#define FILES_MAX 256 /* open at the same time */

struct child {
	pid_t pid;
	int fd;
	int sec;
	int64_t until;
	struct pool *pool;
	struct buf data;
	bool late, too_much;
	bool over;
	int status;
};

/* All that run, for the signal handler. */
static volatile pid_t running[CHILDREN_MAX];

static void
note_running(pid_t before, pid_t after)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		if (running[i] == before) {
			running[i] = after;
			return;
		}
}

void
child_end_all(void)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		if (running[i] > 0)
			(void)kill(-running[i], SIGKILL);
}

/* ---------------------------------------------------------------- in the child */

static void
set_limit(int resource, rlim_t value)
{
	const struct rlimit limit = {value, value};

	(void)setrlimit(resource, &limit);
}

static void
reset_signals(void)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGALRM};

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		(void)signal(signals[i], SIG_DFL);
	(void)alarm(0);
}

static bool
write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static void __attribute__((noreturn))
child_main(engine_call *call, const struct engine_input *in, pid_t parent, int fd)
{
	struct engine_answer answer = {.class = CLASS_SYSTEM, .progress = -1};
	struct engine_input mine = *in;
	struct buf out;

	(void)setpgid(0, 0);
	/* It may have died before this was said. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
	if (dup2(fd, 3) != 3 || close_range(4, ~0U, 0) < 0)
		_exit(1);
	(void)fcntl(3, F_SETFD, FD_CLOEXEC);
	reset_signals();
	set_limit(RLIMIT_CORE, 0);
	set_limit(RLIMIT_NOFILE, FILES_MAX);
	set_limit(RLIMIT_FSIZE, (rlim_t)in->conf->pipeline.result_mib << 20);
	(void)signal(SIGXFSZ, SIG_IGN); /* a file that grows too large is an error of write() */
	if (in->directory[0] != '\0' && chdir(in->directory) < 0)
		_exit(1);
	mine.pool = pool_new();
	(void)fault("pipeline.child");
	call(&mine, &answer);
	(void)fault("pipeline.child.called");
	buf_init(&out, mine.pool, 4096);
	answer_pack(&out, &answer);
	_exit(write_all(3, out.data, out.len) ? 0 : 1);
}

/* ---------------------------------------------------------------- in the parent */

struct child *
child_start(engine_call *call, const struct engine_input *in, int sec)
{
	struct child *child = calloc(1, sizeof *child);
	pid_t parent = getpid();
	int ends[2];

	if (child == NULL || pipe2(ends, O_CLOEXEC) < 0) {
		log_error("cannot start a step: %s", strerror(errno));
		free(child);
		return NULL;
	}
	child->pid = fork();
	if (child->pid == 0)
		child_main(call, in, parent, ends[1]);
	close(ends[1]);
	if (child->pid < 0) {
		log_error("cannot start a step: %s", strerror(errno));
		close(ends[0]);
		free(child);
		return NULL;
	}
	(void)setpgid(child->pid, child->pid);
	note_running(0, child->pid);
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	child->fd = ends[0];
	child->sec = sec;
	child->until = clock_ms() + sec * INT64_C(1000);
	child->pool = pool_new();
	buf_init(&child->data, child->pool, 4096);
	return child;
}

int
child_fd(const struct child *child)
{
	return child->fd;
}

int64_t
child_until(const struct child *child)
{
	return child->until;
}

/* End it with all it has started, and learn how it ended. */
static void
child_reap(struct child *child)
{
	(void)kill(-child->pid, SIGKILL);
	while (waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR)
		continue;
	note_running(child->pid, 0);
	child->over = true;
}

bool
child_done(struct child *child)
{
	char block[65536];
	ssize_t n;

	while (!child->over) {
		n = read(child->fd, block, sizeof block);
		if (n > 0) {
			child->too_much = child->data.len + (size_t)n > ANSWER_MAX;
			if (child->too_much)
				child_reap(child);
			else
				buf_add(&child->data, block, (size_t)n);
		} else if (n < 0 && errno == EINTR) {
			continue;
		} else if (n < 0 && errno == EAGAIN) {
			child->late = clock_ms() >= child->until;
			if (!child->late)
				return false;
			child_reap(child);
		} else {
			/* It has closed its end: it exits now, if it has not been killed. */
			child_reap(child);
		}
	}
	return true;
}

bool
child_answer(const struct child *child, struct pool *pool, struct engine_answer *out)
{
	const char *why;

	if (!child->late && !child->too_much &&
	    answer_unpack(pool, child->data.data, child->data.len, out))
		return true;
	if (child->late)
		why = pool_printf(pool, "it took longer than %d s", child->sec);
	else if (child->too_much || child->data.len > 0)
		why = "it gave no proper answer";
	else if (WIFSIGNALED(child->status))
		why = pool_printf(pool, "it was ended by signal %d", WTERMSIG(child->status));
	else
		why = pool_printf(pool, "it ended with status %d", WEXITSTATUS(child->status));
	*out = (struct engine_answer){.class = CLASS_TRANSIENT, .message = why, .progress = -1};
	return false;
}

void
child_free(struct child *child)
{
	if (child == NULL)
		return;
	if (!child->over)
		child_reap(child);
	close(child->fd);
	pool_free(child->pool);
	free(child);
}
