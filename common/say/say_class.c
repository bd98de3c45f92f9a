#include "say_parts.h"

#include <stdlib.h>
#include <string.h>

#include "../text/text_uni.h"

#define NUMBER_MAX 48 /* bytes; nothing longer is read as a number */
#define WORD_MAX 64
#define ROMAN_MAX 16
#define VARIABLE_MAX 3

static bool
is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

bool
say_latin(uint32_t c)
{
	if (c < 0x80)
		return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
	return c >= 0xc0 && c < 0x250 && c != 0xd7 && c != 0xf7;
}

static bool
begins_letter(unsigned char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* ---------------------------------------------------------------- numbers */

static size_t
class_digits(const struct say_text *t, size_t at)
{
	size_t n = 0;

	while (at + n < t->end && n <= NUMBER_MAX && is_digit((unsigned char)t->s[at + n]))
		n++;
	return n;
}

/* "12300" or "12,300". */
static size_t
class_grouped(const struct say_text *t, size_t at)
{
	size_t n = class_digits(t, at);

	if (n == 0 || n > 3)
		return n;
	while (n < NUMBER_MAX && at + n < t->end && t->s[at + n] == ',' &&
	       class_digits(t, at + n + 1) == 3)
		n += 4;
	return n;
}

static size_t
fraction_length(const struct say_text *t, size_t at)
{
	size_t n = at < t->end && t->s[at] == '.' ? class_digits(t, at + 1) : 0;

	return n > 0 ? n + 1 : 0;
}

/* "1.2" and "1.2.3" */
static size_t
class_version(const struct say_text *t, size_t at)
{
	size_t n = class_digits(t, at), more;

	while (n > 0 && n < WORD_MAX && (more = fraction_length(t, at + n)) > 0)
		n += more;
	return n;
}

/* Digits whose count and value are within the bounds: "1-12", "01-12", "1000-2999". */
size_t
say_digits_within(const struct say_text *t, size_t at, const char *bounds)
{
	const char *dash = strchr(bounds, '-'), *end = strchr(bounds, '>');
	size_t least = (size_t)(dash - bounds), most = (size_t)(end - dash - 1),
	       n = class_digits(t, at);
	struct say_capture c = {t->s + at, n, NULL};

	if (n < least || n > most)
		return 0;
	unsigned value = say_value(&c);
	return value >= (unsigned)atoi(bounds) && value <= (unsigned)atoi(dash + 1) ? n : 0;
}

/* A time of day: "9:05", "24:00". */
static size_t
class_time(const struct say_text *t, size_t at)
{
	size_t hours = say_digits_within(t, at, "0-24>");

	if (hours == 0 || at + hours >= t->end || t->s[at + hours] != ':')
		return 0;
	return say_digits_within(t, at + hours + 1, "00-59>") == 2 ? hours + 3 : 0;
}

/* ---------------------------------------------------------------- words */

static size_t
class_roman(const struct say_text *t, size_t at)
{
	size_t n = 0;
	uint32_t next;

	while (at + n < t->end && n < ROMAN_MAX && strchr("IVXLCDM", t->s[at + n]) != NULL &&
	       t->s[at + n])
		n++;
	if (n == 0 || say_roman(t->s + at, n) == 0)
		return 0;
	/* "I" is probably the pronoun. */
	next = utf8_at(t->s, t->len, at + n);
	if (n == 1 && t->s[at] == 'I' && next == ' ' &&
	    say_latin(utf8_at(t->s, t->len, at + n + 1)))
		return 0;
	return n;
}

/* "ii" to "lxxxix"; a single letter is more often a letter. */
static size_t
class_low_roman(const struct say_text *t, size_t at)
{
	char capitals[ROMAN_MAX];
	size_t n = 0;

	while (at + n < t->end && n < ROMAN_MAX && t->s[at + n] != '\0' &&
	       strchr("ivxl", t->s[at + n]) != NULL) {
		capitals[n] = (char)(t->s[at + n] - 'a' + 'A');
		n++;
	}
	return n > 1 && say_roman(capitals, n) > 0 ? n : 0;
}

/* The name of a quantity: one letter, or up to three consonants. */
static size_t
class_variable(const struct say_text *t, size_t at)
{
	size_t n = 0;
	bool vowel = false;

	while (at + n < t->end && n <= VARIABLE_MAX && begins_letter((unsigned char)t->s[at + n]))
		vowel |= strchr("aeiouyAEIOUY", t->s[at + n++]) != NULL;
	return n <= VARIABLE_MAX && (n == 1 || !vowel) ? n : 0;
}

static size_t
class_capitalised(const struct say_text *t, size_t at)
{
	size_t i = at;

	if (uni_cls(utf8_at(t->s, t->end, at)) != C_UPPER)
		return 0;
	while (i < t->end && i - at < WORD_MAX) {
		size_t next = i;

		if (!say_latin(utf8_next(t->s, t->end, &next)))
			break;
		i = next;
	}
	return i - at;
}

static size_t
class_url(const struct say_text *t, size_t at)
{
	return say_url(t->s, t->end, at);
}

static size_t
class_email(const struct say_text *t, size_t at)
{
	return say_email(t->s, t->end, at);
}

static size_t
class_decimal(const struct say_text *t, size_t at)
{
	size_t n = class_grouped(t, at), more = n > 0 ? fraction_length(t, at + n) : 0;

	return more > 0 ? n + more : 0;
}

static size_t
class_number(const struct say_text *t, size_t at)
{
	size_t n = class_grouped(t, at);

	return n > 0 ? n + fraction_length(t, at + n) : 0;
}

/* 千, 万, 億 or 兆, Japanese or Chinese: their length, or 0. */
static size_t
great_sign(const struct say_text *t, size_t at)
{
	size_t next = at;
	uint32_t c = at < t->end ? utf8_next(t->s, t->end, &next) : 0;

	return c == 0x5343 || c == 0x4e07 || c == 0x842c || c == 0x5104 || c == 0x4ebf ||
		       c == 0x5146
		   ? next - at
		   : 0;
}

/* "3,000", "1.5億", "3億5千万", "2万8000" */
static size_t
class_myriad(const struct say_text *t, size_t at)
{
	size_t n = class_number(t, at), great;

	while (n > 0 && n < NUMBER_MAX && (great = great_sign(t, at + n)) > 0) {
		n += great;
		n += class_number(t, at + n);
	}
	return n;
}

/* The length of a space or full stop that separates thousands, or 0. */
static size_t
group_sign(const struct say_text *t, size_t at)
{
	size_t next = at;
	uint32_t c = at < t->end ? utf8_next(t->s, t->end, &next) : 0;

	return c == '.' || c == ' ' || c == 0xa0 || c == 0x202f ? next - at : 0;
}

/* "12300", "12.300" or "12 300" */
static size_t
class_whole(const struct say_text *t, size_t at)
{
	size_t n = class_digits(t, at), sign = group_sign(t, at + n);

	if (n == 0 || n > 3 || t->s[at] == '0')
		return n;
	while (sign > 0 && n < NUMBER_MAX && class_digits(t, at + n + sign) == 3 &&
	       memcmp(t->s + at + n, t->s + at + class_digits(t, at), sign) == 0)
		n += sign + 3;
	return n;
}

/* The same with or without a decimal comma: "1.234,56" */
static size_t
class_comma(const struct say_text *t, size_t at)
{
	size_t n = class_whole(t, at), more;

	if (n == 0 || at + n >= t->end || t->s[at + n] != ',')
		return n;
	more = class_digits(t, at + n + 1);
	return more > 0 ? n + 1 + more : n;
}

static bool
begins_any(unsigned char c)
{
	return true;
}

static bool
begins_number(unsigned char c)
{
	return is_digit(c);
}

static bool
begins_roman(unsigned char c)
{
	return c != '\0' && strchr("IVXLCDM", c) != NULL;
}

static bool
begins_capitalised(unsigned char c)
{
	return c >= 0x80 || (c >= 'A' && c <= 'Z');
}

static bool
begins_phone(unsigned char c)
{
	return is_digit(c) || c == '+' || c == '(';
}

static bool
begins_low_roman(unsigned char c)
{
	return c != '\0' && strchr("ivxl", c) != NULL;
}

static const struct say_class classes[] = {
    {"n>", class_grouped, begins_number},
    {"f>", class_number, begins_number},
    {"dec>", class_decimal, begins_number},
    {"wan>", class_myriad, begins_number},
    {"int>", class_whole, begins_number},
    {"num>", class_comma, begins_number},
    {"d>", class_digits, begins_number},
    {"ver>", class_version, begins_number},
    {"time>", class_time, begins_number},
    {"phone>", say_phone, begins_phone},
    {"roman>", class_roman, begins_roman},
    {"low>", class_low_roman, begins_low_roman},
    {"cap>", class_capitalised, begins_capitalised},
    {"var>", class_variable, begins_letter},
    {"url>", class_url, begins_any},
    {"email>", class_email, begins_any},
};

const struct say_class *
say_class_of(const char *name)
{
	for (size_t i = 0; i < SAY_COUNT(classes); i++)
		if (strncmp(classes[i].name, name, strlen(classes[i].name)) == 0)
			return &classes[i];
	return NULL;
}
