#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/log.h"
#include "../common/work/kick.h"
#include "../store/admin.h"
#include "../store/pipeline.h"
#include "../store/pipeline_admin.h"
#include "ctl.h"
#include "out.h"
#include "pipeline.h"
#include "stage.h"
#include "ttsctl.h"

#define FOUND_MAX 8 /* pipelines with one task_id that are named */

struct options {
	bool json, all;
	const char *user, *reason;
	const char *name;  /* a task_id, or the id of a pipeline */
	const char *stage; /* for retry and list */
	const char *state, *error_class;
};

struct action {
	const char *name;
	const char *options; /* the letters of those it takes */
	bool of, stage;	     /* it takes a pipeline, and a stage */
	int (*run)(const struct ctl *ctl, struct pool *pool, const struct options *o);
};

/* ---------------------------------------------------------------- list */

static const char *
overall(const struct pipeline *p)
{
	enum stage current;

	return pipeline_word_name(pipeline_overall(p, &current));
}

static void
put_json_members(const struct pipeline *p)
{
	out_uint("id", p->id);
	out_uint("user", p->user);
	out_string("task_id", p->task);
	out_string("customer_name", p->customer_name);
	out_string("status", overall(p));
	for (enum stage s = 0; s < STAGES; s++)
		out_string(stage_name(s), pipeline_word_name(pipeline_stage_word(p, s)));
	out_string("paused", p->paused);
	out_string("pause_reason", p->pause_reason);
	out_string("created_at", p->created_at.s);
	out_string("updated_at", p->updated_at.s);
	out_string("expires_at", p->expires_at.s);
}

static void
put_row(const struct pipeline *p)
{
	printf("%8" PRIu64 "  %8" PRIu64 "  %-10s", p->id, p->user, overall(p));
	for (enum stage s = 0; s < STAGES; s++)
		printf("  %-10s", pipeline_word_name(pipeline_stage_word(p, s)));
	printf("  %.19s  ", text_moment(p->updated_at.s));
	text_put(p->task);
	putchar('\n');
}

/* Where a list is, and what it has. */
struct listing {
	const struct options *o;
	enum stage stage;	  /* STAGES: any */
	enum pipeline_word state; /* of that stage or of the whole; PIPELINE_WORDS: any */
	uint64_t user;		  /* 0: all */
	uint64_t before;
};

static bool
has_class(const struct pipeline *p, enum stage stage, const char *error_class)
{
	for (enum stage s = 0; s < STAGES; s++)
		if ((stage == STAGES || stage == s) &&
		    strcmp(p->runs[s].error_class != NULL ? p->runs[s].error_class : "",
			error_class) == 0)
			return true;
	return false;
}

/* With neither --all nor --state, what is neither completed nor cancelled. */
static bool
is_listed(const struct pipeline *p, const struct listing *l)
{
	enum stage current;
	enum pipeline_word word = pipeline_overall(p, &current);
	bool over = word == PIPELINE_COMPLETED || word == PIPELINE_CANCELLED;

	if (over && !l->o->all && l->state == PIPELINE_WORDS)
		return false;
	if (l->o->error_class != NULL && !has_class(p, l->stage, l->o->error_class))
		return false;
	if (l->state == PIPELINE_WORDS)
		return l->stage == STAGES || l->o->error_class != NULL || l->stage == current;
	return (l->stage == STAGES ? word : pipeline_stage_word(p, l->stage)) == l->state;
}

/* One that was deleted meanwhile is left out. */
static enum rc
list_page(const struct ctl *ctl, struct pool *pool, void *ctx, bool *more)
{
	struct listing *l = ctx;
	struct admin_pipeline *v = pool_array(pool, PIPELINE_ADMIN_MAX, sizeof *v);
	size_t n = 0;
	enum rc rc = admin_pipelines(ctl->db, pool, l->user, l->before, v, &n);

	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		const struct pipeline_key key = {.id = v[i].id};
		struct pipeline p;

		l->before = v[i].id;
		rc = pipeline_get(ctl->db, pool, &key, &p);
		if (rc == RC_OK && is_listed(&p, l)) {
			if (l->o->json) {
				out_open(NULL, '{');
				put_json_members(&p);
				out_close('}');
			} else {
				put_row(&p);
			}
		}
		if (rc == RC_NOT_FOUND)
			rc = RC_OK;
	}
	*more = n == PIPELINE_ADMIN_MAX;
	return rc;
}

