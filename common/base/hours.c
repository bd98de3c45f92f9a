#include "hours.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#define LENGTH (sizeof "22:00-06:00" - 1)

/* The minute of the day for "hh:mm", or -1. */
static int
minute_of(const char *s)
{
	int hour, minute;

	for (int i = 0; i < 5; i++)
		if (i == 2 ? s[i] != ':' : !isdigit((unsigned char)s[i]))
			return -1;
	hour = (s[0] - '0') * 10 + s[1] - '0';
	minute = (s[3] - '0') * 10 + s[4] - '0';
	return hour < 24 && minute < 60 ? hour * 60 + minute : -1;
}

bool
hours_are_valid(const char *hours)
{
	if (hours[0] == '\0')
		return true;
	return strlen(hours) == LENGTH && hours[5] == '-' && minute_of(hours) >= 0 &&
	       minute_of(hours + 6) >= 0 && strncmp(hours, hours + 6, 5) != 0;
}

bool
hours_include(const char *hours, time_t when)
{
	int from, to, now;
	struct tm tm;

	if (hours[0] == '\0' || localtime_r(&when, &tm) == NULL)
		return true;
	from = minute_of(hours);
	to = minute_of(hours + 6);
	now = tm.tm_hour * 60 + tm.tm_min;
	return from < to ? now >= from && now < to : now >= from || now < to;
}
