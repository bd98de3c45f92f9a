#ifndef TTS_SANDBOX_H
#define TTS_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The prison of the process that speaks: it computes, takes memory up to a limit, and ends. Every
 * other system call kills it (SIGSYS), but for those on descriptors, which it has none of: they
 * answer EBADF, so that what a library complains about before it aborts does not hide the abort.
 */

/* Prepare the filter, which the processes forked later put on. False (logged) if it cannot be. */
bool sandbox_prepare(void);

/*
 * For each process between the renderer and the one that speaks: it dies with PARENT (false if that
 * is dead already), gains no privilege, leaves no core and lets nobody look into it.
 */
bool sandbox_follow(pid_t parent);

/*
 * Keep from all processes that are forked from this one later the libraries that nobody uses who
 * speaks: what is not there helps nobody who breaks in, and a fork copies every mapping. They are
 * those that were linked after the C library; the Makefile says which stand before it.
 */
void sandbox_shed(void);

struct sandbox_limits {
	size_t address_space; /* bytes, of all that is mapped */
	unsigned cpu_sec;     /* then SIGXCPU */
};

/* The address space this process has, in bytes; 0 (logged) if that cannot be told. */
size_t sandbox_address_space(void);

/*
 * Close every descriptor and enter the prison for good. False if it does not close behind: then the
 * process must end. Needs sandbox_prepare in this process or the one it was forked from.
 */
bool sandbox_enter(const struct sandbox_limits *limits);

#endif
