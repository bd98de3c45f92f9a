#ifndef TTS_REPORT_STREAM_H
#define TTS_REPORT_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/work/stream_stats.h"
#include "nginx.h"

struct report;

/* The streams of events, and the program that sends them: part of a report. */
struct report_stream {
	bool has;	   /* it has counted since the machine was started */
	bool running;	   /* it gives signs of life */
	uint64_t seen_sec; /* since the last one */
	uint64_t counters[STREAM_COUNTERS];
	struct nginx_room nginx;
};

/* Read what there is to read on this host. */
void report_stream_host(struct report *report);

/* Note what is wrong. */
void report_stream_judge(struct report *report);

/* Write it, as lines or as the member "stream" of an object. */
void report_stream_text(const struct report *report);
void report_stream_json(const struct report *report);

#endif