static int
run_list(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct admin_user user = {.projects = 0};
	struct listing l = {.o = o,
	    .stage = STAGES,
	    .state = o->state != NULL ? 0 : PIPELINE_WORDS,
	    .before = UINT64_MAX};
	const struct ctl_pages pages = {"list the pipelines", o->json,
	    "      id      user  state       lyric       song        video       updated"
	    "              task_id",
	    list_page, &l};
	int status;

	while (o->state != NULL && strcmp(pipeline_word_name(l.state), o->state) != 0)
		if (++l.state == PIPELINE_WORDS) {
			log_error("there is no such state; ttsctl(8) lists them");
			return EX_USAGE;
		}
	if ((o->stage != NULL && !stage_read(o->stage, &l.stage)) ||
	    (o->error_class != NULL && !class_is_known(o->error_class)))
		return EX_USAGE;
	status = o->user != NULL ? ctl_user(ctl, pool, o->user, &user) : EX_OK;
	l.user = user.user.id;
	return status == EX_OK ? ctl_list(ctl, &pages) : status;
}

/* ---------------------------------------------------------------- one */

/* Find the pipeline that is meant: EX_OK, or the status to exit with. */
static int
find(const struct ctl *ctl, struct pool *pool, const struct options *o, struct pipeline_key *key)
{
	struct admin_pipeline v[FOUND_MAX];
	size_t n;
	enum rc rc = admin_pipeline_find(ctl->db, pool, o->name, FOUND_MAX, v, &n);

	if (rc != RC_OK)
		return ctl_status("find the pipeline", rc);
	if (n == 1) {
		*key = (struct pipeline_key){.id = v[0].id};
		return EX_OK;
	}
	log_error(n == 0 ? "there is no pipeline with this task_id or id"
			 : "several users have a pipeline with this task_id; name one by its id:");
	for (size_t i = 0; i < n; i++)
		log_error("%" PRIu64 ", of user %" PRIu64, v[i].id, v[i].user);
	return n == 0 ? EX_NOINPUT : EX_DATAERR;
}

static int
run_show(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct admin_run *runs = pool_array(pool, PIPELINE_ADMIN_MAX, sizeof *runs);
	struct pipeline_key key;
	struct pipeline p;
	size_t n = 0;
	int status = find(ctl, pool, o, &key);
	enum rc rc;

	if (status != EX_OK)
		return status;
	rc = pipeline_get(ctl->db, pool, &key, &p);
	if (rc == RC_OK)
		rc = admin_runs(ctl->db, pool, key.id, PIPELINE_ADMIN_MAX, runs, &n);
	if (rc == RC_OK && o->json) {
		out_open(NULL, '{');
		put_json_members(&p);
		rc = pipeline_json_runs(ctl->db, pool, &p, runs, n);
		out_close('}');
	} else if (rc == RC_OK) {
		rc = pipeline_text(ctl->db, pool, &p, runs, n);
	}
	return ctl_status("show the pipeline", rc);
}

/* ---------------------------------------------------------------- changes */

static void
tell(const struct options *o, const char *done, const char *text)
{
	if (o->json) {
		out_open(NULL, '{');
		out_string("task_id", o->name);
		out_string("done", done);
		out_close('}');
	} else {
		text_put(o->name);
		printf(": %s\n", text);
	}
}

/* The end of a change: what it came to. */
static int
changed(
    const struct ctl *ctl, const struct options *o, enum rc rc, const char *done, const char *text)
{
	static const struct {
		enum rc rc;
		const char *why;
	} table[] = {
	    {RC_RUNNING, "it is being worked on"},
	    {RC_NOT_READY, "the stage before it is not completed"},
	    {RC_DRAFT, "it was not started"},
	    {RC_NOT_FAILED, "it has neither failed nor been cancelled"},
	    {RC_NOT_CANCELLABLE, "there is nothing to end"},
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].rc == rc) {
			log_error("%s", table[i].why);
			return EX_DATAERR;
		}
	if (rc != RC_OK)
		return ctl_status("change the pipeline", rc);
	kick_pipeline(ctl->conf);
	tell(o, done, text);
	return EX_OK;
}

