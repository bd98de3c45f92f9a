#ifndef TTS_CHILD_PIPELINE_H
#define TTS_CHILD_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine.h"

/*
 * A call of an engine in a process of its own. It has no connection to the database, a limit of
 * time, and no descriptor but the one for its answer; it and whatever it has started end with the
 * parent.
 */
struct child;

typedef void engine_call(const struct engine_input *in, struct engine_answer *out);

/* Start CALL, which may take SEC seconds. NULL, logged, if there is no process or memory for it. */
struct child *child_start(engine_call *call, const struct engine_input *in, int sec);

/* Readable when there is something to do for child_done. */
int child_fd(const struct child *child);

/* When it has to be done, on the clock of clock_ms(). */
int64_t child_until(const struct child *child);

/* Read what is there. True when the child has ended, or is ended now because its time is over. */
bool child_done(struct child *child);

/*
 * After child_done: what it answered. False if it ended without an answer; then OUT has
 * CLASS_TRANSIENT and says why. Strings are in POOL.
 */
bool child_answer(const struct child *child, struct pool *pool, struct engine_answer *out);

/* End it, whatever it is doing, and forget it. NULL is ignored. */
void child_free(struct child *child);

/* From a signal handler: end all of them. */
void child_end_all(void);

#endif
