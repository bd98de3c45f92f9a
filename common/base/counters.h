#ifndef TTS_COUNTERS_H
#define TTS_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Numbers of 64 bits in a file that several processes map at once: counting is one atomic add, no
 * lock and no write to a disk or a database, and what was counted outlives whoever counted it. It
 * lies in the runtime directory, so that it begins anew with the machine.
 */
struct counters {
	uint64_t *v;
	size_t n;
};

/* A name for a meaning: the same NAMES in the same order give the same one. SEED tells the rest. */
uint64_t counters_layout(const char *const *names, size_t n, uint64_t seed);

/*
 * Map N numbers of the file PATH, which is made if it can be. What a program with another layout
 * left in it is forgotten. A child of this process does not have them. Where the file cannot be had
 * (one line in the log) they are this process's own: nothing fails for want of a statistic.
 */
struct counters counters_open(const char *path, uint64_t layout, size_t n);

/* Copy the N numbers of the file. False if it is not there or has another layout. */
bool counters_read(const char *path, uint64_t layout, uint64_t *v, size_t n);

void counters_add(const struct counters *c, size_t i, uint64_t by);
void counters_set(const struct counters *c, size_t i, uint64_t value);
uint64_t counters_get(const struct counters *c, size_t i);

#endif
