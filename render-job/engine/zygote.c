#include "zygote.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "../../common/base/log.h"
#include "../../common/say/voice.h"
#include "child.h"
#include "../../common/base/clock.h"
#include "datafiles.h"
#include "placement.h"
#include "slot.h"
#include "speak.h"

/* The children yield to the processes that keep them busy, and to the database that those wait
 * for. */
#define CHILD_NICE 5

/* The state of a slot in a zygote. */
struct slot_work {
	pid_t child;	  /* 0: none */
	int64_t deadline; /* in ms of the monotonic clock */
	bool late;
};

/* The data that the fork server prepares for all zygotes. */
struct forkserver {
	const struct zygote_env *env;
	struct child_terms terms;
	struct placement *placement;
	int socket;
};

struct zygote {
	const struct zygote_env *env;
	struct child_terms terms;
	struct placement *placement;
	int socket, urgent_socket;
	struct slot_work *work; /* one per slot */
	size_t running;
	struct speak_request *waiting; /* oldest first */
	size_t waiting_n;
};

static void
on_sigchld(int signo)
{
}

/* A report is lost only if the renderer has died. */
static void
send_report(struct zygote *z, uint32_t slot, int status, bool late)
{
	struct speak_report message = {slot, status, late};
	while (send(z->socket, &message, sizeof message, MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			_exit(EX_IOERR);
}

static void
child_start(struct zygote *z, const struct speak_request *request, bool urgent)
{
	const struct zygote_env *env = z->env;
	struct slot_work *work = &z->work[request->slot];
	pid_t self = getpid();
	cpu_set_t cpus;
	if (sched_getaffinity(0, sizeof cpus, &cpus) < 0)
		CPU_ZERO(&cpus);
	/* Note the sentence before it can crash. */
	speaking_note(env->speaking, request->slot, request->id);
	pid_t pid = fork();
	if (pid == 0) {
		if (!urgent)
			setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + CHILD_NICE);
		placement_begin(z->placement, request->slot, &cpus);
		child_speak(&z->terms, env->slot_fd[request->slot], self);
	}
	if (pid < 0) {
		log_error("cannot fork: %s", strerror(errno));
		speaking_clear(env->speaking, request->slot);
		_exit(EX_OSERR);
	}
	placement_assign(z->placement, request->slot, pid, &cpus);
	*work = (struct slot_work){pid, clock_ms() + env->conf->speech.timeout_sec * 1000LL, false};
	z->running++;
}

static void
children_reap(struct zygote *z)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (uint32_t i = 0; i < z->env->slots; i++) {
			if (z->work[i].child != pid)
				continue;
			/* A child that has exited normally must not be blamed if the renderer
			 * dies now. */
			if (WIFEXITED(status) && WEXITSTATUS(status) == EX_OK)
				speaking_clear(z->env->speaking, i);
			placement_end(z->placement, i);
			send_report(z, i, status, z->work[i].late);
			z->work[i] = (struct slot_work){0};
			z->running--;
		}
}

/* Kill children that are past their deadline. Return the time in ms until the next deadline, -1
 * if no child runs. */
static int
children_watch(struct zygote *z)
{
	int64_t now = clock_ms(), next = -1;
	for (size_t i = 0; i < z->env->slots; i++) {
		struct slot_work *work = &z->work[i];
		if (work->child == 0 || work->late)
			continue;
		if (work->deadline <= now) {
			work->late = true;
			kill(work->child, SIGKILL);
		} else if (next < 0 || work->deadline - now < next)
			next = work->deadline - now;
	}
	return (int)next;
}

/* Read one request, if there is one. */
static bool
request_receive(const struct zygote *z, int socket, struct speak_request *request)
{
	ssize_t n = recv(socket, request, sizeof *request, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n == 0)
		_exit(EX_OK);
	if (n != sizeof *request || request->slot >= z->env->slots)
		_exit(EX_SOFTWARE);
	return true;
}

static void
requests_receive(struct zygote *z)
{
	struct speak_request request;
	while (request_receive(z, z->urgent_socket, &request))
		child_start(z, &request, true);
	while (request_receive(z, z->socket, &request)) {
		if (z->waiting_n == z->env->slots)
			_exit(EX_SOFTWARE);
		z->waiting[z->waiting_n++] = request;
	}
}

static void
requests_start(struct zygote *z)
{
	size_t started = 0;
	while (started < z->waiting_n && z->running < (size_t)z->env->conf->scheduler.workers)
		child_start(z, &z->waiting[started++], false);
	z->waiting_n -= started;
	memmove(z->waiting, z->waiting + started, z->waiting_n * sizeof z->waiting[0]);
}

