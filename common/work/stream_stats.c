#include "stream_stats.h"

#include "run_stats.h"

#define LAYOUT 1 /* another one when the meaning of a number changes */

static uint64_t
layout(void)
{
	static const char *const names[] = {"stream"};

	return counters_layout(names, 1, LAYOUT) ^ counters_layout(NULL, 0, STREAM_COUNTERS);
}

struct counters
stream_stats_open(const struct conf *conf)
{
	return counters_open(conf->metrics.stream_file, layout(), STREAM_COUNTERS);
}

bool
stream_stats_read(const struct conf *conf, uint64_t v[STREAM_COUNTERS])
{
	if (!counters_read(conf->metrics.stream_file, layout(), v, STREAM_COUNTERS) ||
	    v[STREAM_ALIVE] == 0)
		return false;
	v[STREAM_ALIVE] = run_stats_wall(v[STREAM_ALIVE]);
	v[STREAM_STARTED] = run_stats_wall(v[STREAM_STARTED]);
	return true;
}
