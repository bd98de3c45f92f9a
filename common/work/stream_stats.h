#ifndef TTS_STREAM_STATS_H
#define TTS_STREAM_STATS_H

#include "../base/conf.h"
#include "../base/counters.h"

/*
 * What tts-stream on this host has done and is doing, in metrics.stream_file. The API shows it at
 * /metrics, ttsctl in "status".
 */
enum stream_counter {
	STREAM_ALIVE,	/* the last sign of life, see run_stats.h */
	STREAM_STARTED, /* when the process began; 0 after it has ended in order */
	STREAM_OPEN,	/* streams now */
	STREAM_POLLS_OPEN,
	STREAM_OPENED, /* streams since the machine was started */
	STREAM_POLLS,
	STREAM_SENT,	/* events, once for each client */
	STREAM_DROPPED, /* clients that did not read */
	STREAM_REFUSED, /* too many streams, of a user or in all */
	STREAM_COUNTERS
};

/* Map the counters of this host, to count. */
struct counters stream_stats_open(const struct conf *conf);

/* Copy them, times in milliseconds since 1970. False if no tts-stream of this version has run here
 * since the machine was started. */
bool stream_stats_read(const struct conf *conf, uint64_t v[STREAM_COUNTERS]);

#endif
