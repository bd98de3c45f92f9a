#ifndef TTS_JOB_H
#define TTS_JOB_H

#include <signal.h>

/* What the main functions of all job programs do alike: see run_end.h for what such a program is.
 */

enum job_command { JOB_RUN, JOB_TEST, JOB_VERSION };

/* Read the options: -c FILE, which goes to CONF_PATH, -t and -V. Others end the process with
 * EX_USAGE. */
enum job_command job_options(const char *name, int argc, char *argv[], const char **conf_path);

/*
 * SIGTERM, SIGINT or SIGHUP has come: give back what is in hand, and leave with EX_OK. It is for
 * the loop to see; whoever waits is woken.
 */
extern volatile sig_atomic_t job_stop;

/*
 * Catch these signals; call it first of all. A process that has not left 8 seconds after one of
 * them, because the database does not answer, ends with EX_TEMPFAIL: the next run takes back what
 * it held. LATE, if not NULL, is called before that, in the handler of a signal.
 */
void job_catch_signals(void);
void job_on_late(void (*late)(void));

#endif
