#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "out.h"
#include "report.h"

#define REPORT_RUNS 5 /* shown as text */

/* The time to finish the queue at the current rate. */
static uint64_t
left_sec(const struct report *r)
{
	return (uint64_t)((double)(r->queue.pending + r->queue.claimed) / r->rate + 0.5);
}

static bool
has_left(const struct report *r)
{
	return r->has_rate && r->rate > 0 && r->queue.pending + r->queue.claimed > 0;
}

/* ---------------------------------------------------------------- for people */

static void
put_queue(const struct report *r)
{
	const struct queue_numbers *q = &r->queue;
	const struct admin_content *c = &r->content;

	printf("%-12s %s, %s, %s of sound\n", "content",
	    text_count(c->projects, "project", "projects"),
	    text_count(c->sentences, "sentence", "sentences"), text_span(c->duration_ms / 1000));
	printf("%-12s %s%s%s\n", "users", text_uint(c->users),
	    c->disabled > 0 ? ", disabled: " : "", c->disabled > 0 ? text_uint(c->disabled) : "");
	printf("%-12s pending %s, claimed %s, ready %s, failed %s\n", "queue",
	    text_uint(q->pending), text_uint(q->claimed), text_uint(q->ready),
	    text_uint(q->failed));
	if (q->pending > 0)
		printf("%-12s %s\n", "oldest wait", text_span(q->oldest_sec));
	if (r->has_rate)
		printf("%-12s %.1f sentences a second%s%s\n", "rate", r->rate,
		    has_left(r) ? ", done in " : "", has_left(r) ? text_span(left_sec(r)) : "");
	if (c->trash > 0)
		printf("%-12s %s, the oldest for %s%s\n", "trash",
		    text_count(c->trash, "entry", "entries"), text_span(c->trash_oldest_sec),
		    c->trash_stuck == 0 ? ""
					: pool_printf(r->pool, "; %s could not be removed",
					      text_uint(c->trash_stuck)));
}

static void
put_site(const struct report *r)
{
	const char *url = r->conf->http.url;

	if (url[0] == '\0')
		return;
	if (report_site_answers(r))
		printf("%-12s %s answers\n", "site", url);
	else if (r->site.error != 0)
		printf("%-12s %s: %s\n", "site", url, strerror(r->site.error));
	else
		printf("%-12s %s answers %d\n", "site", url, r->site.status);
}

static void
put_host(const struct report *r)
{
	const struct host *h = &r->host;

	printf("%-12s %s", "media", r->conf->media.root);
	if (h->has_space)
		printf(", %s of %s free", text_bytes(h->bytes_free), text_bytes(h->bytes));
	printf("%s\n", h->root_error != 0 ? ", cannot be used" : "");
	if (h->tombstones > 0)
		printf("%-12s %s\n", "tombstones", text_uint(h->tombstones));
	printf("%-12s ", "renderer");
	if (!h->locked && !r->is_hour)
		printf("at rest until %.5s", r->conf->scheduler.hours);
	else if (!h->locked)
		printf("at rest");
	else if (h->pid > 0)
		printf("at work on this host, process %d", h->pid);
	else
		printf("at work on this host");
	if (r->has_runs)
		printf(", seen %s ago", text_span(r->seen_sec));
	putchar('\n');
}

static void
put_runs(const struct report *r)
{
	if (r->runs_n > 0)
		printf("\n%-20s %9s %9s %9s %7s %7s %7s %10s  %s\n", "last runs", "took", "claimed",
		    "ready", "failed", "again", "stale", "sound", "end");
	for (size_t i = 0; i < r->runs_n && i < REPORT_RUNS; i++) {
		const struct render_note *n = &r->runs[i];
		uint64_t ms = n->run.ended > n->run.began ? n->run.ended - n->run.began : 0;

		printf("%-20.20s %7.1f s %9s %9s %7s %7s %7s %10s  %s\n",
		    text_time(n->run.began / 1000), (double)ms / 1000, text_uint(n->claimed),
		    text_uint(n->ready), text_uint(n->failed), text_uint(n->retried),
		    text_uint(n->stale), text_span(n->sound_ms / 1000), run_end_name(n->run.end));
	}
}

static void
put_shares(const struct report *r)
{
	if (r->users_n > 0)
		printf("\n%10s %10s  %s\n", "waiting", "failed", "user");
	for (size_t i = 0; i < r->users_n; i++) {
		printf("%10s %10s  %" PRIu64 " ", text_uint(r->users[i].n),
		    text_uint(r->users[i].other), r->users[i].id);
		text_put(r->users[i].name);
		putchar('\n');
	}
	if (r->hosts_n > 0)
		printf("\n%10s %10s  %s\n", "claimed", "overdue", "host");
	for (size_t i = 0; i < r->hosts_n; i++) {
		printf("%10s %10s  ", text_uint(r->hosts[i].n), text_uint(r->hosts[i].other));
		text_put(r->hosts[i].name);
		putchar('\n');
	}
	if (r->errors_n > 0)
		printf("\n%10s  %s\n", "failed", "reason");
	for (size_t i = 0; i < r->errors_n; i++) {
		printf("%10s  ", text_uint(r->errors[i].n));
		text_put(r->errors[i].name);
		putchar('\n');
	}
}

