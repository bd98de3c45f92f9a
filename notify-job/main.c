#include <sysexits.h>

#include "../common/base/conf.h"
#include "../common/base/crypt.h"
#include "../common/base/fault.h"
#include "../common/work/job.h"
#include "../common/work/run_end.h"
#include "alert.h"
#include "count.h"
#include "push.h"
#include "run.h"

/* What reading the configuration does not tell: whether the password and the service account can be
 * used. */
static int
check(const struct conf *conf)
{
	struct sender *sender;

	db_free(db_new(conf, ACCOUNT_NOTIFY));
	sender = sender_new(conf->webhooks.allow_networks);
	push_free(push_new(conf, sender));
	alerts_free(alerts_new(conf, sender));
	sender_free(sender);
	return EX_OK;
}

/* The lock is held. */
static int
notify(const struct conf *conf, int lock_fd)
{
	struct run_env env = {.conf = conf, .stop = &job_stop};
	enum rc rc;
	int status;

	count_open(conf);
	crypt_random(&env.run_id, sizeof env.run_id);
	env.db = db_new(conf, ACCOUNT_NOTIFY);
	rc = db_ready(env.db);
	if (rc == RC_OK)
		rc = run_notify(&env);
	status = run_status(rc);
	count_end(env.db, status);
	db_free(env.db);
	return status;
}

static const char *
begin(const struct conf *conf)
{
	(void)fault("notify.start");
	return conf->webhooks.lock_file;
}

int
main(int argc, char *argv[])
{
	static const struct job job = {
	    .name = "tts-notify",
	    .check = check,
	    .begin = begin,
	    .run = notify,
	};

	return job_main(&job, argc, argv);
}
