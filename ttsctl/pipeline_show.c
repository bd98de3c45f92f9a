#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "out.h"
#include "pipeline.h"

#define TRIES_SHOWN 20

static void
put_string_or_null(const char *name, const char *s)
{
	if (s[0] != '\0')
		out_string(name, s);
	else
		out_null(name);
}

static void
put_line(const char *name, const char *s)
{
	if (s[0] == '\0')
		return;
	printf("%-10s ", name);
	text_put(s);
	putchar('\n');
}

/* ---------------------------------------------------------------- tries */

void
pipeline_json_tries(const struct stage_try *v, size_t n)
{
	out_open("tries", '[');
	for (size_t i = 0; i < n; i++) {
		out_open(NULL, '{');
		out_uint("n", v[i].n);
		out_string("step", v[i].step);
		out_string("host", v[i].host);
		out_string("began_at", v[i].began_at.s);
		put_string_or_null("ended_at", v[i].ended_at.s);
		out_string("outcome", v[i].outcome);
		out_string("error_class", v[i].error_class);
		out_string("error", v[i].error);
		if (v[i].status != 0)
			out_int("status", v[i].status);
		else
			out_null("status");
		out_string("answer", v[i].answer);
		out_close('}');
	}
	out_close(']');
}

void
pipeline_text_tries(const struct stage_try *v, size_t n)
{
	if (n > 0)
		printf("%4s  %-5s  %-19s  %-19s  %-8s  %-15s  %s\n", "try", "step", "from", "to",
		    "outcome", "class", "host, what happened");
	for (size_t i = 0; i < n; i++) {
		printf("%4" PRIu64 "  %-5s  %.19s  %-19.19s  %-8s  %-15s  ", v[i].n, v[i].step,
		    text_moment(v[i].began_at.s), text_moment(v[i].ended_at.s), v[i].outcome,
		    v[i].error_class);
		text_put(v[i].host);
		if (v[i].status != 0)
			printf(", status %d", v[i].status);
		if (v[i].error[0] != '\0') {
			printf(": ");
			text_put(v[i].error);
		}
		putchar('\n');
		if (v[i].answer[0] != '\0') {
			printf("%6s", "");
			text_put(v[i].answer);
			putchar('\n');
		}
	}
}

/* ---------------------------------------------------------------- for programs */

static void
put_json_run(const struct admin_run *r)
{
	out_uint("id", r->id);
	out_string("stage", r->stage);
	out_uint("run", r->run);
	out_string("cause", r->cause);
	out_string("state", r->state);
	out_bool("stale", r->stale);
	out_string("step", r->step);
	out_string("engine", r->engine);
	out_uint("tries_charged", r->tries);
	if (r->progress >= 0)
		out_int("progress", r->progress);
	else
		out_null("progress");
	out_string("created_at", r->created_at.s);
	out_string("updated_at", r->updated_at.s);
	out_string("run_at", r->run_at.s);
	put_string_or_null("host", r->host);
	out_string("external_id", r->external_id);
	out_string("error_class", r->error_class);
	out_string("error", r->error);
}

static void
put_json_files(const struct pipeline *p)
{
	out_open("files", '[');
	for (enum stage s = 0; s < STAGES; s++)
		for (size_t i = 0; i < p->runs[s].n_files; i++) {
			const struct pipeline_file *f = &p->runs[s].files[i];

			out_open(NULL, '{');
			out_string("stage", stage_name(s));
			out_string("path", f->path);
			out_string("type", f->type);
			out_bool("chosen", f->chosen);
			out_uint("size_bytes", f->size_bytes);
			out_uint("duration_ms", f->duration_ms);
			out_close('}');
		}
	out_close(']');
}

enum rc
pipeline_json_runs(struct db *db, struct pool *pool, const struct pipeline *p,
    const struct admin_run *runs, size_t n)
{
	struct stage_try tries[TRIES_SHOWN];
	enum rc rc = RC_OK;

	put_json_files(p);
	out_open("runs", '[');
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		size_t tries_n = 0;

		rc = stage_tries(db, pool, runs[i].id, TRIES_SHOWN, tries, &tries_n);
		out_open(NULL, '{');
		put_json_run(&runs[i]);
		pipeline_json_tries(tries, tries_n);
		out_close('}');
	}
	out_close(']');
	return rc;
}

/* ---------------------------------------------------------------- for people */

static void
put_run(const struct admin_run *r)
{
	printf("\nrun %" PRIu64 ": %s %u, %s, %s%s", r->id, r->stage, r->run, r->cause, r->state,
	    r->stale ? ", stale" : "");
	if (r->engine[0] != '\0')
		printf(", by %s", r->engine);
	if (strcmp(r->step, "begin") != 0)
		printf(", step %s", r->step);
	if (r->progress >= 0)
		printf(", %d %%", r->progress);
	if (r->tries > 0)
		printf(", charged %u", r->tries);
	putchar('\n');
	if (strcmp(r->state, "pending") == 0)
		printf("  not before %.19s\n", text_moment(r->run_at.s));
	if (r->external_id[0] != '\0') {
		printf("  at the service: ");
		text_put(r->external_id);
		putchar('\n');
	}
	if (r->error[0] != '\0') {
		printf("  %s: ", r->error_class);
		text_put(r->error);
		putchar('\n');
	}
}

static void
put_head(const struct pipeline *p)
{
	enum stage current;
	enum pipeline_word word = pipeline_overall(p, &current);

	printf("%-10s %" PRIu64 " of user %" PRIu64 "\n", "pipeline", p->id, p->user);
	put_line("task_id", p->task);
	put_line("customer", p->customer_name);
	printf("%-10s %s, at %s\n", "state", pipeline_word_name(word), stage_name(current));
	printf("%-10s ", "stages");
	for (enum stage s = 0; s < STAGES; s++)
		printf("%s%s %s", s > 0 ? ", " : "", stage_name(s),
		    pipeline_word_name(pipeline_stage_word(p, s)));
	putchar('\n');
	if (p->paused[0] != '\0') {
		printf(
		    "%-10s by %s since %.19s: ", "paused", p->paused, text_moment(p->paused_at.s));
		text_put(p->pause_reason);
		putchar('\n');
	}
	printf("%-10s %.19s\n", "created", text_moment(p->created_at.s));
	put_line("started", text_moment(p->started_at.s));
	put_line("expires", text_moment(p->expires_at.s));
	printf("%-10s %s\n", "pictures", text_uint(p->images));
}

static void
put_files(const struct pipeline *p)
{
	for (enum stage s = 0; s < STAGES; s++)
		for (size_t i = 0; i < p->runs[s].n_files; i++) {
			const struct pipeline_file *f = &p->runs[s].files[i];

			printf("%-10s %s, %s, %" PRIu64 ".%01" PRIu64 " s%s\n", stage_name(s),
			    f->path, text_bytes(f->size_bytes), f->duration_ms / 1000,
			    f->duration_ms % 1000 / 100, f->chosen ? "" : ", not chosen");
		}
}

enum rc
pipeline_text(struct db *db, struct pool *pool, const struct pipeline *p,
    const struct admin_run *runs, size_t n)
{
	struct stage_try tries[TRIES_SHOWN];
	enum rc rc = RC_OK;

	put_head(p);
	put_files(p);
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		size_t tries_n = 0;

		rc = stage_tries(db, pool, runs[i].id, TRIES_SHOWN, tries, &tries_n);
		put_run(&runs[i]);
		pipeline_text_tries(tries, tries_n);
	}
	return rc;
}
