#include "oracle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The injected events, one per line:
 *   charge ID REVISION ATTEMPTS CRASHES   the sentence is charged this much in addition
 *   fails ID                              it cannot be spoken, for a reason that charges no crash
 *   reset ID                              a retry was accepted: earlier charges no longer count
 */
struct event {
	enum { CHARGE, FAILS, RESET } kind;
	uint64_t id, revision, attempts, crashes;
};

static struct event *events;
static size_t events_n, events_max;

static void
add(const struct event *event)
{
	if (events_n == events_max) {
		events_max = events_max == 0 ? 1024 : events_max * 2;
		events = realloc(events, events_max * sizeof events[0]);
		if (events == NULL)
			give_up("out of memory");
	}
	events[events_n++] = *event;
}

void
charges_read(struct pool *pool, const char *path)
{
	size_t len = 0;
	char *data = (char *)file_read(pool, path, &len), *line;

	if (data == NULL)
		give_up("cannot read %s", path);
	while ((line = strsep(&data, "\n")) != NULL) {
		struct event e = {0};

		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (sscanf(line, "charge %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &e.id,
			&e.revision, &e.attempts, &e.crashes) == 4)
			e.kind = CHARGE;
		else if (sscanf(line, "fails %" SCNu64, &e.id) == 1)
			e.kind = FAILS;
		else if (sscanf(line, "reset %" SCNu64, &e.id) == 1)
			e.kind = RESET;
		else
			give_up("%s: cannot understand \"%s\"", path, line);
		add(&e);
	}
}

/* The state that the events imply for a row. */
static struct event
expected(const struct row *row)
{
	struct event sum = {.kind = CHARGE, .id = row->id, .revision = row->revision};

	for (size_t i = 0; i < events_n; i++) {
		const struct event *e = &events[i];

		if (e->id != row->id)
			continue;
		if (e->kind == RESET)
			sum.attempts = sum.crashes = 0;
		if (e->kind == FAILS)
			sum.kind = FAILS;
		if (e->kind == CHARGE && e->revision == row->revision) {
			sum.attempts += e->attempts;
			sum.crashes += e->crashes;
		}
	}
	return sum;
}

void
check_charges(const struct conf *conf, const struct snapshot *s)
{
	uint64_t max_crashes = (uint64_t)conf->scheduler.max_crashes;
	uint64_t max_attempts = (uint64_t)conf->scheduler.max_attempts;

	for (size_t i = 0; i < s->rows_n; i++) {
		const struct row *row = &s->rows[i];
		struct event e = expected(row);

		if (row->crashes != e.crashes || (e.kind != FAILS && row->attempts != e.attempts))
			broken(I8,
			    "audio %" PRIu64 " r%" PRIu64 " (%s) is charged %" PRIu64
			    " attempts and %" PRIu64 " crashes instead of %" PRIu64 " and %" PRIu64,
			    row->id, row->revision, row->state, row->attempts, row->crashes,
			    e.attempts, e.crashes);
		if (strcmp(row->state, "failed") == 0 && e.kind != FAILS &&
		    e.crashes < max_crashes && e.attempts < max_attempts)
			broken(I8,
			    "audio %" PRIu64 " r%" PRIu64 " failed for no fault of its own: %s",
			    row->id, row->revision, row->error);
		if (strcmp(row->state, "ready") == 0 && e.crashes >= max_crashes)
			broken(I8,
			    "audio %" PRIu64 " r%" PRIu64 " is ready after %" PRIu64 " crashes",
			    row->id, row->revision, e.crashes);
	}
}
