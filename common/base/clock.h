#ifndef TTS_CLOCK_H
#define TTS_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds of the monotonic clock: they never go back, even when the host's clock is set. */
static inline int64_t
clock_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
