#include "client.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#define KNOWN_MAX 5000
#define KEYED 2 /* one insert in so many has an Idempotency-Key */

struct loading {
	struct client *c;
	struct pool *pool;
	uint64_t project;
	struct known known[KNOWN_MAX];
	size_t n;
};

static void
forget(struct loading *l, size_t i)
{
	l->known[i] = l->known[--l->n];
}

static void
op_edit(struct loading *l)
{
	static const int speeds[] = {1, 1, 1, 2, 150, 80};
	struct known *k = &l->known[choose(l->c, l->n)];
	uint64_t if_match = choose(l->c, 4) == 0 ? k->revision : 0;

	do_edit(l->c, l->pool, k->id, NULL, speeds[choose(l->c, sizeof speeds / sizeof speeds[0])],
	    if_match, &k->revision);
}

static void
op_insert(struct loading *l)
{
	uint64_t id, index = choose(l->c, l->n + 1);
	const char *key = NULL;

	if (choose(l->c, KEYED) == 0)
		key = pool_printf(l->pool, "key-%u-%u", l->c->prefix, l->c->serial);
	if (do_insert(l->c, l->pool, l->project, index == 0 ? -1 : (int64_t)index, NULL, key,
		&id) == ACCEPTED &&
	    l->n < KNOWN_MAX)
		l->known[l->n++] = (struct known){id, 1};
}

static void
op_remove(struct loading *l)
{
	size_t i = choose(l->c, l->n);

	if (do_remove(l->c, l->pool, l->known[i].id) != REFUSED)
		forget(l, i);
}

static void
op_look(struct loading *l)
{
	do_sound(l->c, l->pool, l->known[choose(l->c, l->n)].id);
}

static void
op_retry(struct loading *l)
{
	do_retry(l->c, l->pool, l->known[choose(l->c, l->n)].id);
}

/* The percentage of each operation; the size of a project stays about the same. */
static const struct {
	unsigned share;
	void (*operation)(struct loading *l);
} mix[] = {{64, op_edit}, {12, op_insert}, {10, op_remove}, {12, op_look}, {2, op_retry}};

static void
one(struct loading *l)
{
	unsigned point = (unsigned)choose(l->c, 100);
	size_t i = 0;

	while (point >= mix[i].share)
		point -= mix[i++].share;
	if (l->n == 0)
		i = 1; /* there is nothing left to change */
	mix[i].operation(l);
}

static volatile sig_atomic_t stop;

/* Finish and record the current request before exiting. */
static void
on_stop(int signo)
{
	stop = 1;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void
load(struct client *c, uint64_t project, unsigned seconds, unsigned rate)
{
	struct loading *l = calloc(1, sizeof *l);
	double start = now(), due = start;

	if (l == NULL)
		abort();
	sigaction(
	    SIGTERM, &(struct sigaction){.sa_handler = on_stop, .sa_flags = SA_RESTART}, NULL);
	l->c = c;
	l->project = project;
	l->pool = pool_new();
	l->n = do_see(c, l->pool, project, l->known, KNOWN_MAX);
	while (!stop && now() - start < seconds) {
		double ahead = due - now();

		if (ahead > 0)
			nanosleep(&(struct timespec){(time_t)ahead,
				      (long)((ahead - (double)(time_t)ahead) * 1e9)},
			    NULL);
		due += 1.0 / rate;
		pool_reset(l->pool);
		one(l);
	}
	pool_free(l->pool);
	free(l);
}
