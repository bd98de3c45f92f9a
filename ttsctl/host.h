#ifndef TTS_HOST_H
#define TTS_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/base/conf.h"

/* The state of this machine. */
struct host {
	int root_error; /* why nothing can be stored in media.root, an errno value; 0: it can */
	int gone_error; /* why media.gone_root cannot be read */
	int kick_error; /* why the renderer cannot be kicked */
	int work_kick_error;  /* why tts-work cannot be */
	int event_kick_error; /* why those who pass events on cannot be */
	bool has_space;	      /* the numbers below are set */
	uint64_t bytes, bytes_free, inodes, inodes_free;
	uint64_t tombstones;

	/* The renderer's lock. A process of another user may hold it unnoticed. */
	bool locked;
	int pid; /* the process that has it; 0 if unknown */
};

/* Examine this machine. Takes no lock, so a renderer that starts at this moment finds it free. */
void host_look(const struct conf *conf, struct host *host);

/*
 * Tell whether a process of this machine has locked the file PATH, and which; PID is 0 if that is
 * not known. Takes no lock either.
 */
void host_lock(const char *path, bool *locked, int *pid);

/*
 * Tell whether a process of this machine has locked the file PATH, and which; PID is 0 if that is
 * unknown. Takes no lock either.
 */
void host_lock(const char *path, bool *locked, int *pid);

/* Describe root_error in words. */
const char *host_why(int error);

#endif
