#ifndef TTS_WORK_RUN_H
#define TTS_WORK_RUN_H

#include <signal.h>

#include "../common/base/conf.h"
#include "../common/base/rc.h"
#include "../store/db/db.h"

/* One run of tts-work: what it works with. */
struct run_env {
	const struct conf *conf;
	struct db *db;
	uint64_t run_id;
	bool media;			   /* the files of sounds can be removed */
	const volatile sig_atomic_t *stop; /* set by a signal: give back and leave */
};

/*
 * Take back what a dead tts-work of this host held, then claim work and do it, step by step, those
 * that were claimed together in turn, and empty the trash in between; until there is nothing left,
 * the time of a run is over, or *STOP is set. What is not done then is given back, nothing charged:
 * it goes on where it was. RC_BUSY and others from the database end the run likewise.
 */
enum rc run_work(const struct run_env *env);

#endif
