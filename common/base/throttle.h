#ifndef TTS_THROTTLE_H
#define TTS_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The time at which an ongoing condition was last logged, so that it is logged once a minute and
 * not once a second. It can be in memory shared by several processes, such as the throttles of
 * counters.h; then one of them logs it for all. Initially zero.
 */
struct throttle {
	uint64_t logged_ms; /* by clock_ms(); 0: never */
	uint64_t over_ms;   /* the logged_ms whose end was logged */
};

/*
 * Tell whether to log the condition: it was not logged in the last PERIOD_MS. Records that it is
 * logged now. A time in the future is from before a reboot, and is ignored.
 */
bool throttle_is_due(struct throttle *throttle, uint64_t period_ms);

/* Tell whether to log the end of the condition: the condition was logged, and its end was not.
 * Records that it is logged now. */
bool throttle_is_over(struct throttle *throttle);

/* The condition has ended: if it comes back it is due at once. For one that does not come and go.
 */
void throttle_forget(struct throttle *throttle);

#endif
