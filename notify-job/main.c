#include <stdio.h>
#include <sysexits.h>

#include "../common/base/conf.h"
#include "../common/base/crypt.h"
#include "../common/base/fault.h"
#include "../common/base/log.h"
#include "../common/base/version.h"
#include "../common/work/job.h"
#include "../common/work/lock.h"
#include "../common/work/run_end.h"
#include "count.h"
#include "push.h"
#include "run.h"

/* What reading the configuration does not tell: whether the password and the service account can be
 * used. */
static int
check(const struct conf *conf)
{
	struct sender *sender;

	crypt_init();
	db_free(db_new(conf, ACCOUNT_NOTIFY));
	sender = sender_new(conf);
	push_free(push_new(conf, sender));
	sender_free(sender);
	return EX_OK;
}

/* The lock is held. */
static int
notify(const struct conf *conf)
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

int
main(int argc, char *argv[])
{
	const char *path = CONF_DEFAULT_PATH;
	enum job_command command = job_options("tts-notify", argc, argv, &path);
	const struct conf *conf;

	if (command == JOB_VERSION) {
		printf("tts-notify %s\n", TTS_VERSION);
		return EX_OK;
	}
	if (command == JOB_RUN)
		job_catch_signals();
	log_init("tts-notify", 6);
	conf = conf_load(path);
	if (conf == NULL)
		return EX_CONFIG;
	log_init("tts-notify", conf->log_level);
	if (command == JOB_TEST)
		return check(conf);
	crypt_init();
	(void)fault("notify.start");
	if (lock_take(conf->webhooks.lock_file) < 0) {
		log_info("another tts-notify has %s", conf->webhooks.lock_file);
		return EX_OK;
	}
	return job_stop ? EX_OK : notify(conf);
}
