#include "say_lang.h"

#include <stdlib.h>
#include <string.h>

#define SHORT_YEAR_FIRST 50 /* 50 is 1950, 49 is 2049 */
#define ROMAN_PART_MAX 199
#define ROMAN_KING_MAX 40

static const char *const small[] = {"zero", "one", "two", "three", "four", "five", "six", "seven",
    "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
    "seventeen", "eighteen", "nineteen"};
static const char *const tens[] = {
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December"};

static void
add_below_hundred(struct buf *out, unsigned n)
{
	if (n < 20) {
		buf_adds(out, small[n]);
		return;
	}
	buf_adds(out, tens[n / 10]);
	if (n % 10 != 0) {
		buf_adds(out, "-");
		buf_adds(out, small[n % 10]);
	}
}

/* 1999: nineteen ninety-nine; 1905: nineteen oh five; 1900: nineteen hundred; 2005: two thousand
 * five. */
static void
add_year(struct buf *out, unsigned n)
{
	unsigned thousands = n / 1000, rest = n % 1000;

	if (rest < 10) {
		buf_adds(out, small[thousands]);
		buf_adds(out, " thousand");
		if (rest > 0) {
			buf_adds(out, " ");
			add_below_hundred(out, rest);
		}
		return;
	}
	add_below_hundred(out, n / 100);
	buf_adds(out, n % 100 == 0 ? " hundred" : n % 100 < 10 ? " oh " : " ");
	if (n % 100 != 0)
		add_below_hundred(out, n % 100);
}

static bool
read_year(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_year(out, say_value(c));
	return true;
}

/* The end of a range of years. */
static bool
read_later_year(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return say_value(c) > say_value(beside) && read_year(out, c, beside);
}

/* The year of a date with two digits: 26 is 2026, 98 is 1998. */
static bool
read_short_year(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	unsigned n = say_value(c);

	add_year(out, n < SHORT_YEAR_FIRST ? 2000 + n : 1900 + n);
	return true;
}

/* The nineteen nineties: N is a multiple of ten. */
static bool
read_decade(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	unsigned n = say_value(c), ten = n / 10 % 10;

	if (n % 10 != 0 || ten == 1 || (n < 100 && ten == 0))
		return false;
	if (n % 1000 == 0) {
		buf_adds(out, small[n / 1000]);
		buf_adds(out, " thousands");
		return true;
	}
	if (n >= 100) {
		add_below_hundred(out, n / 100);
		buf_adds(out, " ");
	}
	if (ten == 0) {
		buf_adds(out, "hundreds");
		return true;
	}
	buf_add(out, tens[ten], strlen(tens[ten]) - 1);
	buf_adds(out, "ies");
	return true;
}

static void
add_ordinal(struct buf *out, unsigned n)
{
	unsigned last = n % 100 / 10 == 1 ? 0 : n % 10;

	buf_addu(out, n);
	buf_adds(out, last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th");
}

static bool
read_ordinal(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_ordinal(out, say_value(c));
	return true;
}

/* A Roman number after a word that may have a letter after it too, such as "Part D": of single
 * letters only I, V and X are numbers. */
static bool
read_roman(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	unsigned n = say_roman(c->s, c->len);

	if (n > ROMAN_PART_MAX || (c->len == 1 && n > 10 && n != 5))
		return false;
	buf_addu(out, n);
	return true;
}

/* The same, but a single letter is a letter. */
static bool
read_long_roman(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return c->len > 1 && read_roman(out, c, beside);
}

/* After any name: "Rocky IV", but not the CD, DC, MD or XXX after one. */
static bool
read_sequel(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	unsigned n = say_roman(c->s, c->len);

	return c->len > 1 && n < 40 && n % 10 != 0 && read_roman(out, c, beside);
}

static bool
read_roman_ordinal(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	unsigned n = say_roman(c->s, c->len);

	if (n > ROMAN_KING_MAX || (c->len == 1 && n > 10))
		return false;
	add_ordinal(out, n);
	return true;
}

static bool
read_long_ordinal(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return c->len > 1 && read_roman_ordinal(out, c, beside);
}

static bool
read_small_roman(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	char capitals[16];

	if (c->len > sizeof capitals)
		return false;
	for (size_t i = 0; i < c->len; i++)
		capitals[i] = (char)(c->s[i] - 'a' + 'A');
	buf_addu(out, say_roman(capitals, c->len));
	return true;
}

/* A Roman number without any context is sure only if it is a long one that is a year. */
static bool
read_roman_year(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	unsigned n = say_roman(c->s, c->len);

	if (c->len < 4 || n < 1000 || n > 2100)
		return false;
	add_year(out, n);
	return true;
}

static bool
read_month(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	buf_adds(out, months[(say_value(c) + 11) % 12]);
	return true;
}

/* The digits, one by one, with a pause between groups: "+1 (555) 123-4567". */
static bool
read_digits(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	const char *between = "";

	for (size_t i = 0; i < c->len; i++) {
		if (c->s[i] == '+') {
			buf_adds(out, "plus");
			between = " ";
		} else if (c->s[i] < '0' || c->s[i] > '9')
			between = between[0] != '\0' ? ", " : "";
		else {
			buf_adds(out, between);
			buf_adds(out, small[(unsigned)(c->s[i] - '0')]);
			between = " ";
		}
	}
	return true;
}

static void
add_minutes(struct buf *out, const char *s)
{
	unsigned n = (unsigned)(10 * (s[0] - '0') + s[1] - '0');

	if (n < 10)
		buf_adds(out, "oh ");
	buf_addu(out, n);
}

/* Whether C is the end of a range of which only the last digits are written: 138-9, 1914-18. */
static bool
is_short_end(const struct say_capture *c, const struct say_capture *beside)
{
	size_t skipped = beside->len - c->len;
	struct say_capture last = {beside->s + skipped, c->len, NULL};

	return beside->len > c->len && say_value(c) > say_value(&last);
}

static bool
read_later_short_year(
    struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (!is_short_end(c, beside))
		return false;
	if (c->len == 2)
		add_minutes(out, c->s);
	else
		buf_addu(out, say_value(c));
	return true;
}

/* "9:05": 9 oh 5; the full hour has NAME after it. */
static void
add_time(struct buf *out, const struct say_capture *c, const char *name)
{
	const char *minutes = c->s + c->len - 2;
	struct say_capture hour = {c->s, c->len - 3, NULL};

	buf_addu(out, say_value(&hour));
	if (memcmp(minutes, "00", 2) == 0) {
		buf_adds(out, name);
		return;
	}
	buf_adds(out, " ");
	add_minutes(out, minutes);
}

static bool
read_time(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_time(out, c, " o'clock");
	return true;
}

/* Before a.m. or p.m. */
static bool
read_half_day_time(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_time(out, c, "");
	return true;
}

/* The value of a number with commas and decimals; -1 if it has a zero before other digits. */
static double
number_value(const struct say_capture *c)
{
	char digits[32];

	if (!say_digits(c, digits, sizeof digits) ||
	    (c->len > 1 && c->s[0] == '0' && c->s[1] != '.'))
		return -1;
	return strtod(digits, NULL);
}

/* The end of a range, which is greater than its beginning. */
static bool
read_greater(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	double from = number_value(beside), to = number_value(c);

	if (from < 0 || to <= from)
		return false;
	buf_add(out, c->s, c->len);
	return true;
}

/* The same, or only the last digits of it. */
static bool
read_later_page(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (!is_short_end(c, beside))
		return read_greater(out, c, beside);
	buf_add(out, c->s, c->len);
	return true;
}

/* The end of a range with a hyphen, which may also be part of a name or a number: its ends are
 * not far from each other. */
static bool
read_near_greater(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	double from = number_value(beside), to = number_value(c);

	return (to <= 10 * from || (from <= 1 && to <= 100)) && read_greater(out, c, beside);
}

/* The letters of a quantity, one by one: m c. */
static bool
read_letters(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	for (size_t i = 0; i < c->len; i++) {
		if (i > 0)
			buf_adds(out, " ");
		buf_add(out, c->s[i] == 'a' ? "A" : c->s + i, 1);
	}
	return true;
}

/* A number without leading zeros. */
static bool
read_plain(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	buf_addu(out, say_value(c));
	return true;
}

/* Append part WHICH (from 0) of "dollar|dollars|cent|cents". */
static void
add_part(struct buf *out, const char *s, unsigned which)
{
	for (; which > 0 && strchr(s, '|') != NULL; which--)
		s = strchr(s, '|') + 1;
	buf_add(out, s, strcspn(s, "|"));
}

static unsigned
is_plural(const struct say_capture *n)
{
	return n->len == 1 && n->s[0] == '1' ? 0 : 1;
}

static bool
read_unit(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_part(out, c->to, beside == NULL || is_plural(beside));
	return true;
}

static bool
read_one_unit(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_part(out, c->to, 0);
	return true;
}

static bool
read_cents(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (strchr(c->to, '|') == strrchr(c->to, '|'))
		return false; /* the currency has no smaller unit */
	buf_addu(out, say_value(beside));
	buf_adds(out, " ");
	add_part(out, c->to, 2 + (say_value(beside) != 1));
	return true;
}

static const struct say_entry signs[] = {{".", "dot"}, {"/", "slash"}, {"-", "dash"},
    {"_", "underscore"}, {"@", "at"}, {":", "colon"}, {"~", "tilde"}, {"%", "percent"},
    {"?", "question mark"}, {"=", "equals"}, {"&", "and"}, {"#", "hash"}, {"+", "plus"},
    {"w", "double u double u double u"}};

static bool
read_address(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return say_address(out, c, signs, SAY_COUNT(signs));
}

const struct say_reader say_en_readers[] = {{'y', read_year}, {'Y', read_later_year},
    {'c', read_short_year}, {'Z', read_later_short_year}, {'D', read_decade}, {'o', read_ordinal},
    {'R', read_roman}, {'M', read_long_roman}, {'K', read_sequel}, {'L', read_small_roman},
    {'B', read_roman_year}, {'O', read_roman_ordinal}, {'N', read_long_ordinal}, {'m', read_month},
    {'h', read_digits}, {'t', read_time}, {'T', read_half_day_time}, {'G', read_greater},
    {'A', read_later_page}, {'g', read_near_greater}, {'l', read_letters}, {'i', read_plain},
    {'p', read_unit}, {'r', read_one_unit}, {'q', read_cents}, {'u', read_address}};
const size_t say_en_readers_n = SAY_COUNT(say_en_readers);
