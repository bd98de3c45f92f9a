#ifndef TTS_FETCH_H
#define TTS_FETCH_H

#include <signal.h>
#include <stdint.h>

#include "../common/base/conf.h"
#include "../store/db/db.h"

/* Counts the fetches of files that nginx logs. */

struct fetch_env {
	const struct conf *conf;
	struct db *db;
	const volatile sig_atomic_t *stop;
	int64_t until; /* clock_ms at which to stop */
};

/*
 * Read levels.fetch_log on from where the last run ended, and count in the table of contents: each
 * line once, because the position is changed in the transaction of the counts. RC_OK also if the
 * log cannot be read, which is logged.
 */
enum rc fetch_count(const struct fetch_env *env);

#endif
