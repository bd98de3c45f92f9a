#ifndef TTS_RUN_H
#define TTS_RUN_H

#include <signal.h>

#include "../common/base/conf.h"
#include "../common/base/rc.h"
#include "../store/store.h"
#include "../common/work/lock.h"
#include "engine/worker.h"

/* One run of the renderer: what it works with. */
struct run_env {
	const struct conf *conf;
	struct db *db;
	struct workers *workers;
	struct speaking *speaking;
	uint64_t run_id;
	const volatile sig_atomic_t *stop; /* set by a signal: give back and leave */
};

/* What came out of it. */
struct run_sum {
	uint64_t claimed, ready, failed, retried, released, stale;
	uint64_t sound_ms;
};

/*
 * Take back what a dead renderer of this host held, then claim and render until the queue is
 * empty, the time of a run is over, or *STOP is set. What is claimed and not finished then is given
 * back, nothing charged. RC_NO_SPACE when a file could not be stored, RC_BUSY and others from the
 * database, RC_FAIL when the engine is not usable: likewise given back, as far as the database can
 * be reached; the next run takes back what is left.
 */
enum rc run_queue(const struct run_env *env, struct run_sum *sum);

#endif
