#include "text_parts.h"

#include <string.h>

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

size_t
url_end(const char *s, size_t end, size_t at)
{
	size_t begin = at, i = at;
	bool bracket = false;

	if (end - at > 3 && memcmp(s + at, "://", 3) == 0)
		begin += 3;
	else if (end - at > 4 && memcmp(s + at, "www.", 4) == 0)
		begin += 4;
	else
		return at;
	for (i = begin; i < end && s[i] > ' ' && s[i] < 0x7f && !strchr("\"<>{}|\\^`", s[i]); i++)
		bracket |= s[i] == '(';
	while (i > begin && strchr(bracket ? ".,!?;:'" : ".,!?;:')]", s[i - 1]))
		i--;
	return i;
}

size_t
host_end(const char *s, size_t end, size_t at)
{
	size_t i = at + 1;

	while (i < end && (is_alnum(s[i]) || s[i] == '.' || s[i] == '-'))
		i++;
	while (i > at + 1 && !is_alnum(s[i - 1]))
		i--;
	return i;
}

bool
address_follows(const char *s, size_t end, size_t at)
{
	for (size_t n = 0; at < end && n < 64; at++, n++) {
		if (s[at] == '@')
			return true;
		if (!is_alnum(s[at]) && !(s[at] && strchr("._%+-", s[at])))
			return false;
	}
	return false;
}
