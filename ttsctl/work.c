#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/log.h"
#include "../common/work/kick.h"
#include "../store/work.h"
#include "ctl.h"
#include "out.h"
#include "ttsctl.h"

#define TRIES_SHOWN 20

struct options {
	bool json, all;
	uint64_t id; /* 0: not given */
};

struct action {
	const char *name;
	const char *options; /* the letters of those it takes */
	bool id;	     /* it takes the number of a piece of work, unless --all is given */
	int (*run)(const struct ctl *ctl, struct pool *pool, const struct options *o);
};

static void
put_number(const char *name, uint64_t n)
{
	if (n != 0)
		out_uint(name, n);
	else
		out_null(name);
}

/* ---------------------------------------------------------------- list and show */

static void
put_json_members(const struct work *w)
{
	out_uint("id", w->id);
	out_string("kind", work_kind_name(w->kind));
	out_string("state", work_state_name(w->state));
	put_number("user", w->user);
	out_uint("object", w->object);
	put_number("parent", w->parent);
	out_string("created_at", w->created_at.s);
	out_string("updated_at", w->updated_at.s);
	out_string("run_at", w->run_at.s);
	out_string("host", w->host);
	out_uint("tries", w->tries);
	out_uint("progress", w->progress);
	put_number("total", w->total);
	out_uint("changed", w->changed);
	out_string("error_class", w->error_class);
	out_string("error", w->error);
}

/* "1,234 of 5,678", or how many without an end that is known. */
static void
put_progress(const struct work *w, int width)
{
	char text[64];

	if (w->total > 0)
		snprintf(
		    text, sizeof text, "%s of %s", text_uint(w->progress), text_uint(w->total));
	else
		snprintf(text, sizeof text, "%s", text_uint(w->progress));
	printf("%*s", width, text);
}

static void
put_row(const struct work *w)
{
	printf("%10" PRIu64 "  %-9s  %-14s  %10" PRIu64 "  ", w->id, work_state_name(w->state),
	    work_kind_name(w->kind), w->object);
	put_progress(w, 22);
	printf("  %5u  %.19s  ", w->tries, text_moment(w->updated_at.s));
	text_put(w->error[0] != '\0' ? w->error : w->host);
	putchar('\n');
}

/* Where a list is. */
struct listing {
	const struct options *o;
	uint64_t after;
};

static enum rc
list_page(const struct ctl *ctl, struct pool *pool, void *ctx, bool *more)
{
	struct listing *l = ctx;
	struct work *v = pool_array(pool, WORK_LIST_MAX, sizeof *v);
	size_t n = 0;
	enum rc rc = work_list(ctl->db, pool, !l->o->all, l->after, v, &n);

	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		l->after = v[i].id;
		if (l->o->json) {
			out_open(NULL, '{');
			put_json_members(&v[i]);
			out_close('}');
		} else {
			put_row(&v[i]);
		}
	}
	*more = n == WORK_LIST_MAX;
	return rc;
}

static int
run_list(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct listing l = {.o = o};
	const struct ctl_pages pages = {"list the work", o->json,
	    "        id  state      kind                object                progress  tries"
	    "  updated              host or error",
	    list_page, &l};

	return ctl_list(ctl, &pages);
}

static void
put_json_try(const struct work_try *t)
{
	out_open(NULL, '{');
	out_uint("n", t->n);
	out_string("host", t->host);
	out_string("began_at", t->began_at.s);
	if (t->ended_at.s[0] != '\0')
		out_string("ended_at", t->ended_at.s);
	else
		out_null("ended_at");
	out_string("outcome", t->outcome);
	out_string("error_class", t->error_class);
	put_number("status", (uint64_t)t->status);
	out_string("answer", t->answer);
	out_close('}');
}

static void
put_text(const struct work *w, const struct work_try *tries, size_t n)
{
	printf("%-10s %" PRIu64 ", %s %" PRIu64 "\n", "work", w->id, work_kind_name(w->kind),
	    w->object);
	printf("%-10s %s\n", "state", work_state_name(w->state));
	if (w->user != 0)
		printf("%-10s %" PRIu64 "\n", "user", w->user);
	if (w->parent != 0)
		printf("%-10s %" PRIu64 "\n", "for work", w->parent);
	printf("%-10s %s\n", "created", text_moment(w->created_at.s));
	printf("%-10s %s\n", "updated", text_moment(w->updated_at.s));
	if (w->state == WORK_STATE_PENDING)
		printf("%-10s %s\n", "not before", text_moment(w->run_at.s));
	printf("%-10s ", "progress");
	put_progress(w, 0);
	if (w->changed > 0)
		printf(", %s changed", text_uint(w->changed));
	putchar('\n');
	if (w->error[0] != '\0') {
		printf("%-10s ", "error");
		text_put(w->error);
		putchar('\n');
	}
	if (n > 0)
		printf("\n%6s  %-24s  %-24s  %-9s  %s\n", "begun", "from", "to", "outcome", "host");
	for (size_t i = 0; i < n; i++) {
		printf("%6" PRIu64 "  %-24s  %-24s  %-9s  ", tries[i].n,
		    text_moment(tries[i].began_at.s), text_moment(tries[i].ended_at.s),
		    tries[i].outcome);
		text_put(tries[i].host);
		putchar('\n');
	}
}

