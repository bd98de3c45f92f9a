#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "out.h"
#include "report.h"
#include "ttsctl.h"

#define STATUS_SEC 1
#define WATCH_SEC 2
#define INTERVAL_MAX 3600

struct options {
	bool json;
	uint64_t interval_sec; /* period for measuring the rate */
	uint64_t count;	       /* how many times to report; 0: without end */
};

static bool
status_parse(int argc, char **argv, struct options *o, bool watch)
{
	static const struct option longs[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"interval", required_argument, NULL, 'i'},
	    {"count", required_argument, NULL, 'n'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	*o = (struct options){.interval_sec = watch ? WATCH_SEC : STATUS_SEC};
	while ((option = getopt_long(argc, argv, watch ? "ji:n:" : "ji:", longs, NULL)) != -1) {
		switch (option) {
		case 'j':
			o->json = true;
			break;
		case 'i':
			if (!ctl_number("--interval", optarg, INTERVAL_MAX, &o->interval_sec))
				return false;
			break;
		case 'n':
			if (!watch || !ctl_number("--count", optarg, UINT64_MAX, &o->count))
				return false;
			break;
		default:
			return false;
		}
	}
	return optind == argc;
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The number of ready sentences at a time. */
struct sample {
	bool taken;
	double at;
	uint64_t ready;
};

static void
measure_rate(struct report *r, struct sample *last)
{
	struct sample here = {r->rc == RC_OK, now(), r->queue.ready};

	if (last->taken && here.taken && here.at > last->at) {
		r->has_rate = true;
		/* Edits make the number smaller. */
		r->rate = here.ready < last->ready
			      ? 0
			      : (double)(here.ready - last->ready) / (here.at - last->at);
	}
	*last = here;
}

static int
show_report(const struct ctl *ctl, const struct options *o, struct sample *last)
{
	struct report *r = calloc(1, sizeof *r);
	int status;

	if (r == NULL)
		return EX_OSERR;
	r->pool = pool_new();
	report_read(r, ctl);
	measure_rate(r, last);
	report_judge(r);
	(o->json ? report_json : report_text)(r);
	status = report_status(r);
	pool_free(r->pool);
	free(r);
	return status;
}

/* Take a first sample for the rate, unless the queue is empty. */
static void
take_first_sample(const struct ctl *ctl, const struct options *o, struct sample *last)
{
	struct queue_numbers queue;

	if (queue_numbers(ctl->db, &queue) != RC_OK || queue.pending + queue.claimed == 0)
		return;
	*last = (struct sample){true, now(), queue.ready};
	sleep((unsigned)o->interval_sec);
}

/* The file that is missing if tts-setup has never run on this machine, or NULL. */
static const char *
missing_file(const char *conf_path, const struct conf *conf)
{
	const char *password =
	    conf != NULL ? conf->databases.account[ACCOUNT_MIGRATION].password_file : "";

	if (conf == NULL)
		return strcmp(conf_path, CONF_DEFAULT_PATH) == 0 && access(conf_path, F_OK) < 0 &&
			       errno == ENOENT
			   ? conf_path
			   : NULL;
	return password[0] != '\0' && access(password, F_OK) < 0 && errno == ENOENT ? password
										    : NULL;
}

static int
tell_not_set_up(const char *missing, bool json)
{
	static const char what[] = "TTS Provider is not set up yet: there is no ";

	if (!json) {
		printf("WRONG: %s%s\n       run tts-setup\n", what, missing);
		return EX_CONFIG;
	}
	out_open(NULL, '{');
	out_bool("set_up", false);
	out_open("findings", '[');
	out_open(NULL, '{');
	out_bool("wrong", true);
	out_string("what", "TTS Provider is not set up yet");
	out_string("todo", "run tts-setup");
	out_close('}');
	out_close(']');
	out_close('}');
	return EX_CONFIG;
}

/* The database may be unavailable: then that is reported. */
static int
prepare_ctl(struct ctl *ctl, const char *conf_path, bool json)
{
	const char *missing = missing_file(conf_path, NULL);
	int status;

	if (missing != NULL) {
		*ctl = (struct ctl){.conf = NULL};
		return tell_not_set_up(missing, json);
	}
	status = ctl_configure(ctl, conf_path);
	if (status != EX_OK)
		return status;
	missing = missing_file(conf_path, ctl->conf);
	if (missing != NULL)
		return tell_not_set_up(missing, json);
	ctl->db = db_new(ctl->conf, ACCOUNT_MIGRATION);
	return EX_OK;
}

int
cmd_status(const char *conf_path, int argc, char **argv)
{
	struct sample last = {false, 0, 0};
	struct options o;
	struct ctl ctl;
	int status;

	if (!status_parse(argc, argv, &o, false))
		return ctl_usage("status");
	status = prepare_ctl(&ctl, conf_path, o.json);
	if (status == EX_OK) {
		take_first_sample(&ctl, &o, &last);
		status = show_report(&ctl, &o, &last);
	}
	return ctl_close(&ctl, status);
}

int
cmd_watch(const char *conf_path, int argc, char **argv)
{
	struct sample last = {false, 0, 0};
	struct options o;
	struct ctl ctl;
	int status;

	if (!status_parse(argc, argv, &o, true))
		return ctl_usage("watch");
	status = prepare_ctl(&ctl, conf_path, o.json);
	for (uint64_t i = 0; status < EX_USAGE && (o.count == 0 || i < o.count); i++) {
		if (i > 0)
			sleep((unsigned)o.interval_sec);
		if (!o.json && isatty(STDOUT_FILENO) == 1)
			fputs("\033[H\033[J", stdout);
		status = show_report(&ctl, &o, &last);
		if (status == EX_TEMPFAIL) /* it may become available again */
			status = CTL_WRONG;
		if (fflush(stdout) != 0)
			break;
	}
	return ctl_close(&ctl, status);
}
