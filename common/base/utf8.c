#include "utf8.h"

#include <string.h>

/* The forms of RFC 3629, section 4: the lead byte determines how many bytes follow and the range
 * of the first of them. */
static const struct {
	uint8_t lead_first, lead_last, follow, first, last;
} forms[] = {
    {0xc2, 0xdf, 1, 0x80, 0xbf},
    {0xe0, 0xe0, 2, 0xa0, 0xbf},
    {0xe1, 0xec, 2, 0x80, 0xbf},
    {0xed, 0xed, 2, 0x80, 0x9f},
    {0xee, 0xef, 2, 0x80, 0xbf},
    {0xf0, 0xf0, 3, 0x90, 0xbf},
    {0xf1, 0xf3, 3, 0x80, 0xbf},
    {0xf4, 0xf4, 3, 0x80, 0x8f},
};

/* Length of the character at P, whose first byte is at least 0x80; 0 if it is not valid. */
static size_t
utf8_length(const uint8_t *p, size_t left)
{
	for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
		size_t n = forms[f].follow + 1u;

		if (p[0] < forms[f].lead_first || p[0] > forms[f].lead_last)
			continue;
		if (left < n || p[1] < forms[f].first || p[1] > forms[f].last)
			return 0;
		for (size_t i = 2; i < n; i++)
			if (!utf8_continues((char)p[i]))
				return 0;
		return n;
	}
	return 0;
}

size_t
utf8_check(const char *s, size_t len)
{
	const uint8_t *p = (const uint8_t *)s;
	size_t i = 0;

	while (i < len) {
		uint64_t eight;
		size_t n;

		if (len - i >= sizeof eight) {
			memcpy(&eight, p + i, sizeof eight);
			if (!(eight & UINT64_C(0x8080808080808080))) {
				i += sizeof eight;
				continue;
			}
		}
		n = p[i] < 0x80 ? 1 : utf8_length(p + i, len - i);
		if (n == 0)
			return i;
		i += n;
	}
	return len;
}

size_t
utf8_count(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += !utf8_continues(s[i]);
	return n;
}

size_t
utf8_encode(uint32_t c, char *out)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}