_Noreturn static void
zygote_loop(struct zygote *z)
{
	sigset_t open, block;
	sigemptyset(&open);
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	sigprocmask(SIG_BLOCK, &block, NULL);
	sigaction(SIGCHLD, &(struct sigaction){.sa_handler = on_sigchld}, NULL);
	for (;;) {
		int ms = children_watch(z);
		struct timespec timeout = {ms / 1000, ms % 1000 * 1000000L};
		/* If all children are busy, leave further requests in the socket. */
		bool room = z->running < (size_t)z->env->conf->scheduler.workers;
		struct pollfd pollfds[] = {
		    {z->socket, room ? POLLIN : 0, 0}, {z->urgent_socket, POLLIN, 0}};
		ppoll(pollfds, 2, ms < 0 ? NULL : &timeout, &open);
		children_reap(z);
		requests_receive(z);
		requests_start(z);
	}
}

_Noreturn static void
zygote_run(const struct forkserver *forkserver, const struct voice *voice, int socket,
    int urgent_socket, pid_t parent)
{
	const struct zygote_env *env = forkserver->env;
	const struct child_terms *terms = &forkserver->terms;
	struct zygote z = {.env = env,
	    .terms = *terms,
	    .placement = forkserver->placement,
	    .socket = socket,
	    .urgent_socket = urgent_socket};
	z.work = calloc(env->slots, sizeof z.work[0]);
	z.waiting = calloc(env->slots, sizeof z.waiting[0]);
	if (z.work == NULL || z.waiting == NULL || !sandbox_follow(parent) ||
	    !speaking_hide(env->speaking)) {
		log_error("cannot prepare a process for voice %s: %s", voice->id, strerror(errno));
		_exit(EX_OSERR);
	}
	sound_set_voice(&z.terms.sound, voice);
	struct zygote_hello hello = {speak_voice(voice) ? terms->sound.sample_rate : -1};
	size_t space = sandbox_address_space();
	if (space == 0)
		_exit(EX_OSERR);
	z.terms.limits = (struct sandbox_limits){
	    .address_space = space + env->slot_size + sound_memory(&terms->sound) +
			     (size_t)env->conf->speech.memory_mib * 1024 * 1024,
	    /* CPU time cannot exceed the elapsed time, which children_watch limits. */
	    .cpu_sec = (unsigned)env->conf->speech.timeout_sec + 1,
	};
	if (send(socket, &hello, sizeof hello, MSG_NOSIGNAL) != sizeof hello)
		_exit(EX_IOERR);
	zygote_loop(&z);
}

/* Load what all voices share. */
static void
forkserver_prepare(struct forkserver *forkserver)
{
	const struct zygote_env *env = forkserver->env;
	int rate = speak_open();
	if (rate < 0 || !datafiles_load(speak_data_dir()) || !sandbox_prepare())
		_exit(EX_CONFIG);
	forkserver->terms = (struct child_terms){.slot_size = env->slot_size};
	if (!sound_prepare(&forkserver->terms.sound, env->conf, rate))
		_exit(EX_CONFIG);
	forkserver->placement = placement_new(env->slots);
	sandbox_shed();
}

static void
zygote_fork(const struct forkserver *forkserver, const struct voice *voice)
{
	int pair[2], urgent_pair[2];
	pid_t self = getpid();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, urgent_pair) < 0) {
		log_error("cannot make a socket pair: %s", strerror(errno));
		_exit(EX_OSERR);
	}
	pid_t pid = fork();
	if (pid == 0) {
		close(forkserver->socket);
		close(pair[0]);
		close(urgent_pair[0]);
		zygote_run(forkserver, voice, pair[1], urgent_pair[1], self);
	}
	if (pid < 0) {
		log_error("cannot fork: %s", strerror(errno));
		_exit(EX_OSERR);
	}
	close(pair[1]);
	close(urgent_pair[1]);
	if (descriptor_send(forkserver->socket, pair[0]) < 0 ||
	    descriptor_send(forkserver->socket, urgent_pair[0]) < 0)
		_exit(EX_IOERR);
	close(pair[0]);
	close(urgent_pair[0]);
}

/* All zygotes are exiting. Waiting for them adds their CPU time to ours. */
_Noreturn static void
wait_and_exit(void)
{
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		continue;
	_exit(EX_OK);
}

_Noreturn void
forkserver_run(const struct zygote_env *env, int socket, pid_t parent)
{
	/* Reset the renderer's signal handlers. */
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	/* Signals to the whole process group, as from a terminal, are handled by the renderer
	 * only. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (!sandbox_follow(parent))
		_exit(EX_OSERR);
	/* The sound must not depend on the environment: HOME, for one, would lead the engine to
	 * other data. */
	clearenv();
	struct forkserver forkserver = {.env = env, .socket = socket};
	for (;;) {
		struct zygote_wanted wanted;
		ssize_t n = recv(socket, &wanted, sizeof wanted, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			wait_and_exit();
		if (n != sizeof wanted || wanted.voice >= voices_n)
			_exit(EX_SOFTWARE);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
		if (forkserver.terms.sound.mp3 == NULL)
			forkserver_prepare(&forkserver);
		zygote_fork(&forkserver, &voices[wanted.voice]);
	}
}
