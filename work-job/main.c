#include <sysexits.h>

#include "../common/base/conf.h"
#include "../common/base/crypt.h"
#include "../common/base/fault.h"
#include "../common/media/media.h"
#include "../common/work/job.h"
#include "../common/work/run_end.h"
#include "count.h"
#include "run.h"

/* What reading the configuration does not tell: whether the password can be read. */
static int
check(const struct conf *conf)
{
	db_free(db_new(conf, ACCOUNT_WORK));
	return EX_OK;
}

/* The lock is held. Rows are deleted also where the files cannot be. */
static int
work(const struct conf *conf, int lock_fd)
{
	struct run_env env = {.conf = conf, .stop = &job_stop};
	enum rc rc;
	int status;

	count_open(conf);
	env.media = media_check(conf) == RC_OK;
	count_media(env.media);
	crypt_random(&env.run_id, sizeof env.run_id);
	env.db = db_new(conf, ACCOUNT_WORK);
	rc = db_ready(env.db);
	if (rc == RC_OK)
		rc = run_work(&env);
	if (rc == RC_OK && !env.media)
		rc = RC_NO_SPACE;
	status = run_status(rc);
	count_end(env.db, status);
	db_free(env.db);
	return status;
}

static const char *
begin(const struct conf *conf)
{
	(void)fault("work.start");
	return conf->work.lock_file;
}

int
main(int argc, char *argv[])
{
	static const struct job job = {
	    .name = "tts-work",
	    .check = check,
	    .begin = begin,
	    .run = work,
	};

	return job_main(&job, argc, argv);
}
