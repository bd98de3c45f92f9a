#ifndef TTS_HOST_H
#define TTS_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/base/conf.h"

/* How it stands on this machine. */
struct host {
	int root_error; /* an errno value: why nothing can be stored in media.root; 0 if it can */
	int gone_error; /* why deletions cannot be noted in media.gone_root */
	int kick_error; /* why the renderer cannot be kicked */
	bool has_space; /* the numbers below are known */
	uint64_t bytes, bytes_free, inodes, inodes_free;
	uint64_t tombstones;

	/* The renderer's lock. A process of somebody else's may hold it and not be seen. */
	bool locked;
	int pid; /* who has it, if it is known; else 0 */
};

/* Takes no lock: a renderer that starts at this moment must not find it taken. */
void host_look(const struct conf *conf, struct host *host);

/* Why nothing can be stored, in words. */
const char *host_why(int error);

#endif
