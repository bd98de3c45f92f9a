#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/log.h"
#include "../common/media/media.h"
#include "../common/media/media_dir.h"
#include "../common/work/kick.h"
#include "../store/admin.h"
#include "ctl.h"
#include "out.h"
#include "ttsctl.h"

struct options {
	bool json;
	const char *user; /* NULL: not given */
	uint64_t project; /* 0: not given */
};

struct action {
	const char *name;
	const char *options; /* the letters of its options */
	bool project;	     /* it takes a project id */
	int (*run)(const struct ctl *ctl, struct pool *pool, const struct options *o);
};

static uint64_t
pending_count(const struct project *p)
{
	return p->sentence_count - p->ready_count - p->failed_count;
}

static void
put_json(const struct admin_project *found, uint64_t bytes)
{
	const struct project *p = &found->project;

	out_open(NULL, '{');
	out_uint("id", p->id);
	out_uint("user", p->user);
	out_string("email", found->email);
	out_string("created_at", p->created_at.s);
	out_string("updated_at", p->updated_at.s);
	out_string("title", p->title);
	out_string("language", p->language);
	out_string("voice", p->voice);
	out_uint("sentences", p->sentence_count);
	out_uint("ready", p->ready_count);
	out_uint("pending", pending_count(p));
	out_uint("failed", p->failed_count);
	out_uint("bytes", bytes);
	out_uint("duration_ms", p->duration_ms);
	out_close('}');
}

/* ---------------------------------------------------------------- list */

static void
put_row(const struct admin_project *found, uint64_t bytes)
{
	const struct project *p = &found->project;

	printf("%10" PRIu64 "  %.10s  %10s  %8s  %8s  %10s  %12s  ", p->id,
	    text_moment(p->created_at.s), text_uint(p->sentence_count), text_uint(pending_count(p)),
	    text_uint(p->failed_count), text_bytes(bytes), text_span(p->duration_ms / 1000));
	text_put(found->email);
	fputs("  ", stdout);
	text_put(p->title);
	putchar('\n');
}

/* Where a list is. */
struct listing {
	const struct options *o;
	uint64_t user; /* 0: all */
	uint64_t after;
};

static enum rc
list_page(const struct ctl *ctl, struct pool *pool, void *ctx, bool *more)
{
	struct listing *l = ctx;
	struct admin_project v[ADMIN_MAX];
	size_t n = 0;
	enum rc rc = admin_projects(ctl->db, pool, l->user, l->after, v, &n);

	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		uint64_t bytes;

		l->after = v[i].project.id;
		rc = admin_project_bytes(ctl->db, v[i].project.id, &bytes);
		if (rc == RC_OK && l->o->json)
			put_json(&v[i], bytes);
		else if (rc == RC_OK)
			put_row(&v[i], bytes);
	}
	*more = n == ADMIN_MAX;
	return rc;
}

static int
run_list(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct admin_user user = {.projects = 0};
	struct listing l = {.o = o};
	const struct ctl_pages pages = {"list the projects", o->json,
	    "        id  since        sentences   pending    failed        size         sound"
	    "  user and title",
	    list_page, &l};
	int status = o->user != NULL ? ctl_user(ctl, pool, o->user, &user) : EX_OK;

	l.user = user.user.id;
	return status == EX_OK ? ctl_list(ctl, &pages) : status;
}

/* ---------------------------------------------------------------- show */

