#include "count.h"

#include <stdlib.h>

#include "../common/base/counters.h"
#include "answer.h"
#include "guess.h"
#include "route.h"
#include "worker.h"

enum { WORKERS, DB_RETRIES, EVENTS, FIRST_ROUTE };
_Static_assert(DB_THROTTLES <= COUNTERS_THROTTLES, "the throttles of the database have room");

const uint64_t count_bucket_us[COUNT_BUCKETS - 1] = {
    500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 10000000};

static struct counters counters;

/* Counters per route: the total time, its buckets, the answers by status. */
static size_t
route_size(void)
{
	return 1 + COUNT_BUCKETS + answer_titles_n;
}

static size_t
counter_index(size_t route, size_t what)
{
	return FIRST_ROUTE + route * route_size() + what;
}

size_t
count_routes(void)
{
	return routes_n + local_routes_n + 1;
}

const char *
count_route(size_t route)
{
	if (route < routes_n)
		return routes[route].name;
	route -= routes_n;
	return route < local_routes_n ? local_routes[route].name : "none";
}

static size_t
route_index(const struct req *req)
{
	if (req->route == NULL)
		return routes_n + local_routes_n;
	return req->local ? routes_n + (size_t)(req->route - local_routes)
			  : (size_t)(req->route - routes);
}

void
count_open(const struct conf *conf)
{
	size_t n = count_routes();
	const char **names = calloc(n, sizeof *names);
	uint64_t seed = answer_titles_n * 31 + FIRST_ROUTE;

	if (names == NULL)
		abort();
	for (size_t i = 0; i < n; i++)
		names[i] = count_route(i);
	for (size_t i = 0; i < answer_titles_n; i++)
		seed = seed * 1000 + (uint64_t)answer_titles[i].status;
	for (size_t i = 0; i < COUNT_BUCKETS - 1; i++)
		seed = seed * 31 + count_bucket_us[i];
	counters = counters_open(conf->metrics.api_file,
	    counters_layout(names, n, (seed * 31 + WORKER_NUMBERS) * 31 + GUESS_NUMBERS),
	    counter_index(n, 0) + WORKER_NUMBERS + GUESS_NUMBERS);
	free(names);
	counters_add(&counters, WORKERS, 1);
}

struct throttle *
count_throttles(void)
{
	return counters.throttles;
}

uint64_t *
count_notes(void)
{
	return &counters.v[counter_index(count_routes(), 0)];
}

uint64_t *
count_guesses(void)
{
	return count_notes() + WORKER_NUMBERS;
}

void
count_request(const struct req *req, int status, long us)
{
	static unsigned long retries, events;
	unsigned long retries_now = db_retries(req->api->db), events_now = db_events(req->api->db);
	size_t route = route_index(req), bucket = 0, title = 0;

	while (bucket < COUNT_BUCKETS - 1 && (uint64_t)us > count_bucket_us[bucket])
		bucket++;
	while (title < answer_titles_n && answer_titles[title].status != status)
		title++;
	counters_add(&counters, counter_index(route, 0), (uint64_t)us);
	counters_add(&counters, counter_index(route, 1 + bucket), 1);
	if (title < answer_titles_n)
		counters_add(&counters, counter_index(route, 1 + COUNT_BUCKETS + title), 1);
	if (retries_now > retries)
		counters_add(&counters, DB_RETRIES, retries_now - retries);
	if (events_now > events)
		counters_add(&counters, EVENTS, events_now - events);
	retries = retries_now;
	events = events_now;
}

uint64_t
count_workers(void)
{
	return counters_get(&counters, WORKERS);
}

uint64_t
count_db_retries(void)
{
	return counters_get(&counters, DB_RETRIES);
}

uint64_t
count_events(void)
{
	return counters_get(&counters, EVENTS);
}

uint64_t
count_answers(size_t route, size_t title)
{
	return counters_get(&counters, counter_index(route, 1 + COUNT_BUCKETS + title));
}

uint64_t
count_bucket(size_t route, size_t bucket)
{
	return counters_get(&counters, counter_index(route, 1 + bucket));
}

uint64_t
count_us(size_t route)
{
	return counters_get(&counters, counter_index(route, 0));
}
