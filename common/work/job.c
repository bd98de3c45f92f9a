#include "job.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "../base/crypt.h"
#include "../base/log.h"
#include "../base/version.h"
#include "lock.h"

#define LEAVE_SEC 8 /* after a signal; then exit without the database */

volatile sig_atomic_t job_stop;
static void (*volatile late_call)(void);

enum job_command
job_options(const char *name, int argc, char *argv[], const char **conf_path)
{
	enum job_command command = JOB_RUN;
	bool usage = false;
	int option;

	while ((option = getopt(argc, argv, "c:tV")) != -1)
		switch (option) {
		case 'c':
			*conf_path = optarg;
			break;
		case 't':
			command = JOB_TEST;
			break;
		case 'V':
			return JOB_VERSION;
		default:
			usage = true;
		}
	if (usage || optind != argc) {
		fprintf(stderr, "usage: %s [-tV] [-c file]\n", name);
		exit(EX_USAGE);
	}
	return command;
}

static void
on_stop(int signo)
{
	job_stop = 1;
	alarm(LEAVE_SEC);
}

static void
on_alarm(int signo)
{
	if (late_call != NULL)
		late_call();
	_exit(EX_TEMPFAIL);
}

static void
job_catch_signals(void)
{
	const struct sigaction to_stop = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
	const struct sigaction to_leave = {.sa_handler = on_alarm};

	sigaction(SIGTERM, &to_stop, NULL);
	sigaction(SIGINT, &to_stop, NULL);
	sigaction(SIGHUP, &to_stop, NULL);
	sigaction(SIGALRM, &to_leave, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void
job_on_late(void (*late)(void))
{
	late_call = late;
}

static int
print_version(const struct job *job)
{
	printf("%s %s", job->name, TTS_VERSION);
	if (job->version != NULL)
		printf(" (%s)", job->version());
	putchar('\n');
	return EX_OK;
}

int
job_main(const struct job *job, int argc, char *argv[])
{
	const char *path = CONF_DEFAULT_PATH, *lock_file;
	enum job_command command = job_options(job->name, argc, argv, &path);
	const struct conf *conf;
	int lock_fd;

	if (command == JOB_VERSION)
		return print_version(job);
	if (command == JOB_RUN)
		job_catch_signals();
	log_init(job->name, 6);
	conf = conf_load(path);
	if (conf == NULL)
		return EX_CONFIG;
	log_init(job->name, conf->log_level);
	crypt_init();
	if (command == JOB_TEST)
		return job->check(conf);
	lock_file = job->begin(conf);
	lock_fd = lock_take(lock_file);
	if (lock_fd < 0) {
		log_info("another %s has %s", job->name, lock_file);
		return EX_OK;
	}
	return job_stop ? EX_OK : job->run(conf, lock_fd);
}
