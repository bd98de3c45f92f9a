#include "say_lang.h"

#include <string.h>

#define ROMAN_MAX 99

static const char *const months[] = {"января", "февраля", "марта", "апреля", "мая", "июня", "июля",
    "августа", "сентября", "октября", "ноября", "декабря"};

/* The stems of ordinals; those of 3, and the nominatives of some others, have endings of their own.
 */
static const char *const small[] = {"", "перв", "втор", "трет", "четвёрт", "пят", "шест", "седьм",
    "восьм", "девят", "десят", "одиннадцат", "двенадцат", "тринадцат", "четырнадцат", "пятнадцат",
    "шестнадцат", "семнадцат", "восемнадцат", "девятнадцат"};
static const char *const tens[] = {"", "", "двадцат", "тридцат", "сороков", "пятидесят",
    "шестидесят", "семидесят", "восьмидесят", "девяност"};

/* The endings of an ordinal in one case and gender. */
struct ending {
	const char *usual, *stressed, *third;
};

static const struct ending masculine = {"ый", "ой", "ий"}, neuter = {"ое", "ое", "ье"},
			   feminine = {"ая", "ая", "ья"}, genitive = {"ого", "ого", "ьего"},
			   dative = {"ому", "ому", "ьему"}, locative = {"ом", "ом", "ьем"},
			   accusative = {"ую", "ую", "ью"}, of_her = {"ой", "ой", "ьей"};

/* N from 1 to 19, or a multiple of ten up to 90. */
static void
add_last(struct buf *out, unsigned n, const struct ending *ending)
{
	buf_adds(out, n < 20 ? small[n] : tens[n / 10]);
	if (n == 3)
		buf_adds(out, ending->third);
	else if (n == 2 || n == 40 || (n >= 6 && n <= 8))
		buf_adds(out, ending->stressed);
	else
		buf_adds(out, ending->usual);
}

/* Only the last word of an ordinal is one: "1980 пятый" is read as the engine reads 1980. Years
 * with hundreds only are few. */
static bool
add_ordinal(struct buf *out, unsigned n, const struct ending *ending)
{
	unsigned last = n % 100;

	if (n == 1900 || n == 2000)
		buf_adds(out, n == 1900 ? "тысяча девятисот" : "двухтысячн");
	if (n == 1900 || n == 2000) {
		buf_adds(out, ending->usual);
		return true;
	}
	if (last == 0)
		return false;
	if (last > 20 && last % 10 != 0)
		last %= 10;
	if (n > last) {
		buf_addu(out, n - last);
		buf_adds(out, " ");
	}
	add_last(out, last, ending);
	return true;
}

/* A reader of numbers, and one of Roman numbers, in one case and gender. */
#define ORDINAL(name, number, ending)                                                              \
	static bool name(                                                                          \
	    struct buf *out, const struct say_capture *c, const struct say_capture *beside)        \
	{                                                                                          \
		return add_ordinal(out, number, &(ending));                                        \
	}

static unsigned
roman(const struct say_capture *c)
{
	unsigned n = say_roman(c->s, c->len);

	return n > ROMAN_MAX || (c->len == 1 && n > 10) ? 0 : n;
}

ORDINAL(read_he, say_value(c), masculine)
ORDINAL(read_it, say_value(c), neuter)
ORDINAL(read_she, say_value(c), feminine)
ORDINAL(read_of, say_value(c), genitive)
ORDINAL(read_to, say_value(c), dative)
ORDINAL(read_in, say_value(c), locative)
ORDINAL(read_her, say_value(c), accusative)
ORDINAL(read_roman_he, roman(c), masculine)
ORDINAL(read_roman_of, roman(c), genitive)
ORDINAL(read_roman_in, roman(c), locative)
ORDINAL(read_roman_she, roman(c), feminine)
ORDINAL(read_roman_of_her, roman(c), of_her)

static bool
read_month(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	buf_adds(out, months[(say_value(c) + 11) % 12]);
	return true;
}

/* The number N and the right one of the three forms from FIRST on of what is counted. */
static void
add_counted(struct buf *out, const struct say_capture *n, const char *forms, unsigned first)
{
	bool whole = memchr(n->s, ',', n->len) == NULL;
	unsigned last = n->s[n->len - 1] - '0', teen = n->len > 1 && n->s[n->len - 2] == '1';
	unsigned form = !whole ? 1 : teen || last == 0 || last > 4 ? 2 : last == 1 ? 0 : 1;
	struct buf word;

	buf_init(&word, out->pool, 32);
	say_euro_part(&word, forms, first);
	bool she = word.data[0] == '*';
	if (whole && she && !teen && (last == 1 || last == 2)) {
		if (say_value(n) != last) {
			buf_add(out, n->s, n->len - 1);
			buf_adds(out, "0 ");
		}
		buf_adds(out, last == 1 ? "одна" : "две");
	} else
		buf_add(out, n->s, n->len);
	buf_adds(out, " ");
	word.len = 0;
	say_euro_part(&word, forms, first + form);
	buf_add(out, word.data + (she && form == 0), word.len - (she && form == 0));
}

static bool
read_counted(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_counted(out, beside, c->to, 0);
	return true;
}

/* After millions: "рублей" */
static bool
read_many(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	say_euro_part(out, c->to, 2);
	return true;
}

static bool
read_parts(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	bool zero = beside->len == 2 && beside->s[0] == '0';
	const struct say_capture n = {beside->s + zero, beside->len - zero, NULL};

	add_counted(out, &n, c->to, 3);
	return true;
}

const struct say_reader say_ru_readers[] = {{'o', read_he}, {'n', read_it}, {'a', read_she},
    {'g', read_of}, {'d', read_to}, {'y', read_her}, {'N', read_he}, {'G', read_of}, {'D', read_to},
    {'P', read_in}, {'O', read_roman_he}, {'A', read_roman_of}, {'C', read_roman_in},
    {'E', read_roman_she}, {'I', read_roman_of_her}, {'m', read_month}, {'p', read_counted},
    {'u', read_many}, {'q', read_parts}};
const size_t say_ru_readers_n = SAY_COUNT(say_ru_readers);
