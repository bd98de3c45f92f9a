#include "oracle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* I11: every change has its event, exactly one, in order for its user. */

/* What the events say of a sentence or of a project. */
struct told {
	uint64_t id;
	const struct event_row *last;	   /* of a sentence, but not that it was changed in bulk */
	const struct event_row *bulk;	   /* of a project: the last that queued many sentences */
	const struct event_row *completed; /* of a project, as long as it is complete */
	uint64_t created;
	uint64_t edited; /* times, of a sentence */
	bool mixed;	 /* of a project: a dictionary has changed revisions in it */
	bool inserted, deleted;
};

/* By id; there are at least twice as many places as things. */
struct table {
	struct told *v;
	size_t size;
};

static struct told *
table_at(const struct table *t, uint64_t id)
{
	size_t i = (id * UINT64_C(0x9e3779b97f4a7c15)) % t->size;

	while (t->v[i].id != 0 && t->v[i].id != id)
		i = (i + 1) % t->size;
	t->v[i].id = id;
	return &t->v[i];
}

static struct table
table_new(struct pool *pool, size_t n)
{
	return (struct table){pool_array(pool, 2 * n + 1, sizeof(struct told)), 2 * n + 1};
}

static bool
is(const struct event_row *e, const char *type)
{
	return e != NULL && strcmp(e->type, type) == 0;
}

static void
complain(const struct event_row *e, const char *what)
{
	broken(I11,
	    "event %" PRIu64 " of user %" PRIu64 ", %s of audio %" PRIu64 " of project %" PRIu64
	    ": %s",
	    e->seq, e->user, e->type, e->audio, e->project, what);
}

/* ---------------------------------------------------------------- one after the other */

/* E tells what a renderer came to. The same revision comes to something again only if it was queued
 * again. */
static void
take_result(const struct event_row *e, struct told *a, const struct told *p)
{
	const struct event_row *before = a->last;

	if (!is(before, "audio.ready") && !is(before, "audio.failed"))
		return;
	if (e->revision < before->revision)
		complain(e, "an older revision than before");
	if (e->revision == before->revision && (p->bulk == NULL || p->bulk->seq < before->seq))
		complain(e, "told before");
}

static void
take_change(const struct event_row *e, struct told *a)
{
	if (strcmp(e->change, "edited") != 0)
		return;
	a->edited++;
	if (a->last != NULL && e->revision <= a->last->revision)
		complain(e, "no newer revision than before");
}

static void
take_audio(const struct event_row *e, struct told *a, struct told *p)
{
	if (a->deleted || p->deleted)
		complain(e, "it is deleted already");
	if (strcmp(e->change, "moved") == 0)
		return; /* neither its text nor its sound has changed */
	if (is(e, "audio.ready") || is(e, "audio.failed"))
		take_result(e, a, p);
	else if (is(e, "audio.changed"))
		take_change(e, a);
	else if (is(e, "audio.inserted") && a->last != NULL)
		complain(e, "it was there before");
	a->inserted |= is(e, "audio.inserted");
	a->deleted |= is(e, "audio.deleted");
	a->last = e;
	if (is(e, "audio.changed") || is(e, "audio.inserted"))
		p->completed = NULL;
}

static void
take_project(const struct event_row *e, struct told *p)
{
	if (strncmp(e->type, "project.", 8) != 0)
		return;
	if (p->deleted)
		complain(e, "it is deleted already");
	if (is(e, "project.deleted")) {
		p->deleted = true;
	} else if (is(e, "project.changed")) {
		p->bulk = e;
		p->created += strcmp(e->change, "created") == 0;
		p->mixed |= strcmp(e->change, "pronunciation") == 0;
		p->completed = NULL;
	} else {
		if (p->completed != NULL)
			complain(e, "complete before");
		p->completed = e;
	}
}

