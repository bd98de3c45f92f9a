#include <sysexits.h>

#include "../common/base/conf.h"
#include "../common/base/crypt.h"
#include "../common/base/fault.h"
#include "../common/base/log.h"
#include "../common/work/job.h"
#include "../common/work/run_end.h"
#include "count.h"
#include "run.h"

/* What reading the configuration does not tell: whether the password can be read. */
static int
check(const struct conf *conf)
{
	db_free(db_new(conf, ACCOUNT_TIER));
	return EX_OK;
}

/* The lock is held. */
static int
tier(const struct conf *conf, int lock_fd)
{
	struct run_env env = {.conf = conf, .stop = &job_stop};
	enum rc rc;
	int status;

	if (conf->levels.n == 0) {
		log_info("there are no levels of storage in the configuration");
		return EX_OK;
	}
	count_open(conf);
	crypt_random(&env.run_id, sizeof env.run_id);
	env.db = db_new(conf, ACCOUNT_TIER);
	rc = db_ready(env.db);
	if (rc == RC_OK)
		rc = run_tier(&env);
	/* Levels of the configuration are not those of the database. */
	status = rc == RC_NOT_READY ? EX_CONFIG : run_status(rc);
	count_end(env.db, status);
	db_free(env.db);
	return status;
}

static const char *
begin(const struct conf *conf)
{
	(void)fault("tier.start");
	return conf->levels.lock_file;
}

int
main(int argc, char *argv[])
{
	static const struct job job = {
	    .name = "tts-tier",
	    .check = check,
	    .begin = begin,
	    .run = tier,
	};

	return job_main(&job, argc, argv);
}
