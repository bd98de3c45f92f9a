#include "say_lang.h"

#include <stdio.h>
#include <string.h>

static const char *const sino[] = {"", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"};
static const char *const zeros[] = {"공", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"};
static const char *const native[] = {
    "", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉"};
static const char *const native_tens[] = {
    "", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔"};

/* Up to four digits: 이천삼백. A one before 십, 백 and 천 is omitted. */
static void
add_group(struct buf *out, const char *digits, size_t n)
{
	static const char *const places[] = {"", "십", "백", "천"};

	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(digits[i] - '0');
		size_t place = n - 1 - i;

		if (d == 0)
			continue;
		if (d > 1 || place == 0)
			buf_adds(out, sino[d]);
		buf_adds(out, places[place]);
	}
}

/* 12,300 is 만 이천삼백: groups of four digits. */
static bool
add_cardinal(struct buf *out, const char *digits)
{
	static const char *const places[] = {"", "만", "억", "조", "경"};
	size_t begin = strspn(digits, "0"), n = strlen(digits) - begin;
	bool first = true;

	digits += begin;
	if (n > 20)
		return false;
	if (n == 0)
		buf_adds(out, "영");
	while (n > 0) {
		size_t place = (n - 1) / 4, here = n - 4 * place;

		if (strspn(digits, "0") < here) {
			if (!first)
				buf_adds(out, " ");
			if (place != 1 || here > 1 || digits[0] != '1')
				add_group(out, digits, here);
			buf_adds(out, places[place]);
			first = false;
		}
		digits += here;
		n -= here;
	}
	return true;
}

static bool
read_cardinal(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	char digits[64];

	return say_digits(c, digits, sizeof digits) && add_cardinal(out, digits);
}

static void
add_digits(struct buf *out, const char *s, size_t n, const char *zero)
{
	for (size_t i = 0; i < n; i++)
		buf_adds(out, s[i] == '0' ? zero : zeros[(unsigned)(s[i] - '0') % 10]);
}

/* The digits of a telephone number or a code, one by one: 공일공. */
static bool
read_digits(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_digits(out, c->s, c->len, "공");
	return true;
}

/* The same, but only if it begins with a zero. */
static bool
read_code(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return c->len > 1 && c->s[0] == '0' && read_digits(out, c, beside);
}

/* A number with or without decimals: 삼 점 일사. */
static bool
read_decimal(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	const char *point = memchr(c->s, '.', c->len);
	struct say_capture whole = {c->s, point != NULL ? (size_t)(point - c->s) : c->len, NULL};

	if (!read_cardinal(out, &whole, NULL))
		return false;
	if (point != NULL) {
		buf_adds(out, " 점 ");
		add_digits(out, point + 1, c->len - whole.len - 1, "영");
	}
	return true;
}

static bool
read_version(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	for (size_t i = 0; i < c->len;) {
		const char *point = memchr(c->s + i, '.', c->len - i);
		size_t n = point != NULL ? (size_t)(point - c->s) - i : c->len - i;
		struct say_capture part = {c->s + i, n, NULL};

		if (i > 0)
			buf_adds(out, " 점 ");
		if (!read_cardinal(out, &part, NULL))
			return false;
		i += n + 1;
	}
	return true;
}

/* Native numerals before a counted noun: 한, 두, 스무, 스물한. Sino-Korean from 100 on. */
static bool
read_counted(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	unsigned n = say_value(c);

	if (n == 0 || n > 99 || c->len > 2)
		return read_cardinal(out, c, NULL);
	if (n == 20) {
		buf_adds(out, "스무");
		return true;
	}
	buf_adds(out, native_tens[n / 10]);
	buf_adds(out, native[n % 10]);
	return true;
}

/* 첫 번째, 두 번째 */
static bool
read_nth(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (say_value(c) != 1)
		return read_counted(out, c, NULL);
	buf_adds(out, "첫");
	return true;
}

/* Hours of the clock: 세 시, but 십오 시. */
static bool
read_hour(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	unsigned n = say_value(c);

	return n >= 1 && n <= 12 ? read_counted(out,
				       &(struct say_capture){c->s + (c->s[0] == '0'),
					   c->len - (c->s[0] == '0'), NULL},
				       NULL)
				 : read_cardinal(out, c, NULL);
}

/* A duration in hours: 스물세 시간, but 이십사 시간. */
static bool
read_hours(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return say_value(c) < 24 ? read_counted(out, c, NULL) : read_cardinal(out, c, NULL);
}

/* 유월 and 시월 lose a sound. */
static bool
read_month(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	unsigned n = say_value(c);

	if (n == 6 || n == 10)
		buf_adds(out, n == 6 ? "유" : "시");
	else
		return read_cardinal(out, c, NULL);
	return true;
}

/* A numerator with its denominator; refuses improper fractions, which may be dates. */
static bool
read_fraction(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (say_value(c) >= say_value(beside))
		return false;
	read_cardinal(out, beside, NULL);
	buf_adds(out, "분의 ");
	return read_cardinal(out, c, NULL);
}

/* The particle after a number. All numbers end in a consonant except those ending in 2, 4, 5 and
 * 9. */
static bool
read_topic(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	buf_adds(out, strchr("2459", c->s[c->len - 1]) != NULL ? "는" : "은");
	return true;
}

/* 만, not 일만; but 일억. */
static bool
read_great(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	bool one = c->len == 1 && c->s[0] == '1' && strcmp(beside->to, "억") != 0 &&
		   strcmp(beside->to, "조") != 0;

	if (!one && !read_decimal(out, c, NULL))
		return false;
	if (memchr(c->s, '.', c->len) != NULL)
		buf_adds(out, " ");
	buf_adds(out, beside->to);
	return true;
}

static const struct say_entry signs[] = {{".", "점"}, {"/", "슬래시"}, {"-", "하이픈"},
    {"_", "밑줄"}, {"@", "골뱅이"}, {":", "콜론"}, {"~", "물결"}, {"%", "퍼센트"}, {"?", "물음표"},
    {"=", "이퀄"}, {"&", "앤드"}, {"#", "샵"}, {"+", "플러스"}, {"w", "더블유더블유더블유"}};

static bool
read_address(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return say_address(out, c, signs, SAY_COUNT(signs));
}

const struct say_reader say_ko_readers[] = {{'c', read_cardinal}, {'s', read_digits},
    {'Z', read_code}, {'f', read_decimal}, {'v', read_version}, {'x', read_counted},
    {'t', read_nth}, {'h', read_hour}, {'H', read_hours}, {'m', read_month}, {'r', read_fraction},
    {'j', read_topic}, {'g', read_great}, {'u', read_address}};
const size_t say_ko_readers_n = SAY_COUNT(say_ko_readers);