/* ---------------------------------------------------------------- as it is now */

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static void
check_row(const struct row *row, const struct told *a, const struct told *p)
{
	const struct event_row *e = a->last;
	bool ready = strcmp(row->state, "ready") == 0, failed = strcmp(row->state, "failed") == 0;
	bool told = (is(e, "audio.ready") || is(e, "audio.failed")) && e->revision == row->revision;
	bool again = told && p->bulk != NULL && p->bulk->seq > e->seq;

	if (ready && !(told && is(e, "audio.ready") && row->path != NULL &&
			 ends_in(e->path, row->path) && e->duration_ms == row->duration_ms))
		broken(
		    I11, "audio %" PRIu64 " is ready, and its last event does not say so", row->id);
	if (failed && !(told && is(e, "audio.failed")))
		broken(
		    I11, "audio %" PRIu64 " failed, and its last event does not say so", row->id);
	if (!ready && !failed && told && !again)
		broken(I11, "audio %" PRIu64 " is %s, and its last event says %s", row->id,
		    row->state, e->type);
	if (!p->mixed && row->revision != a->edited + 1)
		broken(I11,
		    "audio %" PRIu64 " has revision %" PRIu64 ", and %" PRIu64 " edits were told",
		    row->id, row->revision, a->edited);
	if (a->deleted)
		broken(I11, "audio %" PRIu64 " is there, and was told to be deleted", row->id);
}

/* How many sentences a project should have according to the events. */
static void
check_project(const struct project_row *row, const struct told *p)
{
	bool complete = row->sentences > 0 && row->ready + row->failed == row->sentences;
	const char *type = row->failed > 0 ? "project.completed_with_errors" : "project.completed";

	if (p->created != 1)
		broken(I11, "project %" PRIu64 " was told %" PRIu64 " times to be new", row->id,
		    p->created);
	if (p->deleted)
		broken(I11, "project %" PRIu64 " is there, and was told to be deleted", row->id);
	if (complete && p->completed == NULL)
		broken(I11, "project %" PRIu64 " is complete, and nobody was told", row->id);
	/* Sentences of a complete project may be deleted, also those that failed. */
	if (complete && row->failed > 0 && !is(p->completed, type) && p->completed != NULL)
		broken(I11, "project %" PRIu64 " has errors, and it was told that it has none",
		    row->id);
	if (!complete && row->sentences > 0 && p->completed != NULL)
		broken(I11, "project %" PRIu64 " is not complete, and was told to be", row->id);
}

/* The numbers of each user are those of the counter, without gaps. */
static void
check_numbers(const struct snapshot *s)
{
	size_t e = 0;

	for (size_t i = 0; i < s->counters_n; i++) {
		const struct counter_row *c = &s->counters[i];
		uint64_t next = c->oldest;

		if (!c->there)
			broken(I11, "user %" PRIu64 " has no counter of events", c->user);
		while (e < s->events_n && s->events[e].user < c->user)
			e++;
		for (; e < s->events_n && s->events[e].user == c->user; e++) {
			if (s->events[e].seq != next)
				broken(I11, "user %" PRIu64 " has event %" PRIu64 " after %" PRIu64,
				    c->user, s->events[e].seq, next - 1);
			next = s->events[e].seq + 1;
		}
		if (c->there && next != c->seq + 1)
			broken(I11,
			    "user %" PRIu64 " has events up to %" PRIu64 ", counted to %" PRIu64,
			    c->user, next - 1, c->seq);
	}
}

void
check_events(struct pool *pool, const struct snapshot *s)
{
	struct table audios = table_new(pool, s->events_n + s->rows_n);
	struct table projects = table_new(pool, s->events_n + s->projects_n + s->rows_n);

	check_numbers(s);
	for (size_t i = 0; i < s->events_n; i++) {
		const struct event_row *e = &s->events[i];

		if (e->audio != 0)
			take_audio(e, table_at(&audios, e->audio), table_at(&projects, e->project));
		else if (e->project != 0)
			take_project(e, table_at(&projects, e->project));
	}
	for (size_t i = 0; i < s->rows_n; i++)
		check_row(&s->rows[i], table_at(&audios, s->rows[i].id),
		    table_at(&projects, s->rows[i].project));
	for (size_t i = 0; i < s->projects_n; i++)
		check_project(&s->projects[i], table_at(&projects, s->projects[i].id));
	for (size_t i = 0; i < audios.size; i++) {
		const struct told *a = &audios.v[i];

		if (a->last != NULL && !a->deleted && row_find(s, a->id) == NULL &&
		    project_find(s, a->last->project) != NULL)
			complain(a->last, "it is gone, and nobody was told");
	}
	for (size_t i = 0; i < projects.size; i++)
		if (projects.v[i].created > 0 && !projects.v[i].deleted &&
		    project_find(s, projects.v[i].id) == NULL)
			broken(I11, "project %" PRIu64 " is gone, and nobody was told",
			    projects.v[i].id);
}
