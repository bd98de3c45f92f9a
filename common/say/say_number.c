#include "say_parts.h"

#include <string.h>

bool
say_digits(const struct say_capture *c, char *digits, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < c->len; i++) {
		if (c->s[i] == ',')
			continue;
		if (n + 1 >= size)
			return false;
		digits[n++] = c->s[i];
	}
	digits[n] = '\0';
	return true;
}

unsigned
say_value(const struct say_capture *c)
{
	unsigned value = 0, n = 0;

	for (size_t i = 0; i < c->len && n < 9; i++)
		if (c->s[i] >= '0' && c->s[i] <= '9') {
			value = 10 * value + (unsigned)(c->s[i] - '0');
			n++;
		}
	return value;
}

unsigned
say_roman(const char *s, size_t len)
{
	static const struct {
		const char *sign;
		unsigned value;
	} signs[] = {{"M", 1000}, {"CM", 900}, {"D", 500}, {"CD", 400}, {"C", 100}, {"XC", 90},
	    {"L", 50}, {"XL", 40}, {"X", 10}, {"IX", 9}, {"V", 5}, {"IV", 4}, {"I", 1}};
	unsigned value = 0;
	size_t at = 0;

	for (size_t i = 0; i < SAY_COUNT(signs); i++) {
		size_t n = strlen(signs[i].sign), times = signs[i].sign[0] == 'M' ? 3 : 1;

		/* I, X, C up to three times; V, L, D and pairs once. */
		if (n == 1 && strchr("IXC", signs[i].sign[0]) != NULL)
			times = 3;
		while (times-- > 0 && len - at >= n && memcmp(s + at, signs[i].sign, n) == 0) {
			value += signs[i].value;
			at += n;
		}
	}
	return at == len ? value : 0;
}
