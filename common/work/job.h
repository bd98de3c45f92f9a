#ifndef TTS_JOB_H
#define TTS_JOB_H

#include <signal.h>

/* What the main functions of all job programs have in common; run_end.h defines a job program. */

enum job_command { JOB_RUN, JOB_TEST, JOB_VERSION };

/* Parse the options: -c FILE, which sets CONF_PATH, -t and -V. Any other ends the process with
 * EX_USAGE. */
enum job_command job_options(const char *name, int argc, char *argv[], const char **conf_path);

/*
 * SIGTERM, SIGINT or SIGHUP has arrived: give back what is in hand, and exit with EX_OK. The loop
 * checks this; the signal also interrupts waiting.
 */
extern volatile sig_atomic_t job_stop;

/*
 * Catch these signals; call it first. A process that has not exited 8 seconds after one of them,
 * because the database does not answer, exits with EX_TEMPFAIL: the next run takes back what it
 * held. LATE, if not NULL, is called before that, in a signal handler.
 */
void job_catch_signals(void);
void job_on_late(void (*late)(void));

#endif
