#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/log.h"
#include "../common/work/kick.h"
#include "../store/pipeline_admin.h"
#include "ctl.h"
#include "out.h"
#include "stage.h"
#include "ttsctl.h"

#define HOLD_MAX_SEC (30 * 86400)

/* What "stage" and "engine" are told. */
struct options {
	bool json;
	const char *name, *reason;
	uint64_t seconds;
};

struct action {
	const char *name;
	bool of, reason, seconds; /* what it takes: a name, --reason, a number of seconds */
	int (*run)(const struct ctl *ctl, struct pool *pool, const struct options *o);
};

bool
stage_read(const char *name, enum stage *out)
{
	*out = stage_named(name);
	if (*out == STAGES)
		log_error("there is no such stage: lyric, song, video");
	return *out != STAGES;
}

bool
class_is_known(const char *name)
{
	for (size_t i = 0; i < CLASSES; i++)
		if (strcmp(name, pipeline_class_names[i]) == 0)
			return true;
	log_error("there is no such class of errors; tts-pipeline(8) lists them");
	return false;
}

/* ---------------------------------------------------------------- the stages */

void
stage_put_json(enum stage stage, const struct admin_queue *q)
{
	out_open(NULL, '{');
	out_string("stage", stage_name(stage));
	out_bool("paused", q->paused);
	out_string("reason", q->reason);
	out_string("changed_by", q->changed_by);
	out_string("changed_at", q->changed_at.s);
	out_uint("pending", q->pending);
	out_uint("pending_later", q->later);
	out_uint("outstanding", q->outstanding);
	out_uint("waiting", q->waiting);
	out_uint("dead", q->dead);
	out_uint("overdue_sec", q->overdue_sec);
	out_close('}');
}

static int
list_stages(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct admin_queue v[STAGES];
	enum rc rc = admin_queues(ctl->db, pool, v);

	if (rc != RC_OK)
		return ctl_status("list the stages", rc);
	if (o->json)
		out_open(NULL, '[');
	else
		printf("%-6s  %-8s  %9s  %11s  %9s  %9s  %s\n", "stage", "state", "pending",
		    "outstanding", "waiting", "dead", "paused by, since, why");
	for (size_t i = 0; i < STAGES; i++) {
		if (o->json) {
			stage_put_json((enum stage)i, &v[i]);
			continue;
		}
		printf("%-6s  %-8s  %9s  %11s  %9s  %9s  ", stage_name((enum stage)i),
		    v[i].paused ? "paused" : "on", text_uint(v[i].pending),
		    text_uint(v[i].outstanding), text_uint(v[i].waiting), text_uint(v[i].dead));
		if (v[i].paused) {
			printf("%s, %.19s, ", v[i].changed_by, text_moment(v[i].changed_at.s));
			text_put(v[i].reason);
		}
		putchar('\n');
	}
	if (o->json)
		out_close(']');
	return EX_OK;
}

/* Tell what was done, and start the stages. */
static int
changed(
    const struct ctl *ctl, const struct options *o, const char *what, const char *state, enum rc rc)
{
	if (rc == RC_NOT_FOUND) {
		log_error("there is no %s %s", what, o->name);
		return EX_NOINPUT;
	}
	if (rc != RC_OK)
		return ctl_status("change it", rc);
	kick_pipeline(ctl->conf);
	if (o->json) {
		out_open(NULL, '{');
		out_string(what, o->name);
		out_string("state", state);
		out_close('}');
	} else {
		printf("%s ", what);
		text_put(o->name);
		printf(": %s\n", state);
	}
	return EX_OK;
}

static int
pause_stage(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	return changed(ctl, o, "stage", "paused",
	    admin_stage_pause(ctl->db, o->name, true, o->reason, ctl_who()));
}

static int
resume_stage(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	return changed(
	    ctl, o, "stage", "on", admin_stage_pause(ctl->db, o->name, false, "", ctl_who()));
}

/* ---------------------------------------------------------------- the engines */

static const char *
engine_state(const struct admin_engine *e)
{
	if (e->disabled)
		return "disabled";
	return e->held_sec > 0 ? "held" : "on";
}

void
engine_put_json(const struct admin_engine *e)
{
	out_open(NULL, '{');
	out_string("engine", e->name);
	out_string("stage", e->stage);
	out_string("state", engine_state(e));
	out_uint("held_sec", e->held_sec);
	out_string("reason", e->reason);
	out_string("changed_by", e->changed_by);
	out_string("changed_at", e->changed_at.s);
	out_string("failing_since", e->failing_since.s);
	out_uint("calls_in_minute", e->calls);
	out_uint("calls", e->calls_total);
	out_uint("paid", e->paid_total);
	out_close('}');
}