/* EX_OK, or the status to exit with. */
static int
find(const struct ctl *ctl, struct pool *pool, uint64_t id, struct work *w)
{
	enum rc rc = work_get(ctl->db, pool, id, w);

	if (rc == RC_NOT_FOUND) {
		log_error("there is no work %" PRIu64, id);
		return EX_NOINPUT;
	}
	return ctl_status("find the work", rc);
}

static int
run_show(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct work_try tries[TRIES_SHOWN];
	size_t n = 0;
	struct work w;
	int status = find(ctl, pool, o->id, &w);

	if (status == EX_OK)
		status = ctl_status(
		    "read its history", work_tries(ctl->db, pool, o->id, TRIES_SHOWN, tries, &n));
	if (status != EX_OK)
		return status;
	if (!o->json) {
		put_text(&w, tries, n);
		return EX_OK;
	}
	out_open(NULL, '{');
	put_json_members(&w);
	out_open("begun", '[');
	for (size_t i = 0; i < n; i++)
		put_json_try(&tries[i]);
	out_close(']');
	out_close('}');
	return EX_OK;
}

/* ---------------------------------------------------------------- retry and cancel */

static void
tell_changed(const struct options *o, const char *name, const char *text, uint64_t n)
{
	if (o->json) {
		out_open(NULL, '{');
		out_uint(name, n);
		out_close('}');
	} else {
		printf("%s %s\n", text_count(n, "piece of work", "pieces of work"), text);
	}
}

/* Everything that has failed; what was taken up again by somebody else meanwhile is no error. */
static enum rc
retry_failed(const struct ctl *ctl, struct pool *pool, uint64_t *n)
{
	struct work *v = pool_array(pool, WORK_LIST_MAX, sizeof *v);
	uint64_t after = 0;
	size_t listed = 0;
	enum rc rc;

	do {
		rc = work_list(ctl->db, pool, true, after, v, &listed);
		for (size_t i = 0; i < listed && rc == RC_OK; i++) {
			after = v[i].id;
			if (v[i].state != WORK_STATE_FAILED)
				continue;
			rc = work_retry(ctl->db, v[i].id);
			*n += rc == RC_OK;
			if (rc == RC_NOT_FAILED || rc == RC_DUPLICATE || rc == RC_NOT_FOUND)
				rc = RC_OK;
		}
	} while (rc == RC_OK && listed == WORK_LIST_MAX);
	return rc;
}

static int
run_retry(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	uint64_t n = 0;
	struct work w;
	enum rc rc;

	if (o->all) {
		rc = retry_failed(ctl, pool, &n);
	} else {
		int status = find(ctl, pool, o->id, &w);

		if (status != EX_OK)
			return status;
		rc = work_retry(ctl->db, o->id);
		n = rc == RC_OK;
	}
	if (n > 0)
		kick_work(ctl->conf);
	if (rc == RC_NOT_FAILED) {
		log_error("work %" PRIu64 " has neither failed nor is it waiting to be tried again",
		    o->id);
		return EX_DATAERR;
	}
	if (rc == RC_DUPLICATE) {
		log_error("there is newer work of this kind for the same object");
		return EX_DATAERR;
	}
	if (rc == RC_OK)
		tell_changed(o, "queued", "queued again", n);
	return ctl_status("queue it again", rc);
}

static int
run_cancel(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct work w;
	int status = find(ctl, pool, o->id, &w);
	enum rc rc;

	if (status != EX_OK)
		return status;
	rc = work_cancel(ctl->db, o->id);
	if (rc == RC_NOT_CANCELLABLE) {
		log_error(w.state == WORK_STATE_DONE || w.state == WORK_STATE_CANCELLED
			      ? "work %" PRIu64 " is finished"
			      : "work %" PRIu64 " cannot be cancelled: what is half deleted "
				"cannot stay",
		    o->id);
		return EX_DATAERR;
	}
	if (rc == RC_OK)
		tell_changed(o, "cancelled", "cancelled", 1);
	return ctl_status("cancel it", rc);
}

/* ---------------------------------------------------------------- the command line */

static bool
parse(int argc, char **argv, const struct action *action, struct options *o)
{
	static const struct option longs[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"all", no_argument, NULL, 'a'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	*o = (struct options){.json = false};
	while ((option = getopt_long(argc, argv, "ja", longs, NULL)) != -1) {
		if (strchr(action->options, option) == NULL)
			return false;
		if (option == 'j')
			o->json = true;
		else
			o->all = true;
	}
	if (action->id && !o->all &&
	    (optind == argc || !ctl_number("work", argv[optind++], UINT64_MAX, &o->id)))
		return false;
	return optind == argc;
}

int
cmd_work(const char *conf_path, int argc, char **argv)
{
	static const struct action actions[] = {
	    {"list", "ja", false, run_list},
	    {"show", "j", true, run_show},
	    {"retry", "ja", true, run_retry},
	    {"cancel", "j", true, run_cancel},
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
		return ctl_usage("work");
	pool = pool_new();
	status = ctl_open(&ctl, conf_path);
	if (status == EX_OK)
		status = action->run(&ctl, pool, &o);
	pool_free(pool);
	return ctl_close(&ctl, status);
}
