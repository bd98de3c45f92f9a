#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>
#include <time.h>

#include "../common/base/conf.h"
#include "../common/base/crypt.h"
#include "../common/base/fault.h"
#include "../common/base/hours.h"
#include "../common/base/log.h"
#include "../common/media/media.h"
#include "../common/work/job.h"
#include "../common/work/run_end.h"
#include "run.h"
#include "engine/sound.h"
#include "engine/speak.h"
#include "stats.h"
#include "engine/worker.h"

static struct speaking *speaking;

/* We were told to exit, and the database does not answer: no sentence is to blame for that. */
static void
on_late(void)
{
	speaking_void(speaking);
}

/* Check what reading the configuration does not: settings that depend on the engine, and secrets.
 */
static int
render_check(const struct conf *conf)
{
	int rate = speak_open();
	struct sound_terms terms;
	if (rate < 0 || !sound_prepare(&terms, conf, rate))
		return EX_CONFIG;
	mp3_free(terms.mp3);
	const struct voice *voice = voice_by_language(conf->speech.language);
	if (voice == NULL || !speak_voice(voice)) {
		log_error("speech.language: no voice speaks \"%s\"", conf->speech.language);
		return EX_CONFIG;
	}
	media_init(conf);
	db_free(db_new(conf, ACCOUNT_RENDERER));
	return EX_OK;
}

/* Prepare everything, in the order required by the sandbox, and run. Return the exit status. */
static int
render_work(const struct conf *conf, int lock_fd, struct db **db, struct run_sum *sum)
{
	uint64_t run_id;
	enum rc rc = media_check(conf);
	stats_media(conf, rc == RC_OK);
	crypt_random(&run_id, sizeof(run_id));
	run_id |= 1;
	speaking = speaking_open(conf->scheduler.lock_file, workers_slots(conf), run_id);
	if (speaking == NULL || rc != RC_OK)
		return EX_IOERR;
	job_on_late(on_late);
	struct workers *workers = workers_start(conf, speaking, lock_fd);
	if (workers == NULL)
		return EX_OSERR;
	/* Read the secrets only now, when the children cannot get them. */
	media_init(conf);
	*db = db_new(conf, ACCOUNT_RENDERER);
	db_share_throttles(*db, stats_throttles());
	rc = db_ready(*db);
	if (rc != RC_OK) {
		workers_stop(workers);
		return run_status(rc);
	}
	struct run_env env = {conf, *db, workers, speaking, run_id, &job_stop};
	return run_status(run_queue(&env, sum));
}

static void
report_run(const struct run_sum *sum)
{
	uint64_t ms = stats_run_ms();
	(sum->claimed > 0 ? log_notice : log_debug)(
	    "claimed %" PRIu64 ", ready %" PRIu64 ", failed %" PRIu64 ", to be tried again %" PRIu64
	    ", given back %" PRIu64 ", stale %" PRIu64 "; %" PRIu64 ".%03u s of sound in %" PRIu64
	    ".%03u s",
	    sum->claimed, sum->ready, sum->failed, sum->retried, sum->released, sum->stale,
	    sum->sound_ms / 1000, (unsigned)(sum->sound_ms % 1000), ms / 1000,
	    (unsigned)(ms % 1000));
}

/* A run, while we hold the lock. */
static int
render_locked(const struct conf *conf, int lock_fd)
{
	struct run_sum sum = {0};
	struct db *db = NULL;
	stats_open(conf);
	int status = EX_OK;
	if (hours_include(conf->scheduler.hours, time(NULL)))
		status = render_work(conf, lock_fd, &db, &sum);
	report_run(&sum);
	stats_end(db, &sum, status);
	db_free(db);
	return status;
}

static const char *
render_version(void)
{
	static char version[128];

	snprintf(version, sizeof version, "espeak-ng %s, LAME %s", speak_version(), mp3_version());
	return version;
}

static const char *
render_begin(const struct conf *conf)
{
	(void)fault("render.start");
	return conf->scheduler.lock_file;
}

int
main(int argc, char *argv[])
{
	static const struct job job = {
	    .name = "tts-render",
	    .version = render_version,
	    .check = render_check,
	    .begin = render_begin,
	    .run = render_locked,
	};

	return job_main(&job, argc, argv);
}
