#ifndef TTS_RUN_PIPELINE_H
#define TTS_RUN_PIPELINE_H

#include <signal.h>
#include <stdint.h>

#include "../common/base/conf.h"
#include "../store/stage.h"

struct run_env {
	const struct conf *conf;
	struct db *db;
	enum stage stage;
	uint64_t run_id;
	const volatile sig_atomic_t *stop; /* set by a signal */
};

/*
 * Do the runs of one stage that are due, and remove old history. RC_OK, or why it ended.
 */
enum rc run_pipeline(const struct run_env *env);

#endif
