#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/base/log.h"
#include "count.h"

#define STACK_SIZE ((size_t)64 * 1024)

struct note {
	uint64_t pid; /* 0: nobody's */
	uint64_t busy;
	char request[48]; /* "" before the first one */
};
_Static_assert(sizeof(struct note) * WORKER_NOTES == WORKER_NUMBERS * sizeof(uint64_t),
    "notes fill their place");

/*
 * A note belongs to whoever has the lock on its byte, which ends with the process; a process id
 * could be another's by now. The bytes are far beyond the end of the file.
 */
#define FIRST_BYTE ((off_t)1 << 40)

static struct note *own; /* NULL: this worker has none */

/* Those that end a process and can be caught, but for the ones that main handles. */
static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP, SIGQUIT,
    SIGHUP, SIGALRM, SIGUSR2, SIGXCPU, SIGXFSZ};
#define DEADLY (sizeof deadly / sizeof deadly[0])
static struct sigaction before[DEADLY];

static void
log_death(const struct note *note, int signo)
{
	const char *when = note->busy != 0	      ? "while it answered a request"
			   : note->request[0] != '\0' ? "after it had answered a request"
						      : "before its first request";

	log_request(note->request[0] != '\0' ? note->request : NULL);
	log_error("worker %" PRIu64 " died of SIG%s (%d) %s", note->pid, sigabbrev_np(signo), signo,
	    when);
	log_request(NULL);
}

/*
 * The line is formatted on this handler's own stack and written at once: neither a heap that is
 * broken nor a stack that has run out stops it. Then the signal does what it would have done.
 */
static void
die(int signo, siginfo_t *info, void *context)
{
	if (own != NULL) {
		log_death(own, signo);
		own->pid = 0;
	}
	for (size_t i = 0; i < DEADLY; i++)
		if (deadly[i] == signo)
			sigaction(signo, &before[i], NULL);
	/* What the kernel found comes again with the same instruction. */
	if (info->si_code <= 0)
		raise(signo);
}

static void
catch_deadly_signals(void)
{
	static char stack[STACK_SIZE];
	const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
	struct sigaction action = {.sa_sigaction = die, .sa_flags = SA_SIGINFO | SA_ONSTACK};

	sigaltstack(&alternate, NULL);
	for (size_t i = 0; i < DEADLY; i++)
		sigaction(deadly[i], &action, &before[i]);
}

static void
leave(void)
{
	own->pid = 0;
}

static bool
lock_note(int fd, size_t i, short type)
{
	struct flock lock = {
	    .l_type = type, .l_whence = SEEK_SET, .l_start = FIRST_BYTE + (off_t)i, .l_len = 1};

	return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

/* Go through the notes of the dead, and keep the lock on the first one that is free. */
static struct note *
take_note(int fd, struct note *notes)
{
	struct note *free = NULL;

	for (size_t i = 0; i < WORKER_NOTES; i++) {
		if (!lock_note(fd, i, F_WRLCK))
			continue;
		if (notes[i].pid != 0) {
			notes[i].request[sizeof notes[i].request - 1] = '\0';
			log_death(&notes[i], SIGKILL);
			notes[i].pid = 0;
		}
		if (free == NULL)
			free = &notes[i];
		else
			lock_note(fd, i, F_UNLCK);
	}
	return free;
}

void
worker_begin(const struct conf *conf)
{
	/* It stays open: the lock goes with it. */
	int fd = open(conf->metrics.api_file, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	own = fd >= 0 ? take_note(fd, (struct note *)count_notes()) : NULL;
	if (own == NULL) {
		log_warn("cannot note in %s who this worker is: %s", conf->metrics.api_file,
		    fd < 0 ? strerror(errno) : "there are too many");
		return;
	}
	*own = (struct note){.pid = (uint64_t)getpid()};
	atexit(leave);
	catch_deadly_signals();
}

void
worker_takes(const char *request)
{
	if (own == NULL)
		return;
	snprintf(own->request, sizeof own->request, "%s", request);
	own->busy = 1;
}

void
worker_answered(void)
{
	if (own != NULL)
		own->busy = 0;
}
