#ifndef TTS_TIER_RUN_H
#define TTS_TIER_RUN_H

#include <signal.h>

#include "../common/base/conf.h"
#include "../common/base/rc.h"
#include "../store/db/db.h"

/* One run of tts-tier: what it works with. */
struct run_env {
	const struct conf *conf;
	struct db *db;
	uint64_t run_id;
	const volatile sig_atomic_t *stop; /* set by a signal: give back and leave */
};

/*
 * Count the fetches in nginx's log, complete what dead runs left, and, within levels.hours, move
 * files: those with a pin, those that have become cold or hot, and the coldest of a full level,
 * until the budget of a run is spent or *STOP is set. RC_NO_SPACE if no level can be used;
 * RC_NOT_READY, logged, if the database has files on a level that is not configured.
 */
enum rc run_tier(const struct run_env *env);

#endif
