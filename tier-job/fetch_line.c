#include <string.h>

#include "fetch_line.h"

/* Digits up to the character STOP, which is skipped. Fails for more digits than MAX, or for none.
 */
static bool
line_number(const char **p, const char *end, char stop, int max, int64_t *out)
{
	const char *begin = *p;
	int64_t n = 0;

	for (; *p < end && **p >= '0' && **p <= '9'; ++*p) {
		if (*p - begin >= max)
			return false;
		n = n * 10 + (**p - '0');
	}
	if (*p == begin || *p == end || **p != stop)
		return false;
	++*p;
	*out = n;
	return true;
}

static bool
line_time(const char **p, const char *end, int64_t *at)
{
	int64_t seconds, ms;
	const char *fraction;

	if (!line_number(p, end, '.', 11, &seconds))
		return false;
	fraction = *p;
	if (!line_number(p, end, ' ', 3, &ms) || *p - fraction != 4)
		return false;
	*at = seconds * 1000 + ms;
	return true;
}

static bool
line_name_is_valid(const char *s, size_t len)
{
	if (len == 0 || len > FETCH_NAME_MAX || s[0] == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '-' && s[i] <= '9' && s[i] != '.')))
			return false;
	return true;
}

bool
fetch_line_parse(const char *s, size_t len, struct fetch_line *line)
{
	const char *p = s, *end = s + len, *space;
	int64_t status, bytes;

	if (!line_time(&p, end, &line->at) || !line_number(&p, end, ' ', 3, &status) ||
	    !line_number(&p, end, ' ', 18, &bytes) || (status != 200 && status != 206))
		return false;
	space = memchr(p, ' ', (size_t)(end - p));
	if (space == NULL || space == p)
		return false;
	line->address = p;
	line->address_len = (size_t)(space - p);
	line->name = space + 1;
	line->name_len = (size_t)(end - line->name);
	return line_name_is_valid(line->name, line->name_len);
}
