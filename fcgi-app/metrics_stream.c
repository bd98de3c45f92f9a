#include "../common/work/stream_stats.h"
#include "metrics.h"

void
metrics_stream(struct buf *out, const struct conf *conf)
{
	static const struct metric table[] = {
	    {"tts_stream_open", "gauge", "Open streams of events, and requests that wait for one.",
		"kind=\"stream\"", STREAM_OPEN, 0},
	    {NULL, NULL, NULL, "kind=\"poll\"", STREAM_POLLS_OPEN, 0},
	    {"tts_stream_opened_total", "counter",
		"Streams of events, and requests for a list of events.", "kind=\"stream\"",
		STREAM_OPENED, 0},
	    {NULL, NULL, NULL, "kind=\"poll\"", STREAM_POLLS, 0},
	    {"tts_stream_events_total", "counter", "Events sent, once for each client.", NULL,
		STREAM_SENT, 0},
	    {"tts_stream_dropped_total", "counter",
		"Streams that were closed because the client did not read.", NULL, STREAM_DROPPED,
		0},
	    {"tts_stream_refused_total", "counter",
		"Streams that were refused because there were too many.", NULL, STREAM_REFUSED, 0},
	    {"tts_stream_alive_timestamp_seconds", "gauge",
		"When tts-stream was last active on this host.", NULL, STREAM_ALIVE, 1000},
	    {"tts_stream_start_timestamp_seconds", "gauge",
		"When tts-stream was started on this host; 0 if it was stopped.", NULL,
		STREAM_STARTED, 1000},
	};
	uint64_t v[STREAM_COUNTERS];

	if (!stream_stats_read(conf, v))
		return;
	metrics_table(out, table, sizeof table / sizeof *table, v);
	metrics_family(out, "tts_stream_limit", "gauge", "stream.streams of tts.conf.");
	buf_addf(out, "tts_stream_limit %d\n", conf->stream.streams);
}
