#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/log.h"
#include "../common/work/kick.h"
#include "../store/admin.h"
#include "../store/pipeline.h"
#include "ctl.h"
#include "out.h"
#include "pipeline.h"
#include "progress.h"
#include "stage.h"
#include "ttsctl.h"

#define PAGE 128
#define TRIES_SHOWN 20

struct options {
	bool json, yes, all;
	const char *user, *stage, *error_class;
	uint64_t id; /* 0: not given */
};

struct action {
	const char *name;
	const char *options; /* the letters of those it takes */
	bool id, filter;     /* it takes the number of a dead letter; or else a filter */
	int (*run)(const struct ctl *ctl, struct pool *pool, const struct options *o);
};

/* ---------------------------------------------------------------- which ones */

/* The filter that the options are: EX_OK, or the status to exit with. */
static int
filter_of(
    const struct ctl *ctl, struct pool *pool, const struct options *o, struct dead_filter *out)
{
	struct admin_user user;
	int status;

	*out = (struct dead_filter){.stage = STAGES, .error_class = ""};
	if ((o->stage != NULL && !stage_read(o->stage, &out->stage)) ||
	    (o->error_class != NULL && !class_is_known(o->error_class)))
		return EX_USAGE;
	if (o->error_class != NULL)
		out->error_class = o->error_class;
	if (o->user == NULL)
		return EX_OK;
	status = ctl_user(ctl, pool, o->user, &user);
	if (status == EX_OK)
		out->user = user.user.id;
	return status;
}

/* ---------------------------------------------------------------- list and show */

static void
put_json_members(const struct dead *d)
{
	out_uint("id", d->id);
	out_uint("user", d->user);
	out_string("task_id", d->task);
	out_string("stage", stage_name(d->stage));
	out_uint("run", d->run);
	out_string("engine", d->engine);
	out_string("step", stage_step_name(d->step));
	out_uint("attempts", d->attempts);
	out_string("error_class", d->error_class);
	out_string("error", d->error);
	if (d->status != 0)
		out_int("status", d->status);
	else
		out_null("status");
	out_string("external_id", d->external_id);
	out_string("created_at", d->created_at.s);
	out_string("failed_at", d->failed_at.s);
}

static void
put_row(const struct dead *d)
{
	printf("%8" PRIu64 "  %8" PRIu64 "  %-5s  %-15s  %.19s  ", d->id, d->user,
	    stage_name(d->stage), d->error_class, text_moment(d->failed_at.s));
	text_put(d->task);
	printf(": ");
	text_put(d->error);
	putchar('\n');
}

/* Where a list is. */
struct listing {
	const struct options *o;
	struct dead_filter filter;
	uint64_t before;
};

static enum rc
list_page(const struct ctl *ctl, struct pool *pool, void *ctx, bool *more)
{
	struct listing *l = ctx;
	struct dead *v = pool_array(pool, PAGE, sizeof *v);
	size_t n = 0;
	enum rc rc = dead_list(ctl->db, pool, &l->filter, l->before, PAGE, v, &n);

	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		l->before = v[i].id;
		if (l->o->json) {
			out_open(NULL, '{');
			put_json_members(&v[i]);
			out_close('}');
		} else {
			put_row(&v[i]);
		}
	}
	*more = n == PAGE;
	return rc;
}

static int
run_list(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct listing l = {.o = o};
	const struct ctl_pages pages = {"list the dead letters", o->json,
	    "      id      user  stage  class            failed               task_id: error",
	    list_page, &l};
	int status = filter_of(ctl, pool, o, &l.filter);

	return status == EX_OK ? ctl_list(ctl, &pages) : status;
}

