#include "event.h"

#include "clock.h"

bool
event_is_due(struct event *event, uint64_t period_ms)
{
	uint64_t now = (uint64_t)clock_ms();
	uint64_t last = __atomic_load_n(&event->logged_ms, __ATOMIC_SEQ_CST);

	if (last != 0 && last <= now && now - last < period_ms)
		return false;
	/* If several processes get here at the same time, only one of them changes the value. */
	return __atomic_compare_exchange_n(
	    &event->logged_ms, &last, now, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

bool
event_is_over(struct event *event)
{
	uint64_t logged = __atomic_load_n(&event->logged_ms, __ATOMIC_SEQ_CST);
	uint64_t over = __atomic_load_n(&event->over_ms, __ATOMIC_SEQ_CST);

	if (logged == 0 || logged == over)
		return false;
	return __atomic_compare_exchange_n(
	    &event->over_ms, &over, logged, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