static void
put_engine(const struct admin_engine *e)
{
	printf("%-20s  %-6s  %-8s  %10s  %10s  ", e->name, e->stage, engine_state(e),
	    text_uint(e->calls_total), text_uint(e->paid_total));
	if (e->held_sec > 0)
		printf("%s to go; ", text_span(e->held_sec));
	text_put(e->reason);
	putchar('\n');
}

static int
list_engines(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct admin_engine *v = pool_array(pool, PIPELINE_ADMIN_MAX, sizeof *v);
	size_t n;
	enum rc rc = admin_engines(ctl->db, pool, v, &n);

	if (rc != RC_OK)
		return ctl_status("list the engines", rc);
	if (o->json)
		out_open(NULL, '[');
	else
		printf("%-20s  %-6s  %-8s  %10s  %10s  %s\n", "engine", "stage", "state", "calls",
		    "paid", "why");
	for (size_t i = 0; i < n; i++)
		(o->json ? engine_put_json : put_engine)(&v[i]);
	if (o->json)
		out_close(']');
	return EX_OK;
}

/* The stage that NAME is configured for; "" if for none. */
static const char *
stage_of(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < STAGES; i++)
		if (strcmp(conf->pipeline.stage[i].engine, name) == 0)
			return stage_name((enum stage)i);
	return "";
}

static int
hold_engine(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	return changed(ctl, o, "engine", "held",
	    admin_engine_hold(
		ctl->db, o->name, stage_of(ctl->conf, o->name), o->seconds, o->reason, ctl_who()));
}

static int
release_engine(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	return changed(
	    ctl, o, "engine", "on", admin_engine_hold(ctl->db, o->name, "", 0, "", ctl_who()));
}

static int
enable_engine(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	return changed(ctl, o, "engine", "on",
	    admin_engine_disable(ctl->db, o->name, "", false, "", ctl_who()));
}

static int
disable_engine(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	return changed(ctl, o, "engine", "disabled",
	    admin_engine_disable(
		ctl->db, o->name, stage_of(ctl->conf, o->name), true, o->reason, ctl_who()));
}

/* ---------------------------------------------------------------- the commands */

static bool
parse(int argc, char **argv, const struct action *action, struct options *o)
{
	static const struct option longs[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"reason", required_argument, NULL, 'r'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	*o = (struct options){.reason = ""};
	while ((option = getopt_long(argc, argv, "jr:", longs, NULL)) != -1) {
		if (option == 'j')
			o->json = true;
		else if (option == 'r' && action->reason && strlen(optarg) <= 255)
			o->reason = optarg;
		else
			return false;
	}
	if (action->of) {
		if (optind == argc)
			return false;
		o->name = argv[optind++];
	}
	if (action->seconds &&
	    (optind == argc || !ctl_number("seconds", argv[optind++], HOLD_MAX_SEC, &o->seconds)))
		return false;
	return optind == argc;
}

static int
run(const char *conf_path, int argc, char **argv, const struct action *v, size_t n)
{
	const struct action *action = NULL;
	struct pool *pool;
	struct options o;
	struct ctl ctl;
	int status;

	for (size_t i = 0; argc > 1 && i < n; i++)
		if (strcmp(argv[1], v[i].name) == 0)
			action = &v[i];
	if (action == NULL || !parse(argc - 1, argv + 1, action, &o))
		return ctl_usage(argv[0]);
	pool = pool_new();
	status = ctl_open(&ctl, conf_path);
	if (status == EX_OK)
		status = action->run(&ctl, pool, &o);
	pool_free(pool);
	return ctl_close(&ctl, status);
}

int
cmd_stage(const char *conf_path, int argc, char **argv)
{
	static const struct action actions[] = {
	    {"list", false, false, false, list_stages},
	    {"pause", true, true, false, pause_stage},
	    {"resume", true, false, false, resume_stage},
	};

	return run(conf_path, argc, argv, actions, sizeof actions / sizeof *actions);
}

int
cmd_engine(const char *conf_path, int argc, char **argv)
{
	static const struct action actions[] = {
	    {"list", false, false, false, list_engines},
	    {"hold", true, true, true, hold_engine},
	    {"release", true, false, false, release_engine},
	    {"enable", true, false, false, enable_engine},
	    {"disable", true, true, false, disable_engine},
	};

	return run(conf_path, argc, argv, actions, sizeof actions / sizeof *actions);
}
