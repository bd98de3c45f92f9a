#include "report_stream.h"

#include <stdio.h>

#include "../common/work/run_stats.h"
#include "out.h"
#include "report.h"

#define SILENT_SEC 15 /* longer than it waits for a database that does not answer */

void
report_stream_host(struct report *r)
{
	struct report_stream *s = &r->stream;
	uint64_t now;

	s->nginx = nginx_look(r->conf->http.nginx_conf);
	s->has = stream_stats_read(r->conf, s->counters);
	if (!s->has)
		return;
	now = run_stats_wall(run_stats_now());
	s->seen_sec =
	    now > s->counters[STREAM_ALIVE] ? (now - s->counters[STREAM_ALIVE]) / 1000 : 0;
	s->running = s->counters[STREAM_STARTED] != 0 && s->seen_sec <= SILENT_SEC;
}

void
report_stream_judge(struct report *r)
{
	const struct report_stream *s = &r->stream;
	int room = nginx_streams(&s->nginx), wanted = r->conf->stream.streams;

	if (r->conf->http.url[0] == '\0')
		return; /* no clients come to this machine */
	if (!s->running)
		report_find(r, true, "tts-stream is not running, so clients get no events",
		    "systemctl status tts-stream; journalctl -u tts-stream");
	if (s->nginx.connections > 0 && room < wanted)
		report_find(r, false,
		    pool_printf(r->pool,
			"nginx has room for %d streams of events, stream.streams allows %d", room,
			wanted),
		    pool_printf(r->pool, "set worker_connections in events{} of %s to %d",
			r->conf->http.nginx_conf, nginx_needed(&s->nginx, wanted)));
}

void
report_stream_text(const struct report *r)
{
	const struct report_stream *s = &r->stream;

	if (!s->has && r->conf->http.url[0] == '\0')
		return;
	printf("%-12s ", "tts-stream");
	if (s->running)
		printf("running, streams %s, polls %s, events sent %s\n",
		    text_uint(s->counters[STREAM_OPEN]), text_uint(s->counters[STREAM_POLLS_OPEN]),
		    text_uint(s->counters[STREAM_SENT]));
	else if (s->has)
		printf("not running, seen %s ago\n", text_span(s->seen_sec));
	else
		printf("not running\n");
}

void
report_stream_json(const struct report *r)
{
	const struct report_stream *s = &r->stream;

	out_open("stream", '{');
	out_bool("running", s->running);
	out_uint("open", s->running ? s->counters[STREAM_OPEN] : 0);
	out_uint("polls", s->running ? s->counters[STREAM_POLLS_OPEN] : 0);
	out_uint("sent", s->counters[STREAM_SENT]);
	out_uint("dropped", s->counters[STREAM_DROPPED]);
	out_uint("nginx_room", (uint64_t)nginx_streams(&s->nginx));
	out_close('}');
}
