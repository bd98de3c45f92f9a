#include "count.h"

#include "../common/work/run_stats.h"
#include "../common/work/stream_stats.h"

static struct counters counters;

void
count_begin(const struct conf *conf)
{
	counters = stream_stats_open(conf);
	count_open(0, 0);
	counters_set(&counters, STREAM_STARTED, run_stats_now());
	count_alive();
}

struct throttle *
count_throttles(void)
{
	return counters.throttles;
}

void
count_end(void)
{
	count_open(0, 0);
	counters_set(&counters, STREAM_STARTED, 0);
}

void
count_alive(void)
{
	counters_set(&counters, STREAM_ALIVE, run_stats_now());
}

void
count_open(size_t streams, size_t polls)
{
	counters_set(&counters, STREAM_OPEN, streams);
	counters_set(&counters, STREAM_POLLS_OPEN, polls);
}

void
count_opened(bool poll)
{
	counters_add(&counters, poll ? STREAM_POLLS : STREAM_OPENED, 1);
}

void
count_sent(size_t events)
{
	counters_add(&counters, STREAM_SENT, events);
}

void
count_dropped(void)
{
	counters_add(&counters, STREAM_DROPPED, 1);
}

void
count_refused(void)
{
	counters_add(&counters, STREAM_REFUSED, 1);
}
