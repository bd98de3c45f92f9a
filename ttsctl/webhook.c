#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../common/work/kick.h"
#include "../store/webhook.h"
#include "ctl.h"
#include "out.h"
#include "ttsctl.h"

#define PAGE 128

struct options {
	bool json;
	uint64_t id, event;
};

struct action {
	const char *name;
	bool id, event; /* what it takes */
	int (*run)(const struct ctl *ctl, struct pool *pool, const struct options *o);
};

static const char *
state_of(const struct webhook *w)
{
	if (!w->enabled)
		return w->reason;
	return w->failing.s[0] != '\0' ? "fails" : "enabled";
}

static void
put_json_members(const struct webhook *w)
{
	out_uint("id", w->id);
	out_uint("user", w->user);
	out_string("url", w->url);
	out_string("types", w->types);
	out_string("description", w->description);
	out_bool("enabled", w->enabled);
	out_string("disabled_reason", w->reason);
	out_string("failing_since", w->failing.s);
	out_uint("fanned_seq", w->fanned_seq);
	out_string("created_at", w->created_at.s);
	out_string("updated_at", w->updated_at.s);
}

static void
put_row(const struct webhook *w)
{
	printf("%10" PRIu64 "  %10" PRIu64 "  %-8s  %.19s  ", w->id, w->user, state_of(w),
	    text_moment(w->updated_at.s));
	text_put(w->url);
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
	struct webhook *v = pool_array(pool, PAGE, sizeof *v);
	size_t n = 0;
	enum rc rc = webhook_list_all(ctl->db, pool, l->after, PAGE, v, &n);

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
	*more = n == PAGE;
	return rc;
}

static int
run_list(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct listing l = {.o = o};
	const struct ctl_pages pages = {"list the webhooks", o->json,
	    "        id        user  state     updated              url", list_page, &l};

	return ctl_list(ctl, &pages);
}

/* ---------------------------------------------------------------- show */

static void
put_json_delivery(const struct delivery *d)
{
	out_open(NULL, '{');
	out_uint("id", d->id);
	if (d->seq != 0)
		out_uint("event", d->seq);
	else
		out_null("event");
	out_string("type", d->type);
	out_string("state", delivery_state_name(d->state));
	out_uint("tries", d->tries);
	out_int("status", d->status);
	out_string("run_at", d->run_at.s);
	out_string("error", d->error);
	out_string("answer", d->answer);
	out_close('}');
}

static void
put_delivery(const struct delivery *d)
{
	char event[24] = "-"; /* a test is of none */

	if (d->seq != 0)
		(void)snprintf(event, sizeof event, "%" PRIu64, d->seq);
	printf("%10s  %-8s  %2u  %-28s  %.19s  ", event, delivery_state_name(d->state), d->tries,
	    d->type, text_moment(d->run_at.s));
	text_put(d->error);
	putchar('\n');
}

static void
put_text(const struct webhook *w, const struct delivery *v, size_t n)
{
	printf(
	    "%-12s %" PRIu64 " of user %" PRIu64 ", %s\n", "webhook", w->id, w->user, state_of(w));
	printf("%-12s ", "url");
	text_put(w->url);
	printf("\n%-12s %s\n", "types", w->types[0] != '\0' ? w->types : "all");
	if (w->failing.s[0] != '\0')
		printf("%-12s %.19s\n", "fails since", text_moment(w->failing.s));
	printf("%10s  %-8s  %2s  %-28s  %-19s  %s\n", "event", "state", "n", "type", "not before",
	    "error");
	for (size_t i = 0; i < n; i++)
		put_delivery(&v[i]);
}

static int
run_show(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct delivery *v = pool_array(pool, DELIVERY_PAGE, sizeof *v);
	struct webhook w;
	size_t n = 0;
	enum rc rc = webhook_get_any(ctl->db, pool, o->id, &w);

	if (rc == RC_OK)
		rc = delivery_list(
		    ctl->db, pool, 0, o->id, DELIVERY_STATES, 0, DELIVERY_PAGE, v, &n);
	if (rc != RC_OK)
		return ctl_status("show the webhook", rc);
	if (!o->json) {
		put_text(&w, v, n);
		return EX_OK;
	}
	out_open(NULL, '{');
	put_json_members(&w);
	out_open("deliveries", '[');
	for (size_t i = 0; i < n; i++)
		put_json_delivery(&v[i]);
	out_close(']');
	out_close('}');
	return EX_OK;
}

/* ---------------------------------------------------------------- changing */

/* How the webhook is after the change. */
static int
tell_changed(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct webhook w;
	enum rc rc;

	if (!o->json)
		return EX_OK;
	rc = webhook_get_any(ctl->db, pool, o->id, &w);
	if (rc != RC_OK)
		return ctl_status("show the webhook", rc);
	out_open(NULL, '{');
	put_json_members(&w);
	out_close('}');
	return EX_OK;
}

static int
set_enabled(const struct ctl *ctl, struct pool *pool, const struct options *o, bool enabled)
{
	enum rc rc = webhook_set_enabled(ctl->db, pool, o->id, enabled);

	if (rc == RC_OK && enabled)
		kick_notify(ctl->conf);
	if (rc == RC_OK)
		return tell_changed(ctl, pool, o);
	return ctl_status(enabled ? "enable the webhook" : "disable the webhook", rc);
}

static int
run_enable(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	return set_enabled(ctl, pool, o, true);
}

static int
run_disable(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	return set_enabled(ctl, pool, o, false);
}

static int
run_redeliver(const struct ctl *ctl, struct pool *pool, const struct options *o)
{
	struct delivery d = {0};
	enum rc rc = delivery_again(ctl->db, pool, 0, o->id, o->event, &d);

	if (rc != RC_OK)
		return ctl_status("send the event again", rc);
	kick_notify(ctl->conf);
	if (o->json)
		put_json_delivery(&d);
	return EX_OK;
}

/* ---------------------------------------------------------------- the command */

static const struct action actions[] = {
    {"list", false, false, run_list},
    {"show", true, false, run_show},
    {"enable", true, false, run_enable},
    {"disable", true, false, run_disable},
    {"redeliver", true, true, run_redeliver},
};

static bool
parse(int argc, char **argv, const struct action *action, struct options *o)
{
	static const struct option longs[] = {{"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};
	int option;

	*o = (struct options){.json = false};
	while ((option = getopt_long(argc, argv, "j", longs, NULL)) != -1) {
		if (option != 'j')
			return false;
		o->json = true;
	}
	if (action->id &&
	    (optind == argc || !ctl_number("webhook", argv[optind++], UINT64_MAX, &o->id)))
		return false;
	if (action->event &&
	    (optind == argc || !ctl_number("event", argv[optind++], UINT64_MAX, &o->event)))
		return false;
	return optind == argc;
}

int
cmd_webhook(const char *conf_path, int argc, char **argv)
{
	const struct action *action = NULL;
	struct pool *pool;
	struct options o;
	struct ctl ctl;
	int status;

	for (size_t i = 0; argc > 1 && i < sizeof actions / sizeof *actions; i++)
		if (strcmp(argv[1], actions[i].name) == 0)
			action = &actions[i];
	if (action == NULL || !parse(argc - 1, argv + 1, action, &o))
		return ctl_usage("webhook");
	pool = pool_new();
	status = ctl_open(&ctl, conf_path);
	if (status == EX_OK)
		status = action->run(&ctl, pool, &o);
	pool_free(pool);
	return ctl_close(&ctl, status);
}