static void
put_text(const struct dead *d)
{
	printf("%-12s %" PRIu64 ", %s of user %" PRIu64 "\n", "dead letter", d->id,
	    stage_name(d->stage), d->user);
	printf("%-12s ", "task_id");
	text_put(d->task);
	printf("\n%-12s %s, at step %s, after %" PRIu64 " attempts\n", "engine", d->engine,
	    stage_step_name(d->step), d->attempts);
	printf("%-12s %.19s\n", "failed", text_moment(d->failed_at.s));
	printf("%-12s %s: ", "error", d->error_class);
	text_put(d->error);
	putchar('\n');
	if (d->external_id[0] != '\0') {
		printf("%-12s ", "at the service");
		text_put(d->external_id);
		putchar('\n');
	}
}

static int
run_show(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct stage_try tries[TRIES_SHOWN];
	struct dead d;
	size_t n = 0;
	enum rc rc = dead_get(ctl->db, pool, 0, o->id, &d);

	if (rc == RC_OK)
		rc = stage_tries(ctl->db, pool, o->id, TRIES_SHOWN, tries, &n);
	if (rc == RC_NOT_FOUND) {
		log_error("there is no dead letter %" PRIu64, o->id);
		return EX_NOINPUT;
	}
	if (rc != RC_OK)
		return ctl_status("show the dead letter", rc);
	if (!o->json) {
		put_text(&d);
		pipeline_text_tries(tries, n);
		return EX_OK;
	}
	out_open(NULL, '{');
	put_json_members(&d);
	pipeline_json_tries(tries, n);
	out_close('}');
	return EX_OK;
}

/* ---------------------------------------------------------------- retry and drop */

typedef enum rc dead_act(struct db *db, uint64_t user, uint64_t id);

static void
tell(const struct options *o, const char *name, const char *text, uint64_t n, uint64_t passed)
{
	if (o->json) {
		out_open(NULL, '{');
		out_uint(name, n);
		out_uint("passed_over", passed);
		out_close('}');
		return;
	}
	printf("%s %s", text_count(n, "dead letter", "dead letters"), text);
	if (passed > 0)
		printf(", %s passed over, as others are at it", text_uint(passed));
	putchar('\n');
}

/* Without --yes: how many it would be, and one of them. */
static int
tell_what_it_would_be(const struct ctl *ctl, struct pool *pool, const struct options *o,
    const struct dead_filter *filter, uint64_t n)
{
	struct dead d;
	size_t found = 0;
	enum rc rc = dead_list(ctl->db, pool, filter, 0, 1, &d, &found);

	if (rc != RC_OK)
		return ctl_status("list the dead letters", rc);
	if (o->json) {
		out_open(NULL, '{');
		out_uint("would_be", n);
		out_open("example", '{');
		if (found > 0)
			put_json_members(&d);
		out_close('}');
		out_close('}');
		return EX_OK;
	}
	printf("%s\n", text_count(n, "dead letter", "dead letters"));
	if (found > 0) {
		printf("for instance ");
		put_row(&d);
		puts("nothing was changed; to do it, add --yes");
	}
	return EX_OK;
}

/* What somebody else dealt with, or is at, meanwhile is no error. */
static enum rc
act_on_page(const struct ctl *ctl, const struct dead_filter *filter, dead_act *act,
    uint64_t *before, size_t *listed, uint64_t *n, uint64_t *passed)
{
	struct pool *pool = pool_new();
	struct dead *v = pool_array(pool, PAGE, sizeof *v);
	enum rc rc = dead_list(ctl->db, pool, filter, *before, PAGE, v, listed);

	for (size_t i = 0; i < *listed && rc == RC_OK; i++) {
		*before = v[i].id;
		rc = act(ctl->db, 0, v[i].id);
		*n += rc == RC_OK;
		if (rc == RC_NOT_FOUND || rc == RC_RUNNING || rc == RC_NOT_READY ||
		    rc == RC_DRAFT) {
			++*passed;
			rc = RC_OK;
		}
	}
	pool_free(pool);
	return rc;
}

