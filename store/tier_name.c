#include "tier_internal.h"

#include <ctype.h>
#include <stdlib.h>

#define KEY_LENGTH 32 /* hexadecimal digits */

/* Read a number without leading zeros at *S, and go on after it. */
static bool
read_number(const char **s, uint64_t *out)
{
	const char *at = *s;
	uint64_t n = 0;

	if (!isdigit((unsigned char)*at) || (at[0] == '0' && isdigit((unsigned char)at[1])))
		return false;
	for (; isdigit((unsigned char)*at); at++) {
		if (n > (UINT64_MAX - 9) / 10)
			return false;
		n = n * 10 + (uint64_t)(*at - '0');
	}
	*s = at;
	*out = n;
	return true;
}

static bool
read_char(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

/* "12345/12/", the directory of an object */
static bool
read_directory(const char **s, uint64_t *id)
{
	uint64_t group;

	return read_number(s, &group) && read_char(s, '/') && read_number(s, id) &&
	       group == *id / 1000 && read_char(s, '/');
}

bool
tier_name_parse(const char *name, struct tier_object *out)
{
	static const char pipeline[] = "pipeline/";
	const char *s = name;

	*out = (struct tier_object){.project = 0};
	if (strlen(name) >= TIER_NAME_SIZE)
		return false;
	if (strncmp(name, pipeline, strlen(pipeline)) == 0) {
		s += strlen(pipeline);
		return read_directory(&s, &out->pipeline) && out->pipeline > 0 && *s != '\0' &&
		       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s);
	}
	return read_directory(&s, &out->project) && read_number(&s, &out->audio) &&
	       read_char(&s, '-') && read_char(&s, 'r') && read_number(&s, &out->revision) &&
	       *s == '\0' && out->project > 0 && out->audio > 0 && out->revision > 0;
}

bool
tier_name_of_path(const char *path, char name[TIER_NAME_SIZE])
{
	const char *dot = strrchr(path, '.'), *dash = strrchr(path, '-');

	if (dot == NULL || dash == NULL || dot - dash != KEY_LENGTH + 1 ||
	    strspn(dash + 1, "0123456789abcdef") != KEY_LENGTH || dash - path >= TIER_NAME_SIZE)
		return false;
	memcpy(name, path, (size_t)(dash - path));
	name[dash - path] = '\0';
	return true;
}
