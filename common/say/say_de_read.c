#include "say_lang.h"

#include <string.h>

static const char *const small[] = {"null", "ein", "zwei", "drei", "vier", "fünf", "sechs",
    "sieben", "acht", "neun", "zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn",
    "sechzehn", "siebzehn", "achtzehn", "neunzehn"};
static const char *const tens[] = {
    "", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"};
static const char *const months[] = {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli",
    "August", "September", "Oktober", "November", "Dezember"};

static void
add_below_hundred(struct buf *out, unsigned n)
{
	if (n < 20) {
		buf_adds(out, small[n]);
		return;
	}
	if (n % 10 != 0) {
		buf_adds(out, small[n % 10]);
		buf_adds(out, "und");
	}
	buf_adds(out, tens[n / 10]);
}

/* 1985: neunzehnhundertfünfundachtzig; years of other centuries are left to the engine. */
static bool
read_year(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	unsigned n = say_value(c);

	if (n < 1100 || n > 1999) {
		buf_add(out, c->s, c->len);
		return true;
	}
	add_below_hundred(out, n / 100);
	buf_adds(out, "hundert");
	if (n % 100 == 1)
		buf_adds(out, "eins");
	else if (n % 100 != 0)
		add_below_hundred(out, n % 100);
	return true;
}

static bool
read_later_year(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return say_value(c) > say_value(beside) && read_year(out, c, beside);
}

/* Whether C is the end of a range of which only the last two digits are written: 1914–18. */
static bool
read_short_end(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (say_value(c) <= say_value(beside) % 100)
		return false;
	buf_addu(out, say_value(c));
	return true;
}

/* 1990er */
static bool
read_decade(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (say_value(c) % 10 != 0 || say_value(c) % 100 == 0)
		return false;
	read_year(out, c, beside);
	buf_adds(out, "er");
	return true;
}

/* The stem of an ordinal up to 999: "dritt", "zwanzigst". */
static void
add_ordinal(struct buf *out, unsigned n)
{
	unsigned rest = n % 100;

	if (n >= 100) {
		buf_adds(out, n < 200 ? "" : small[n / 100]);
		buf_adds(out, "hundert");
	}
	if (rest == 1 || rest == 3)
		buf_adds(out, rest == 1 ? "erst" : "dritt");
	else if (rest == 7)
		buf_adds(out, "siebt");
	else if (rest > 0) {
		add_below_hundred(out, rest);
		buf_adds(out, rest == 8 ? "" : rest < 20 ? "t" : "st");
	} else
		buf_adds(out, "st");
}

static bool
add_declined(struct buf *out, unsigned n, const char *ending)
{
	if (n == 0 || n > 999)
		return false;
	add_ordinal(out, n);
	buf_adds(out, ending);
	return true;
}

static bool
read_ordinal_e(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return add_declined(out, say_value(c), "e");
}

static bool
read_ordinal_en(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return add_declined(out, say_value(c), "en");
}

static bool
read_ordinal_er(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return add_declined(out, say_value(c), "er");
}

static bool
read_ordinal_es(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return add_declined(out, say_value(c), "es");
}

static bool
read_roman_e(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return add_declined(out, say_roman(c->s, c->len), "e");
}

static bool
read_roman_en(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return add_declined(out, say_roman(c->s, c->len), "en");
}

static bool
read_month(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	buf_adds(out, months[(say_value(c) + 11) % 12]);
	return true;
}

static void
add_time(struct buf *out, unsigned hour, unsigned minute)
{
	if (hour == 1)
		buf_adds(out, "ein");
	else
		buf_addu(out, hour);
	buf_adds(out, " Uhr");
	if (minute > 0) {
		buf_adds(out, " ");
		buf_addu(out, minute);
	}
}

/* "15:30" */
static bool
read_time(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	const struct say_capture hour = {c->s, c->len - 3, NULL},
				 minute = {c->s + c->len - 2, 2, NULL};

	add_time(out, say_value(&hour), say_value(&minute));
	return true;
}

/* C minutes after BESIDE hours: "8.30" */
static bool
read_minutes(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_time(out, say_value(beside), say_value(c));
	return true;
}

/* "Hauptstr" before its full stop */
static bool
read_street(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (c->len < 6 || memcmp(c->s + c->len - 3, "str", 3) != 0)
		return false;
	buf_add(out, c->s, c->len - 3);
	buf_adds(out, "straße");
	return true;
}

const struct say_reader say_de_readers[] = {{'y', read_year}, {'Y', read_later_year},
    {'Z', read_short_end}, {'D', read_decade}, {'e', read_ordinal_e}, {'n', read_ordinal_en},
    {'r', read_ordinal_er}, {'s', read_ordinal_es}, {'E', read_roman_e}, {'N', read_roman_en},
    {'m', read_month}, {'t', read_time}, {'T', read_minutes}, {'S', read_street},
    {'p', say_euro_counted}, {'u', say_euro_plural}, {'o', say_euro_singular},
    {'q', say_euro_cents}, {'c', say_euro_small}, {'G', say_euro_greater}};
const size_t say_de_readers_n = SAY_COUNT(say_de_readers);
