#ifndef TTS_EVENT_H
#define TTS_EVENT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * When something that goes on was last written to the log, so that it is one line a minute and not
 * one a second. It may be in memory that several processes share, such as the events of
 * counters.h; then one of them writes the line for all. Begins as zero.
 */
struct event {
	uint64_t logged_ms; /* by clock_ms(); 0: never */
	uint64_t over_ms;   /* the logged_ms whose end was logged */
};

/*
 * Tell whether it is to be logged: it was not in the last PERIOD_MS. Notes that it is logged now.
 * A time in the future is from before the machine was started, and does not count.
 */
bool event_is_due(struct event *event, uint64_t period_ms);

/* Tell whether its end is to be logged: it was logged, and its end was not. Notes that it is. */
bool event_is_over(struct event *event);

#endif
