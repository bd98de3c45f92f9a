#ifndef TTS_WORKER_H
#define TTS_WORKER_H

#include <stddef.h>

#include "../common/base/conf.h"

/*
 * Why a worker of the pool died. Each worker notes in metrics.api_file, in memory that all of them
 * share, who it is and which request it took last. A signal that can be caught is logged by the
 * worker that dies; SIGKILL is logged by the next worker that starts.
 */

/* How many numbers of the file the notes take, see count_notes(). */
#define WORKER_NOTES 256
#define WORKER_NUMBERS (WORKER_NOTES * 8)

/* Log who died without a word, and note this worker, until it exits. After count_open(). */
void worker_begin(const struct conf *conf);

/* Note that the request with this id is in hand, or that it was answered. */
void worker_takes(const char *request);
void worker_answered(void);

#endif
