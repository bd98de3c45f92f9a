#include "text_parts.h"

#include <string.h>

#define WIDE_CLOSE 0xff09 /* ） */

/* Hangul letters that number the items of a list, in order. */
static const char hangul[] = "가나다라마바사아자차카타파하";

enum style {
	STYLE_NONE,
	STYLE_NUMBER,
	STYLE_DOTTED,
	STYLE_LETTER,
	STYLE_HANGUL,
	STYLE_ENUM,
	STYLES
};

/* "12" or, with more parts, "1.2.3"; at most three digits a part. */
static size_t
label_number(const char *s, size_t end, size_t at, struct label *label)
{
	size_t i = at, digits = 0;

	label->style = STYLE_NUMBER;
	label->value = 0;
	for (; i < end && i - at < 16; i++) {
		if (s[i] >= '0' && s[i] <= '9' && digits < 3) {
			label->value = label->value * 10 + (unsigned)(s[i] - '0');
			digits++;
			continue;
		}
		if (s[i] != '.' || digits == 0 || i + 1 >= end || s[i + 1] < '0' || s[i + 1] > '9')
			break;
		label->style = STYLE_DOTTED;
		digits = 0;
	}
	return digits > 0 ? i - at : 0;
}

static size_t
label_roman(const char *s, size_t end, size_t at)
{
	size_t n = 0;

	while (at + n < end && n < 6 && strchr("IVX", s[at + n]) && s[at + n])
		n++;
	return n;
}

/* Parse the number or letter without its punctuation. */
static size_t
label_body(const char *s, size_t end, size_t at, struct label *label)
{
	size_t i = at, n;
	uint32_t c = utf8_next(s, end, &i);

	if (c >= '0' && c <= '9')
		return label_number(s, end, at, label);
	if (c >= 'a' && c <= 'z') {
		*label = (struct label){STYLE_LETTER, c - 'a' + 1};
		return 1;
	}
	n = label_roman(s, end, at);
	if (n > 0) {
		*label = (struct label){STYLE_DOTTED, 0};
		return n;
	}
	for (size_t k = 0; uni_hangul(c) && k + 3 < sizeof hangul; k += 3)
		if (memcmp(hangul + k, s + at, 3) == 0) {
			*label = (struct label){STYLE_HANGUL, (unsigned)(k / 3) + 1};
			return i - at;
		}
	return 0;
}

size_t
label_parse(const char *s, size_t end, size_t at, struct label *label)
{
	size_t i = at, n;
	uint32_t c = utf8_next(s, end, &i);
	bool open = c == '(', closed = false, dot = false, wide = false;

	*label = (struct label){STYLE_NONE, 0};
	if (uni_cls(c) == C_ENUM) {
		*label = (struct label){STYLE_ENUM, c & 0x1f};
		return i - at;
	}
	if (!open)
		i = at;
	n = i < end ? label_body(s, end, i, label) : 0;
	if (n == 0)
		return 0;
	i += n;
	if (!open && i < end && s[i] == '.') {
		dot = true;
		i++;
	}
	if (i < end && (s[i] == ')' || utf8_at(s, end, i) == WIDE_CLOSE)) {
		closed = true;
		wide = s[i] != ')';
		utf8_next(s, end, &i);
	}
	if ((!dot && !closed) || (open && !closed))
		return 0;
	if (i < end && !wide && uni_cls(utf8_at(s, end, i)) != C_SPACE)
		return 0;
	label->style += (open ? 2 : closed) * STYLES;
	return i - at;
}
