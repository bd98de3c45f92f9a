#ifndef TTS_COUNTERS_H
#define TTS_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "throttle.h"

/*
 * 64-bit counters in a file that several processes map: counting is one atomic add without a lock
 * or a write to a disk or the database, and the counts outlive the process that made them. The file
 * is in the runtime directory, so it starts from zero when the machine boots.
 */
struct counters {
	uint64_t *v;
	size_t n;
	struct throttle
	    *throttles; /* COUNTERS_THROTTLES, shared in the same way; no layout resets them */
};

#define COUNTERS_THROTTLES 4

/* A hash that identifies the meaning of the counters: the same NAMES in the same order with the
 * same SEED give the same value. Change SEED when a meaning changes and no name does. */
uint64_t counters_layout(const char *const *names, size_t n, uint64_t seed);

/*
 * Map N counters of the file PATH, which is created if necessary. Counters that a program with
 * another LAYOUT left in it are reset. The mapping is not inherited by forked children. If the file
 * cannot be used (this is logged), the counters are private to this process: statistics must never
 * make anything fail.
 */
struct counters counters_open(const char *path, uint64_t layout, size_t n);

/* Copy the N counters of the file. False if it does not exist or has another LAYOUT. */
bool counters_read(const char *path, uint64_t layout, uint64_t *v, size_t n);

void counters_add(const struct counters *c, size_t i, uint64_t by);
void counters_set(const struct counters *c, size_t i, uint64_t value);
uint64_t counters_get(const struct counters *c, size_t i);

#endif
