#include "made_with.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ENGINE_HZ 22050 /* the sample rate of the engine, which 0 in the configuration means */

/* In the order of the line: three names, then the mode, then numbers. */
#define LINE "%.20s;%.27s;%.27s;%.7s;%d;%d;%d"
#define NAMES 4
#define NUMBERS 3

static bool
put_name(struct pool *pool, const char **rest, const char **out)
{
	size_t len = strcspn(*rest, ";");

	if (len == 0 || (*rest)[len] != ';')
		return false;
	*out = pool_strndup(pool, *rest, len);
	*rest += len + 1;
	return true;
}

const char *
made_with_pack(struct pool *pool, const struct made_with *what)
{
	return pool_printf(pool, LINE, what->version, what->engine, what->encoder, what->mode,
	    what->bitrate_kbps, what->quality, what->sample_rate_hz);
}

bool
made_with_read(struct pool *pool, const char *packed, struct made_with *out)
{
	const char **const names[NAMES] = {&out->version, &out->engine, &out->encoder, &out->mode};
	int *const numbers[NUMBERS] = {&out->bitrate_kbps, &out->quality, &out->sample_rate_hz};
	char *end;

	for (size_t i = 0; i < NAMES; i++)
		if (!put_name(pool, &packed, names[i]))
			return false;
	for (size_t i = 0; i < NUMBERS; i++) {
		long n = strtol(packed, &end, 10);

		if (end == packed || *end != (i + 1 < NUMBERS ? ';' : '\0') || n < 0 ||
		    n > INT32_MAX)
			return false;
		*numbers[i] = (int)n;
		packed = end + 1;
	}
	return true;
}

bool
made_with_settings(const struct made_with *what, const struct conf *conf)
{
	int rate = conf->mp3.sample_rate_hz != 0 ? conf->mp3.sample_rate_hz : ENGINE_HZ;

	return strcmp(what->mode, "cbr") == 0 && what->bitrate_kbps == conf->mp3.bitrate_kbps &&
	       what->quality == conf->mp3.quality && what->sample_rate_hz == rate;
}

/* Read the number at *S, 0 if there is none, and the dot after it. *DOT: there was one. */
static unsigned long
read_part(const char **s, bool *dot)
{
	unsigned long n = 0;
	for (; isdigit((unsigned char)**s); ++*s)
		n = n * 10 + (unsigned long)(**s - '0');
	*dot = **s == '.';
	*s += *dot;
	return n;
}

int
made_with_compare(const char *a, const char *b)
{
	bool more_a = true, more_b = true;

	while (more_a || more_b) {
		unsigned long x = read_part(&a, &more_a), y = read_part(&b, &more_b);

		if (x != y)
			return x < y ? -1 : 1;
	}
	/* 1.0.0 is newer than 1.0.0-rc1. */
	if (*a == '\0' || *b == '\0')
		return (*a == '\0') - (*b == '\0');
	return strcmp(a, b);
}

bool
made_with_version(const char *s)
{
	size_t len = strspn(s, "0123456789.");

	return s[0] >= '0' && s[0] <= '9' && strstr(s, "..") == NULL &&
	       (s[len] == '\0' || s[len] == '-' || s[len] == '~' || s[len] == '+');
}
