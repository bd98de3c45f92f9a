#ifndef TTS_WORKER_H
#define TTS_WORKER_H

#include <stddef.h>

#include "../common/base/conf.h"

/*
 * Records why a worker of the pool died. Each worker notes in metrics.api_file, in memory shared by
 * all of them, who it is and which request it handles. A worker that dies of a signal that can be
 * caught logs it itself; SIGKILL is logged by the next worker that starts.
 */

/* How many numbers of the file the notes take up; see count_notes(). */
#define WORKER_NOTES 256
#define WORKER_NUMBERS (WORKER_NOTES * 8)

/* Log the workers that died silently, and note this worker until it exits. Call it after
 * count_open(). */
void worker_begin(const struct conf *conf);

/* Note that the request with this id is being handled, or that it was answered. */
void worker_takes(const char *request);
void worker_answered(void);

#endif
