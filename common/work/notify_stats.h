#ifndef TTS_NOTIFY_STATS_H
#define TTS_NOTIFY_STATS_H

#include "../base/conf.h"
#include "run_stats.h"

/*
 * What tts-notify has done on this host: it counts in metrics.notify_file, the API tells it at
 * /metrics, ttsctl in "status".
 */

/* After the numbers of all job programs. */
enum notify_counter {
	NOTIFY_FANNED = RUN_COUNTERS, /* deliveries made of events */
	NOTIFY_CLAIMED,
	NOTIFY_TAKEN_BACK,
	NOTIFY_DELIVERED,
	NOTIFY_AGAIN,	     /* tries that failed, with another to follow */
	NOTIFY_DEAD,	     /* deliveries whose last try failed */
	NOTIFY_REFUSED,	     /* tries that failed because of the address */
	NOTIFY_RELEASED,     /* given back, to be sent later */
	NOTIFY_STALE,	     /* results that came too late */
	NOTIFY_DISABLED,     /* endpoints */
	NOTIFY_UNREGISTERED, /* devices removed, as the service knows them no more */
	NOTIFY_PUSH_INVALID, /* messages that were refused, by the reason */
	NOTIFY_PUSH_SENDER,
	NOTIFY_PUSH_THIRD_PARTY,
	NOTIFY_PUSH_NOT_FOUND,
	NOTIFY_PUSH_AUTH,
	NOTIFY_PUSH_QUOTA,
	NOTIFY_PUSH_SERVICE,
	NOTIFY_PRUNED,
	NOTIFY_LAST, /* when something was last delivered */
	NOTIFY_NOTE,
};

/* A run as it is noted. */
struct notify_note {
	struct run_note run;
	uint64_t claimed, delivered, again, dead;
};

#define NOTIFY_NOTE_WORDS (sizeof(struct notify_note) / sizeof(uint64_t))
#define NOTIFY_COUNTERS (NOTIFY_NOTE + RUN_NOTES * NOTIFY_NOTE_WORDS)
extern const struct run_notes notify_notes;

/* Map the counters of this host, to count. */
struct counters notify_stats_open(const struct conf *conf);

/* Copy them, times in milliseconds since 1970. False if no tts-notify of this version has run here
 * since the machine was started. */
bool notify_stats_read(const struct conf *conf, uint64_t v[NOTIFY_COUNTERS]);

/* The last runs, newest first. Return how many. */
size_t notify_stats_notes(const uint64_t v[NOTIFY_COUNTERS], struct notify_note notes[RUN_NOTES]);

#endif