static void
put_text(const struct ctl *ctl, const struct admin_project *found, uint64_t bytes)
{
	const struct project *p = &found->project;
	const struct {
		const char *name, *value;
	} lines[] = {
	    {"title", p->title},
	    {"user", found->email},
	    {"created", text_moment(p->created_at.s)},
	    {"updated", text_moment(p->updated_at.s)},
	    {"language", p->language[0] != '\0' ? p->language : "detected from the text"},
	    {"voice", p->voice[0] != '\0' ? p->voice : "that of the language"},
	};

	printf("%-10s %" PRIu64 "\n", "project", p->id);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		printf("%-10s ", lines[i].name);
		text_put(lines[i].value);
		putchar('\n');
	}
	printf("%-10s %s: ready %s, pending %s, failed %s\n", "sentences",
	    text_uint(p->sentence_count), text_uint(p->ready_count), text_uint(pending_count(p)),
	    text_uint(p->failed_count));
	printf(
	    "%-10s %s of MP3, %s\n", "sound", text_bytes(bytes), text_span(p->duration_ms / 1000));
	printf("%-10s %s/%" PRIu64 "/%" PRIu64 "\n", "files", ctl->conf->media.root,
	    p->id / MEDIA_PROJECTS_PER_DIR, p->id);
}

static int
run_show(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct admin_project found;
	uint64_t bytes = 0;
	enum rc rc = admin_project_find(ctl->db, pool, o->project, &found);

	if (rc == RC_NOT_FOUND) {
		log_error("there is no project %" PRIu64, o->project);
		return EX_NOINPUT;
	}
	if (rc == RC_OK)
		rc = admin_project_bytes(ctl->db, o->project, &bytes);
	if (rc == RC_OK && o->json)
		put_json(&found, bytes);
	else if (rc == RC_OK)
		put_text(ctl, &found, bytes);
	return ctl_status("show the project", rc);
}

/* ---------------------------------------------------------------- delete */

static int
run_delete(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct admin_project found;
	uint64_t bytes = 0;
	enum rc rc = admin_project_find(ctl->db, pool, o->project, &found);

	if (rc == RC_OK)
		rc = admin_project_bytes(ctl->db, o->project, &bytes);
	if (rc == RC_OK)
		rc = admin_project_delete(ctl->db, found.project.user, o->project);
	if (rc == RC_NOT_FOUND) {
		log_error("there is no project %" PRIu64, o->project);
		return EX_NOINPUT;
	}
	if (rc != RC_OK)
		return ctl_status("delete the project", rc);
	(void)media_lay_tombstone(
	    ctl->conf, o->project, 0); /* logged; tts-work removes the files */
	kick_work(ctl->conf);
	if (o->json)
		put_json(&found, bytes);
	else
		printf("project %" PRIu64 " of user %" PRIu64 " is deleted, with %s\n", o->project,
		    found.project.user,
		    text_count(found.project.sentence_count, "sentence", "sentences"));
	return EX_OK;
}

/* ---------------------------------------------------------------- the command line */

static bool
project_parse(int argc, char **argv, const struct action *action, struct options *o)
{
	static const struct option longs[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"user", required_argument, NULL, 'u'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	*o = (struct options){.json = false};
	while ((option = getopt_long(argc, argv, "ju:", longs, NULL)) != -1) {
		if (strchr(action->options, option) == NULL)
			return false;
		if (option == 'j')
			o->json = true;
		else
			o->user = optarg;
	}
	if (action->project &&
	    (optind == argc || !ctl_number("project", argv[optind++], UINT64_MAX, &o->project)))
		return false;
	return optind == argc;
}

int
cmd_project(const char *conf_path, int argc, char **argv)
{
	static const struct action actions[] = {
	    {"list", "ju", false, run_list},
	    {"show", "j", true, run_show},
	    {"delete", "j", true, run_delete},
	};
	const struct action *action = NULL;
	struct pool *pool;
	struct options o;
	struct ctl ctl;
	int status;

	for (size_t i = 0; argc > 1 && i < sizeof actions / sizeof *actions; i++)
		if (strcmp(argv[1], actions[i].name) == 0)
			action = &actions[i];
	if (action == NULL || !project_parse(argc - 1, argv + 1, action, &o))
		return ctl_usage("project");
	pool = pool_new();
	status = ctl_open(&ctl, conf_path);
	if (status == EX_OK)
		status = action->run(&ctl, pool, &o);
	pool_free(pool);
	return ctl_close(&ctl, status);
}
