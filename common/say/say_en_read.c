#include "say_lang.h"

#include <stdlib.h>
#include <string.h>

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
static bool
read_year(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	unsigned n = say_value(c), thousands = n / 1000, rest = n % 1000;

	if (rest < 10) {
		buf_adds(out, small[thousands]);
		buf_adds(out, " thousand");
		if (rest > 0) {
			buf_adds(out, " ");
			add_below_hundred(out, rest);
		}
		return true;
	}
	add_below_hundred(out, n / 100);
	buf_adds(out, n % 100 == 0 ? " hundred" : n % 100 < 10 ? " oh " : " ");
	if (n % 100 != 0)
		add_below_hundred(out, n % 100);
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

static bool
read_roman_ordinal(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_ordinal(out, say_roman(c->s, c->len));
	return true;
}

static bool
read_roman(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	buf_addu(out, say_roman(c->s, c->len));
	return true;
}

static bool
read_month(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	buf_adds(out, months[(say_value(c) + 11) % 12]);
	return true;
}

/* The digits, one by one. */
static bool
read_digits(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	for (size_t i = 0; i < c->len; i++) {
		if (i > 0)
			buf_adds(out, " ");
		buf_adds(out, small[(unsigned)(c->s[i] - '0') % 10]);
	}
	return true;
}

/* Minutes: 05 is "oh 5". */
static bool
read_minutes(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (c->s[0] == '0' && c->len == 2)
		buf_adds(out, "oh ");
	buf_addu(out, say_value(c));
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

const struct say_reader say_en_readers[] = {{'y', read_year}, {'D', read_decade},
    {'o', read_ordinal}, {'R', read_roman}, {'O', read_roman_ordinal}, {'m', read_month},
    {'s', read_digits}, {'z', read_minutes}, {'i', read_plain}, {'p', read_unit},
    {'r', read_one_unit}, {'q', read_cents}, {'u', read_address}};
const size_t say_en_readers_n = SAY_COUNT(say_en_readers);
