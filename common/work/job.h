#ifndef TTS_JOB_H
#define TTS_JOB_H

#include <signal.h>

#include "../base/conf.h"

/* What the main functions of all job programs have in common; run_end.h defines a job program. */

enum job_command { JOB_RUN, JOB_TEST, JOB_VERSION };

/* Parse the options: -c FILE, which sets CONF_PATH, -t and -V. Any other ends the process with
 * EX_USAGE. */
enum job_command job_options(const char *name, int argc, char *argv[], const char **conf_path);

struct job {
	const char *name; /* "tts-work" */

	/* What -V prints after the version; NULL for nothing. */
	const char *(*version)(void);

	/* -t: check what reading the configuration does not. Returns an exit status. */
	int (*check)(const struct conf *conf);

	/* Before the lock is taken: the name of its file. */
	const char *(*begin)(const struct conf *conf);

	/* A run, while the lock is held. Returns an exit status. */
	int (*run)(const struct conf *conf, int lock_fd);
};

/*
 * The whole program: catch the signals, parse the options (-c FILE, -t, -V), read the
 * configuration, take the lock, and run. Returns the exit status: EX_OK also if another process has
 * the lock.
 */
int job_main(const struct job *job, int argc, char *argv[]);

/*
 * SIGTERM, SIGINT or SIGHUP has arrived: give back what is in hand, and exit with EX_OK. The loop
 * checks this; the signal also interrupts waiting.
 */
extern volatile sig_atomic_t job_stop;

/*
 * A process that has not exited 8 seconds after one of them, because the database does not answer,
 * exits with EX_TEMPFAIL: the next run takes back what it held. LATE is called before that, in a
 * signal handler.
 */
void job_on_late(void (*late)(void));

#endif
