#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/conf.h"
#include "../common/base/crypt.h"
#include "../common/base/fault.h"
#include "../common/base/log.h"
#include "../common/media/media.h"
#include "../common/work/job.h"
#include "../common/work/run_end.h"
#include "child.h"
#include "count.h"
#include "run.h"

static enum stage stage = STAGES;

static const enum account accounts[STAGES] = {
    [STAGE_LYRIC] = ACCOUNT_LYRIC,
    [STAGE_SONG] = ACCOUNT_SONG,
    [STAGE_VIDEO] = ACCOUNT_VIDEO,
};

/* What reading the configuration does not tell: whether the password can be read, the files can be
 * stored, and the engine can be used. */
static int
check(const struct conf *conf)
{
	const struct engine *engine = engine_named(stage, conf->pipeline.stage[stage].engine);
	struct pool *pool = pool_new();
	const char *why = engine == NULL	  ? "this version has no such engine"
			  : engine->check == NULL ? NULL
						  : engine->check(conf, pool);
	int status = EX_OK;

	db_free(db_new(conf, accounts[stage]));
	if (stage != STAGE_LYRIC && media_check(conf) != RC_OK)
		status = EX_IOERR;
	if (why != NULL) {
		fprintf(stderr, "tts-pipeline: %s: %s\n", conf->pipeline.stage[stage].engine, why);
		status = EX_UNAVAILABLE;
	}
	pool_free(pool);
	return status;
}

/* The lock is held. */
static int
pipeline(const struct conf *conf, int lock_fd)
{
	struct run_env env = {.conf = conf, .stage = stage, .stop = &job_stop};
	enum rc rc = RC_OK;
	int status;

	if (!conf->pipeline.enabled)
		return EX_OK;
	job_on_late(child_end_all);
	count_open(conf, stage);
	crypt_random(&env.run_id, sizeof env.run_id);
	env.db = db_new(conf, accounts[stage]);
	if (stage != STAGE_LYRIC)
		rc = media_check(conf);
	if (rc == RC_OK)
		rc = db_ready(env.db);
	if (rc == RC_OK)
		rc = run_pipeline(&env);
	status = run_status(rc);
	count_end(env.db, status);
	db_free(env.db);
	return status;
}

static const char *
begin(const struct conf *conf)
{
	(void)fault("pipeline.start");
	return conf->pipeline.stage[stage].lock_file;
}

/* Take "--stage NAME" out of the arguments; what is left is the same for all job programs. */
static int
take_stage(int argc, char *argv[])
{
	static const char option[] = "--stage";
	int n = 1;

	for (int i = 1; i < argc; i++) {
		const char *name = NULL;

		if (strcmp(argv[i], option) == 0 && i + 1 < argc)
			name = argv[++i];
		else if (strncmp(argv[i], "--stage=", sizeof option) == 0)
			name = argv[i] + sizeof option;
		else
			argv[n++] = argv[i];
		if (name != NULL)
			stage = stage_named(name);
	}
	argv[n] = NULL;
	return n;
}

int
main(int argc, char *argv[])
{
	static const struct job job = {
	    .name = "tts-pipeline",
	    .check = check,
	    .begin = begin,
	    .run = pipeline,
	};
	bool version = argc == 2 && strcmp(argv[1], "-V") == 0;

	argc = take_stage(argc, argv);
	if (stage == STAGES && !version) {
		fprintf(stderr, "usage: tts-pipeline --stage lyric|song|video [-tV] [-c file]\n");
		return EX_USAGE;
	}
	return job_main(&job, argc, argv);
}
