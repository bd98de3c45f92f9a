#ifndef TTS_HOURS_H
#define TTS_HOURS_H

#include <stdbool.h>
#include <time.h>

/*
 * Hours of the day in local time, like "22:00-06:00": from the first minute to just before the
 * second one, across midnight if that is earlier. "" is the whole day.
 */

bool hours_are_valid(const char *hours);

/* HOURS are valid. */
bool hours_include(const char *hours, time_t when);

#endif