void
report_text(const struct report *r)
{
	bool wrong = false;

	if (r->rc == RC_OK) {
		printf("%-12s version %d\n", "schema", r->schema);
		put_queue(r);
	}
	put_site(r);
	put_host(r);
	report_work_text(r);
	report_notify_text(r);
	report_pipeline_text(r);
	report_tier_text(r);
	report_stream_text(r);
	put_runs(r);
	if (r->rc == RC_OK)
		put_shares(r);
	putchar('\n');
	for (size_t i = 0; i < r->findings_n; i++) {
		const struct finding *f = &r->findings[i];

		wrong = wrong || f->wrong;
		fputs(f->wrong ? "WRONG: " : "note: ", stdout);
		text_put(f->what);
		putchar('\n');
		if (f->todo != NULL)
			printf("       %s\n", f->todo);
	}
	if (!wrong)
		puts("all is well");
}

/* ---------------------------------------------------------------- for programs */

static void
put_json_shares(const char *name, const struct admin_share *v, size_t n, const char *const keys[3])
{
	out_open(name, '[');
	for (size_t i = 0; i < n; i++) {
		out_open(NULL, '{');
		if (v[i].id != 0)
			out_uint("id", v[i].id);
		out_string(keys[0], v[i].name);
		out_uint(keys[1], v[i].n);
		if (keys[2] != NULL)
			out_uint(keys[2], v[i].other);
		out_close('}');
	}
	out_close(']');
}

static void
put_json_queue(const struct report *r)
{
	const struct queue_numbers *q = &r->queue;
	const struct admin_content *c = &r->content;
	const struct {
		const char *name;
		uint64_t n;
	} numbers[] = {
	    {"users", c->users},
	    {"users_disabled", c->disabled},
	    {"projects", c->projects},
	    {"sentences", c->sentences},
	    {"duration_ms", c->duration_ms},
	    {"pending", q->pending},
	    {"pending_later", q->later},
	    {"pending_stranded", q->stranded},
	    {"claimed", q->claimed},
	    {"ready", q->ready},
	    {"failed", q->failed},
	    {"oldest_sec", q->oldest_sec},
	    {"trash", c->trash},
	    {"trash_oldest_sec", c->trash_oldest_sec},
	    {"trash_stuck", c->trash_stuck},
	};

	out_uint("schema", (uint64_t)r->schema);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		out_uint(numbers[i].name, numbers[i].n);
	if (r->has_rate)
		out_real("rate_per_sec", r->rate);
	else
		out_null("rate_per_sec");
	if (has_left(r))
		out_uint("left_sec", left_sec(r));
	else
		out_null("left_sec");
	put_json_shares(
	    "by_user", r->users, r->users_n, (const char *const[]){"email", "waiting", "failed"});
	put_json_shares(
	    "by_host", r->hosts, r->hosts_n, (const char *const[]){"host", "claimed", "overdue"});
	put_json_shares(
	    "by_error", r->errors, r->errors_n, (const char *const[]){"error", "failed", NULL});
}

static void
put_json_run(const struct render_note *n)
{
	out_open(NULL, '{');
	out_time("began", n->run.began / 1000);
	out_time("ended", n->run.ended / 1000);
	out_string("end", run_end_name(n->run.end));
	out_uint("claimed", n->claimed);
	out_uint("ready", n->ready);
	out_uint("failed", n->failed);
	out_uint("retried", n->retried);
	out_uint("released", n->released);
	out_uint("stale", n->stale);
	out_uint("sound_ms", n->sound_ms);
	out_close('}');
}

static void
put_json_site(const struct report *r)
{
	const char *url = r->conf->http.url;

	out_open("site", '{');
	out_string("url", url);
	if (url[0] == '\0')
		out_null("answers");
	else
		out_bool("answers", report_site_answers(r));
	if (r->site.status != 0)
		out_uint("status", (uint64_t)r->site.status);
	else
		out_null("status");
	out_close('}');
}

static void
put_json_host(const struct report *r)
{
	const struct host *h = &r->host;

	out_open("media", '{');
	out_string("root", r->conf->media.root);
	out_bool("usable", h->root_error == 0);
	if (h->has_space) {
		out_uint("bytes", h->bytes);
		out_uint("bytes_free", h->bytes_free);
		out_uint("inodes", h->inodes);
		out_uint("inodes_free", h->inodes_free);
	}
	out_uint("tombstones", h->tombstones);
	out_close('}');
	out_open("renderer", '{');
	out_bool("at_work", h->locked);
	out_string("hours", r->conf->scheduler.hours);
	out_bool("is_hour", r->is_hour);
	if (h->pid > 0)
		out_uint("pid", (uint64_t)h->pid);
	else
		out_null("pid");
	if (r->has_runs)
		out_uint("seen_sec", r->seen_sec);
	else
		out_null("seen_sec");
	out_open("runs", '[');
	for (size_t i = 0; i < r->runs_n; i++)
		put_json_run(&r->runs[i]);
	out_close(']');
	out_close('}');
}

void
report_json(const struct report *r)
{
	out_open(NULL, '{');
	out_bool("set_up", r->rc != RC_SCHEMA || r->schema > 0);
	out_bool("database", r->rc == RC_OK);
	if (r->rc == RC_OK)
		put_json_queue(r);
	put_json_site(r);
	put_json_host(r);
	report_work_json(r);
	report_notify_json(r);
	report_pipeline_json(r);
	report_tier_json(r);
	report_stream_json(r);
	out_open("findings", '[');
	for (size_t i = 0; i < r->findings_n; i++) {
		out_open(NULL, '{');
		out_bool("wrong", r->findings[i].wrong);
		out_string("what", r->findings[i].what);
		if (r->findings[i].todo != NULL)
			out_string("todo", r->findings[i].todo);
		else
			out_null("todo");
		out_close('}');
	}
	out_close(']');
	out_close('}');
}
