#ifndef TTS_NOTIFY_RUN_H
#define TTS_NOTIFY_RUN_H

#include <signal.h>

#include "../common/base/conf.h"
#include "../store/db/db.h"

/* One run of tts-notify: what it works with. */
struct run_env {
	const struct conf *conf;
	struct db *db;
	uint64_t run_id;
	const volatile sig_atomic_t *stop;
};

/*
 * Take back what a dead tts-notify of this host held, then make deliveries of new events and send
 * those whose time has come, until none is due soon, or the time of the run is over.
 */
enum rc run_notify(const struct run_env *env);

#endif
