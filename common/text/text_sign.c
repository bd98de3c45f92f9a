#include "text_parts.h"

#include <string.h>

#define SOURCE_MAX 120 /* bytes of "(Homer)" */

bool
is_source(const char *s, size_t end, size_t at)
{
	const char *close;
	size_t i, left = end - at;

	if (left == 0 || s[at] != '(')
		return false;
	close = memchr(s + at, ')', left < SOURCE_MAX ? left : SOURCE_MAX);
	if (!close)
		return false;
	i = (size_t)(close - s) + 1;
	return i < end && strchr(".,;:", s[i]) && s[i];
}

size_t
footnote(const char *s, size_t end, size_t at)
{
	size_t i = at + 1;

	while (i < end && i - at < 5 && s[i] >= '0' && s[i] <= '9')
		i++;
	return i > at + 1 && i < end && s[i] == ']' ? i + 1 : at;
}

bool
is_smile(uint32_t c)
{
	static const uint32_t smiles[] = {0x314b, 0x314e, 0x315c, 0x3160};

	if (c < 0x80)
		return c == '^' || c == '~';
	for (size_t i = 0; i < sizeof smiles / sizeof *smiles; i++)
		if (smiles[i] == c)
			return true;
	return uni_cls(c) == C_EMOJI;
}

bool
leads_word(const char *s, size_t end, size_t at)
{
	while (at < end && s[at] == '.')
		at++;
	return at < end && cls_word(uni_cls(utf8_at(s, end, at)));
}

bool
is_possessive(const char *s, size_t end, size_t at)
{
	uint32_t c = utf8_next(s, end, &at);

	return (c == '\'' || c == 0x2019) && uni_cls(utf8_at(s, end, at)) == C_LOWER;
}
