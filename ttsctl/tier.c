#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/log.h"
#include "out.h"
#include "report_tier.h"
#include "tier.h"
#include "ttsctl.h"

#define LINES 50 /* unless --number says otherwise */

struct action {
	const char *name;
	const char *options;   /* the letters of those it takes */
	const char *arguments; /* the letters of those it needs, or may have if upper-case */
	int (*run)(const struct ctl *ctl, struct pool *pool, const struct tier_options *o);
};

/* ---------------------------------------------------------------- changes */

static void
tell_pin(const struct tier_options *o)
{
	if (o->json) {
		out_open(NULL, '{');
		out_uint("project", o->project);
		if (o->level != NULL)
			out_string("level", o->level);
		else
			out_null("level");
		out_close('}');
	} else if (o->level != NULL) {
		printf("the files of project %" PRIu64 " move to %s in the next runs of tts-tier\n",
		    o->project, o->level);
	} else {
		printf("project %" PRIu64 " is not pinned any more\n", o->project);
	}
}

static int
run_pin(const struct ctl *ctl, struct pool *pool, const struct tier_options *o)
{
	enum rc rc = tier_admin_pin(ctl->db, o->project, o->level);

	if (rc == RC_NOT_FOUND) {
		log_error("there is no project %" PRIu64, o->project);
		return EX_NOINPUT;
	}
	if (rc == RC_NOT_READY) {
		log_error("tts-tier has not run with the level %s yet", o->level);
		return EX_TEMPFAIL;
	}
	if (rc == RC_OK)
		tell_pin(o);
	return ctl_status("pin the project", rc);
}

static int
run_unpin(const struct ctl *ctl, struct pool *pool, const struct tier_options *o)
{
	enum rc rc = tier_admin_unpin(ctl->db, o->project);

	if (rc == RC_NOT_FOUND) {
		log_error("project %" PRIu64 " is not pinned", o->project);
		return EX_NOINPUT;
	}
	if (rc == RC_OK)
		tell_pin(o);
	return ctl_status("unpin the project", rc);
}

static int
run_retry(const struct ctl *ctl, struct pool *pool, const struct tier_options *o)
{
	uint64_t n;
	enum rc rc = tier_admin_retry(ctl->db, &n);

	if (rc != RC_OK)
		return ctl_status("have moves tried again", rc);
	if (o->json) {
		out_open(NULL, '{');
		out_uint("retried", n);
		out_close('}');
	} else {
		printf("%s to be moved in the next run\n", text_count(n, "file is", "files are"));
	}
	return EX_OK;
}

static int
run_list(const struct ctl *ctl, struct pool *pool, const struct tier_options *o)
{
	return (o->dry_run ? tier_run_pending : tier_run_list)(ctl, pool, o);
}

/* ---------------------------------------------------------------- the command line */

static bool
parse_options(int argc, char **argv, const char *allowed, struct tier_options *o)
{
	static const struct option longs[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"dry-run", no_argument, NULL, 'd'},
	    {"level", required_argument, NULL, 'l'},
	    {"number", required_argument, NULL, 'n'},
	    {"project", required_argument, NULL, 'p'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	*o = (struct tier_options){.number = LINES};
	while ((option = getopt_long(argc, argv, "jdl:n:p:", longs, NULL)) != -1) {
		if (strchr(allowed, option) == NULL)
			return false;
		if (option == 'j')
			o->json = true;
		else if (option == 'd')
			o->dry_run = true;
		else if (option == 'l')
			o->level = optarg;
		else if (option == 'n' &&
			 !ctl_number("--number", optarg, TIER_ADMIN_MAX, &o->number))
			return false;
		else if (option == 'p' && !ctl_number("--project", optarg, UINT64_MAX, &o->project))
			return false;
	}
	return true;
}

static bool
parse(int argc, char **argv, const struct action *action, struct tier_options *o)
{
	if (!parse_options(argc, argv, action->options, o))
		return false;
	for (const char *want = action->arguments; *want != '\0'; want++) {
		if (optind == argc)
			return *want == 'F';
		if (*want == 'l')
			o->level = argv[optind];
		else if (*want == 'f' || *want == 'F')
			o->name = argv[optind];
		else if (!ctl_number("project", argv[optind], UINT64_MAX, &o->project))
			return false;
		optind++;
	}
	return optind == argc && (o->name == NULL || o->project == 0);
}

/* Files may be where nobody looks any more. */
static void
tell_stray(const struct ctl *ctl, struct pool *pool)
{
	struct tier_stray v[CONF_LEVELS];
	size_t n;

	if (db_ready(ctl->db) != RC_OK || tier_admin_stray(ctl->db, pool, v, &n) != RC_OK)
		return;
	for (size_t i = 0; i < n; i++)
		log_error("%s; " REPORT_STRAY_TODO, report_tier_stray(pool, &v[i]));
}

/* Without levels there is nothing to say, and a level has to be one of them. */
static int
check_levels(const struct ctl *ctl, struct pool *pool, const struct tier_options *o)
{
	bool known = o->level == NULL;

	tell_stray(ctl, pool);
	if (ctl->conf->levels.n == 0) {
		log_error("there are no levels of storage: levels.list is not set; see "
			  "tts-levels(7)");
		return EX_UNAVAILABLE;
	}
	for (size_t i = 0; i < ctl->conf->levels.n; i++)
		known = known || strcmp(o->level, ctl->conf->levels.v[i].name) == 0;
	if (known)
		return EX_OK;
	log_error("there is no level %s", o->level);
	return EX_NOINPUT;
}

int
cmd_tier(const char *conf_path, int argc, char **argv)
{
	static const struct action actions[] = {
	    {"list", "jd", "", run_list},
	    {"pending", "jn", "", tier_run_pending},
	    {"top", "jnl", "", tier_run_top},
	    {"failed", "jn", "", tier_run_failed},
	    {"show", "j", "f", tier_run_show},
	    {"history", "jnp", "F", tier_run_history},
	    {"pins", "j", "", tier_run_pins},
	    {"pin", "j", "pl", run_pin},
	    {"unpin", "j", "p", run_unpin},
	    {"retry", "j", "", run_retry},
	};
	bool named = argc > 1 && argv[1][0] != '-';
	const struct action *action = named ? NULL : &actions[0];
	struct tier_options o;
	struct pool *pool;
	struct ctl ctl;
	int status;

	for (size_t i = 0; named && i < sizeof actions / sizeof *actions; i++)
		if (strcmp(argv[1], actions[i].name) == 0)
			action = &actions[i];
	if (action == NULL || !parse(argc - named, argv + named, action, &o))
		return ctl_usage("tier");
	pool = pool_new();
	status = ctl_open(&ctl, conf_path);
	if (status == EX_OK)
		status = check_levels(&ctl, pool, &o);
	if (status == EX_OK)
		status = action->run(&ctl, pool, &o);
	pool_free(pool);
	return ctl_close(&ctl, status);
}