static int
act_on_many(const struct ctl *ctl, struct pool *pool, const struct options *o, dead_act *act,
    const char *name, const char *text)
{
	uint64_t all = 0, before = 0, n = 0, passed = 0;
	struct dead_filter filter;
	size_t listed = 0;
	int status = filter_of(ctl, pool, o, &filter);
	enum rc rc;

	if (status != EX_OK)
		return status;
	rc = dead_count(ctl->db, &filter, &all);
	if (rc != RC_OK)
		return ctl_status("count the dead letters", rc);
	if (!o->yes)
		return tell_what_it_would_be(ctl, pool, o, &filter, all);
	progress_begin("dead letters", all);
	do {
		rc = act_on_page(ctl, &filter, act, &before, &listed, &n, &passed);
		progress_add(listed);
	} while (rc == RC_OK && listed == PAGE);
	progress_end();
	if (n > 0)
		kick_pipeline(ctl->conf);
	if (rc == RC_OK || n > 0)
		tell(o, name, text, n, passed);
	return ctl_status("go on", rc);
}

static int
act_on(const struct ctl *ctl, struct pool *pool, const struct options *o, dead_act *act,
    const char *name, const char *text)
{
	enum rc rc;

	if (o->id == 0)
		return act_on_many(ctl, pool, o, act, name, text);
	rc = act(ctl->db, 0, o->id);
	if (rc == RC_NOT_FOUND) {
		log_error("there is no dead letter %" PRIu64, o->id);
		return EX_NOINPUT;
	}
	if (rc == RC_RUNNING || rc == RC_NOT_READY) {
		log_error(
		    "another stage of that pipeline is being worked on, or has to come first");
		return EX_DATAERR;
	}
	if (rc != RC_OK)
		return ctl_status("do that", rc);
	kick_pipeline(ctl->conf);
	tell(o, name, text, 1, 0);
	return EX_OK;
}

static int
run_retry(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	return act_on(ctl, pool, o, dead_retry, "queued", "queued again");
}

static int
run_drop(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	return act_on(ctl, pool, o, dead_drop, "dropped", "dropped");
}

/* ---------------------------------------------------------------- the command line */

static void
parse_option(int option, struct options *o)
{
	switch (option) {
	case 'j':
		o->json = true;
		break;
	case 'y':
		o->yes = true;
		break;
	case 'a':
		o->all = true;
		break;
	case 'u':
		o->user = optarg;
		break;
	case 's':
		o->stage = optarg;
		break;
	default:
		o->error_class = optarg;
		break;
	}
}

static bool
parse(int argc, char **argv, const struct action *action, struct options *o)
{
	static const struct option longs[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"yes", no_argument, NULL, 'y'},
	    {"all", no_argument, NULL, 'a'},
	    {"user", required_argument, NULL, 'u'},
	    {"stage", required_argument, NULL, 's'},
	    {"class", required_argument, NULL, 'c'},
	    {NULL, 0, NULL, 0},
	};
	bool filtered;
	int option;

	*o = (struct options){.json = false};
	while ((option = getopt_long(argc, argv, "jyau:s:c:", longs, NULL)) != -1) {
		if (strchr(action->options, option) == NULL)
			return false;
		parse_option(option, o);
	}
	filtered = o->all || o->user != NULL || o->stage != NULL || o->error_class != NULL;
	if (action->id && !(action->filter && filtered) &&
	    (optind == argc || !ctl_number("dead letter", argv[optind++], UINT64_MAX, &o->id)))
		return false;
	return optind == argc && !(o->yes && !filtered);
}

int
cmd_dead(const char *conf_path, int argc, char **argv)
{
	static const struct action actions[] = {
	    {"list", "jusc", false, true, run_list},
	    {"show", "j", true, false, run_show},
	    {"retry", "jyausc", true, true, run_retry},
	    {"drop", "jyausc", true, true, run_drop},
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
		return ctl_usage("dead");
	pool = pool_new();
	status = ctl_open(&ctl, conf_path);
	if (status == EX_OK)
		status = action->run(&ctl, pool, &o);
	pool_free(pool);
	return ctl_close(&ctl, status);
}
