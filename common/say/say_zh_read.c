#include "say_lang.h"

#include <string.h>

#define GROUP 4
#define DIGITS_MAX 16
#define MOBILE_DIGITS 11

static const char *const digits[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Up to four digits without leading zeros; FIRST: none are before them. 105 is 一百零五, 12 十二.
 */
static void
add_group(struct buf *out, const char *s, size_t n, bool first)
{
	static const char *const places[] = {"", "十", "百", "千"};
	bool zero = false;

	for (size_t i = 0; i < n; i++) {
		size_t place = n - 1 - i;

		if (s[i] == '0') {
			zero = true;
			continue;
		}
		if (zero)
			buf_adds(out, digits[0]);
		zero = false;
		if (s[i] == '2' && place == 3)
			buf_adds(out, "两");
		else if (s[i] != '1' || place != 1 || i > 0 || !first)
			buf_adds(out, digits[s[i] - '0']);
		buf_adds(out, places[place]);
	}
}

/* Groups of four digits: 10500 is 一万零五百, 20000 两万. */
static bool
add_digits(struct buf *out, const char *s, size_t n)
{
	static const char *const greats[] = {"", "万", "亿", "万亿"};
	size_t begin = out->len;
	bool zero = false;

	while (n > 1 && *s == '0') {
		s++;
		n--;
	}
	if (n > DIGITS_MAX)
		return false;
	while (n > 0) {
		size_t group = (n - 1) / GROUP, len = n - group * GROUP, skip = strspn(s, "0");
		bool first = out->len == begin;

		skip = skip < len ? skip : len;
		if (skip < len) {
			if (!first && (zero || skip > 0))
				buf_adds(out, digits[0]);
			if (group > 0 && len - skip == 1 && s[skip] == '2')
				buf_adds(out, "两");
			else
				add_group(out, s + skip, len - skip, first);
			buf_adds(out, greats[group]);
		}
		zero = skip == len;
		s += len;
		n -= len;
	}
	if (out->len == begin)
		buf_adds(out, digits[0]);
	return true;
}

static void
add_each(struct buf *out, const char *s, size_t n, const char *one)
{
	for (size_t i = 0; i < n; i++)
		if (is_digit(s[i]))
			buf_adds(out, s[i] == '1' && one != NULL ? one : digits[s[i] - '0']);
}

/* A number: "1,200", "3.14", "1.5亿", "3万5千". */
static bool
read_number(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	for (size_t i = 0; i < c->len;) {
		char whole[DIGITS_MAX + 1];
		size_t n = 0;

		if (!is_digit(c->s[i])) { /* 万 and the like */
			buf_add(out, c->s + i++, 1);
			continue;
		}
		for (; i < c->len && (is_digit(c->s[i]) || c->s[i] == ','); i++)
			if (c->s[i] != ',') {
				if (n == DIGITS_MAX)
					return false;
				whole[n++] = c->s[i];
			}
		if (n > 1 && whole[0] == '0')
			return false;
		if (n == 1 && whole[0] == '2' && i < c->len && c->s[i] != '.')
			buf_adds(out, "两");
		else if (!add_digits(out, whole, n))
			return false;
		if (i < c->len && c->s[i] == '.') {
			size_t from = ++i;

			while (i < c->len && is_digit(c->s[i]))
				i++;
			buf_adds(out, "点");
			add_each(out, c->s + from, i - from, NULL);
		}
	}
	return true;
}

/* Before a measure word, two is 两. */
static bool
read_counted(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (c->len == 1 && c->s[0] == '2') {
		buf_adds(out, "两");
		return true;
	}
	return read_number(out, c, NULL);
}

static bool
read_each(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_each(out, c->s, c->len, NULL);
	return true;
}

/* In telephone numbers, one is 幺. */
static bool
read_phone(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_each(out, c->s, c->len, "幺");
	return true;
}

/* A number of a mobile telephone; refuses others. */
static bool
read_mobile(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return c->len == MOBILE_DIGITS && c->s[0] == '1' && c->s[1] >= '3' &&
	       read_phone(out, c, NULL);
}

/* Without the zeros that fill up a date. */
static bool
read_plain(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return add_digits(out, c->s, c->len);
}

/* Minutes: 9:05 is 九点零五分. */
static bool
read_minute(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (c->len == 2 && c->s[0] == '0')
		buf_adds(out, digits[0]);
	return add_digits(out, c->s, c->len);
}

/* An hour: 2:00 is 两点. */
static bool
read_hour(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (say_value(c) == 2) {
		buf_adds(out, "两");
		return true;
	}
	return add_digits(out, c->s, c->len);
}

/* A numerator with its denominator; refuses improper fractions, which may be dates. */
static bool
read_fraction(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (say_value(c) >= say_value(beside) || !read_number(out, beside, NULL))
		return false;
	buf_adds(out, "分之");
	return read_number(out, c, NULL);
}

/* A number, or its digits if it begins with a zero or is too long for one. */
static bool
read_code(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return (c->s[0] != '0' && read_number(out, c, NULL)) || read_each(out, c, NULL);
}

static bool
read_version(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	for (size_t from = 0, i = 0; i <= c->len; i++) {
		if (i < c->len && c->s[i] != '.')
			continue;
		if (!add_digits(out, c->s + from, i - from))
			return false;
		if (i < c->len)
			buf_adds(out, "点");
		from = i + 1;
	}
	return true;
}

const struct say_reader say_zh_readers[] = {{'c', read_number}, {'l', read_counted},
    {'y', read_each}, {'t', read_phone}, {'T', read_mobile}, {'d', read_plain}, {'i', read_minute},
    {'h', read_hour}, {'r', read_fraction}, {'Z', read_code}, {'v', read_version}};
const size_t say_zh_readers_n = SAY_COUNT(say_zh_readers);
