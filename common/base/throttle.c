#include "throttle.h"

#include "clock.h"

bool
throttle_is_due(struct throttle *throttle, uint64_t period_ms)
{
	uint64_t now = (uint64_t)clock_ms();
	uint64_t last = __atomic_load_n(&throttle->logged_ms, __ATOMIC_SEQ_CST);

	if (last != 0 && last <= now && now - last < period_ms)
		return false;
	/* If several processes get here at the same time, only one of them changes the value. */
	return __atomic_compare_exchange_n(
	    &throttle->logged_ms, &last, now, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

bool
throttle_is_over(struct throttle *throttle)
{
	uint64_t logged = __atomic_load_n(&throttle->logged_ms, __ATOMIC_SEQ_CST);
	uint64_t over = __atomic_load_n(&throttle->over_ms, __ATOMIC_SEQ_CST);

	if (logged == 0 || logged == over)
		return false;
	return __atomic_compare_exchange_n(
	    &throttle->over_ms, &over, logged, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

void
throttle_forget(struct throttle *throttle)
{
	if (__atomic_load_n(&throttle->logged_ms, __ATOMIC_SEQ_CST) != 0)
		__atomic_store_n(&throttle->logged_ms, 0, __ATOMIC_SEQ_CST);
}
