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
	uint64_t pid; /* 0: unused */
	uint64_t busy;
	char request[48]; /* "" before the first one */
};
_Static_assert(sizeof(struct note) * WORKER_NOTES == WORKER_NUMBERS * sizeof(uint64_t),
    "notes fill their place");

/*
 * A note belongs to the process that has the lock on its byte. The lock ends with the process,
 * whereas a process id may be reused. The bytes are far beyond the end of the file.
 */
#define FIRST_BYTE ((off_t)1 << 40)

static struct note *own_note; /* NULL: this worker has none */

/* The signals that end a process and can be caught, except those that main handles. */
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
 * The message is formatted on the handler's own stack and written at once, so neither a corrupt
 * heap nor a stack overflow prevents it. Then the signal takes its normal effect.
 */
static void
on_deadly_signal(int signo, siginfo_t *info, void *context)
{
	if (own_note != NULL) {
		log_death(own_note, signo);
		own_note->pid = 0;
	}
	for (size_t i = 0; i < DEADLY; i++)
		if (deadly[i] == signo)
			sigaction(signo, &before[i], NULL);
	/* A signal raised by the kernel recurs with the same instruction. */
	if (info->si_code <= 0)
		raise(signo);
}

static void
catch_deadly_signals(void)
{
	static char stack[STACK_SIZE];
	const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
	struct sigaction action = {
	    .sa_sigaction = on_deadly_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};

	sigaltstack(&alternate, NULL);
	for (size_t i = 0; i < DEADLY; i++)
		sigaction(deadly[i], &action, &before[i]);
}

static void
note_clear(void)
{
	own_note->pid = 0;
}

static bool
note_lock(int fd, size_t i, short type)
{
	struct flock lock = {
	    .l_type = type, .l_whence = SEEK_SET, .l_start = FIRST_BYTE + (off_t)i, .l_len = 1};

	return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

/* Log the notes of dead workers, and keep the lock on the first free note. */
static struct note *
note_claim(int fd, struct note *notes)
{
	struct note *free = NULL;

	for (size_t i = 0; i < WORKER_NOTES; i++) {
		if (!note_lock(fd, i, F_WRLCK))
			continue;
		if (notes[i].pid != 0) {
			notes[i].request[sizeof notes[i].request - 1] = '\0';
			log_death(&notes[i], SIGKILL);
			notes[i].pid = 0;
		}
		if (free == NULL)
			free = &notes[i];
		else
			note_lock(fd, i, F_UNLCK);
	}
	return free;
}

void
worker_begin(const struct conf *conf)
{
	/* It stays open: closing it would release the lock. */
	int fd = open(conf->metrics.api_file, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	own_note = fd >= 0 ? note_claim(fd, (struct note *)count_notes()) : NULL;
	if (own_note == NULL) {
		log_warn("cannot note in %s who this worker is: %s", conf->metrics.api_file,
		    fd < 0 ? strerror(errno) : "there are too many");
		return;
	}
	*own_note = (struct note){.pid = (uint64_t)getpid()};
	atexit(note_clear);
	catch_deadly_signals();
}

void
worker_takes(const char *request)
{
	if (own_note == NULL)
		return;
	snprintf(own_note->request, sizeof own_note->request, "%s", request);
	own_note->busy = 1;
}

void
worker_answered(void)
{
	if (own_note != NULL)
		own_note->busy = 0;
}
