#ifndef TTS_SANDBOX_H
#define TTS_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The sandbox of the process that speaks: it can compute, allocate memory up to a limit, and exit.
 * Every other system call kills it (SIGSYS), except those on descriptors, of which it has none:
 * they fail with EBADF, so that what a library prints before it aborts does not hide the abort.
 */

/* Prepare the filter, which processes forked later install. False, logged, on failure. */
bool sandbox_prepare(void);

/*
 * For each process between the renderer and the one that speaks: it dies with PARENT (false if that
 * is already dead), gains no privileges, dumps no core, and cannot be traced.
 */
bool sandbox_follow(pid_t parent);

/*
 * Do not map into processes forked later the libraries that a speaking process does not use: what
 * is not mapped cannot help an attacker, and a fork copies every mapping. These are the libraries
 * linked after the C library; the Makefile determines the order.
 */
void sandbox_shed(void);

struct sandbox_limits {
	size_t address_space; /* bytes of all mappings */
	unsigned cpu_sec;     /* CPU time before SIGXCPU */
};

/* The size of this process's address space in bytes; 0, logged, on failure. */
size_t sandbox_address_space(void);

/*
 * Close every descriptor and enter the sandbox, which cannot be left. False if that fails: then the
 * process must exit. Requires sandbox_prepare in this process or an ancestor.
 */
bool sandbox_enter(const struct sandbox_limits *limits);

#endif