static int
run_retry(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	enum stage stage;
	struct pipeline_key key;
	int status;

	if (!stage_read(o->stage, &stage))
		return EX_USAGE;
	status = find(ctl, pool, o, &key);
	if (status != EX_OK)
		return status;
	return changed(ctl, o, pipeline_retry(ctl->db, &key, stage), "queued",
	    pool_printf(pool, "%s is queued again", stage_name(stage)));
}

static int
run_resume(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	enum stage from = STAGE_LYRIC;
	enum pipeline_word word;
	struct pipeline_key key;
	int status = find(ctl, pool, o, &key);
	enum rc rc;

	if (status != EX_OK)
		return status;
	rc = pipeline_resume(ctl->db, &key, &from, &word);
	return changed(
	    ctl, o, rc, "queued", pool_printf(pool, "goes on with its %s", stage_name(from)));
}

static int
run_cancel(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct pipeline_key key;
	int status = find(ctl, pool, o, &key);

	if (status != EX_OK)
		return status;
	return changed(ctl, o, pipeline_cancel(ctl->db, &key), "cancelled", "cancelled");
}

static int
run_pause(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct pipeline_key key;
	int status = find(ctl, pool, o, &key);

	if (status != EX_OK)
		return status;
	return changed(ctl, o, pipeline_pause(ctl->db, &key, o->reason), "paused",
	    "paused; its user cannot go on with it");
}

static int
run_unpause(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct pipeline_key key;
	int status = find(ctl, pool, o, &key);

	if (status != EX_OK)
		return status;
	return changed(ctl, o, pipeline_unpause(ctl->db, &key), "unpaused", "goes on");
}

/* ---------------------------------------------------------------- the command line */

static bool
parse(int argc, char **argv, const struct action *action, struct options *o)
{
	static const struct option longs[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"all", no_argument, NULL, 'a'},
	    {"user", required_argument, NULL, 'u'},
	    {"reason", required_argument, NULL, 'r'},
	    {"stage", required_argument, NULL, 's'},
	    {"state", required_argument, NULL, 't'},
	    {"class", required_argument, NULL, 'c'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	*o = (struct options){.reason = ""};
	while ((option = getopt_long(argc, argv, "jau:r:s:t:c:", longs, NULL)) != -1) {
		if (strchr(action->options, option) == NULL)
			return false;
		if (option == 'j')
			o->json = true;
		else if (option == 'a')
			o->all = true;
		else
			*(option == 'u'	    ? &o->user
			    : option == 's' ? &o->stage
			    : option == 't' ? &o->state
			    : option == 'c' ? &o->error_class
					    : &o->reason) = optarg;
	}
	if (action->of && optind < argc)
		o->name = argv[optind++];
	if (action->stage && optind < argc)
		o->stage = argv[optind++];
	return optind == argc && (!action->of || o->name != NULL) &&
	       (!action->stage || o->stage != NULL);
}

int
cmd_pipeline(const char *conf_path, int argc, char **argv)
{
	static const struct action actions[] = {
	    {"list", "jaustc", false, false, run_list},
	    {"show", "j", true, false, run_show},
	    {"retry", "j", true, true, run_retry},
	    {"resume", "j", true, false, run_resume},
	    {"pause", "jr", true, false, run_pause},
	    {"unpause", "j", true, false, run_unpause},
	    {"cancel", "j", true, false, run_cancel},
	};
	const struct action *action = NULL;
	struct pool *pool;
	struct options o;
	struct ctl ctl;
	int status;

	for (size_t i = 0; argc > 1 && i < sizeof actions / sizeof *actions; i++)
		if (strcmp(argv[1], actions[i].name) == 0)
			action = &actions[i];
	if (action == NULL || !parse(argc - 1, argv + 1, action, &o))
		return ctl_usage("pipeline");
	pool = pool_new();
	status = ctl_open(&ctl, conf_path);
	if (status == EX_OK)
		status = action->run(&ctl, pool, &o);
	pool_free(pool);
	return ctl_close(&ctl, status);
}
