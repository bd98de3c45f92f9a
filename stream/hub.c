#include "hub.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/clock.h"
#include "../common/base/log.h"
#include "count.h"

#define RETRY_MS 1000

/* Streams come and go one by one, so they are not in a pool. */
static void *
hub_alloc(void *old, size_t size)
{
	void *p = realloc(old, size);

	if (p == NULL)
		fatal(EX_OSERR, "out of memory");
	return p;
}

/* Numbers of users are consecutive. */
static size_t
bucket_of(uint64_t user)
{
	return user % HUB_BUCKETS;
}

struct listener *
hub_find(const struct hub *hub, uint64_t user)
{
	struct listener *l = hub->buckets[bucket_of(user)];

	while (l != NULL && l->user != user)
		l = l->in_bucket;
	return l;
}

static struct listener *
listener_add(struct hub *hub, uint64_t user)
{
	struct listener *l = hub_alloc(NULL, sizeof *l), **bucket = &hub->buckets[bucket_of(user)];

	if (hub->n == hub->cap) {
		hub->cap = hub->cap == 0 ? 64 : hub->cap * 2;
		hub->all = hub_alloc(hub->all, hub->cap * sizeof hub->all[0]);
	}
	*l = (struct listener){.user = user, .in_bucket = *bucket, .place = hub->n};
	*bucket = hub->all[hub->n++] = l;
	return l;
}

static void
listener_remove(struct hub *hub, struct listener *l)
{
	struct listener **p = &hub->buckets[bucket_of(l->user)];

	while (*p != l)
		p = &(*p)->in_bucket;
	*p = l->in_bucket;
	hub->all[l->place] = hub->all[--hub->n];
	hub->all[l->place]->place = l->place;
	free(l);
}

struct stream *
hub_add(struct hub *hub, uint64_t user, struct exchange *x, const struct ask *ask)
{
	struct listener *l = hub_find(hub, user);
	struct stream *s = hub_alloc(NULL, sizeof *s);

	if (l == NULL)
		l = listener_add(hub, user);
	*s =
	    (struct stream){.x = x, .listener = l, .next = l->streams, .ask = *ask, .behind = true};
	l->streams = s;
	l->n++;
	if (ask->poll)
		hub->polls++;
	else
		hub->streams++;
	count_open(hub->streams, hub->polls);
	return s;
}

void
hub_remove(struct hub *hub, struct stream *s)
{
	struct listener *l = s->listener;
	struct stream **p = &l->streams;

	while (*p != s)
		p = &(*p)->next;
	*p = s->next;
	l->n--;
	if (s->ask.poll)
		hub->polls--;
	else
		hub->streams--;
	count_open(hub->streams, hub->polls);
	free(s);
	if (l->n == 0)
		listener_remove(hub, l);
}

enum rc
hub_noted(struct hub *hub, enum rc rc)
{
	if (rc != RC_OK && rc != RC_DENIED && rc != RC_NOT_FOUND)
		hub->retry_ms = clock_ms() + RETRY_MS;
	return rc;
}

bool
hub_may_ask(const struct hub *hub)
{
	return clock_ms() >= hub->retry_ms;
}
