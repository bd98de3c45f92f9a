#include "say_lang.h"

#include <string.h>

#define ROMAN_MAX 40

static const char *const months[] = {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio",
    "agosto", "septiembre", "octubre", "noviembre", "diciembre"};

/* The stems of the ordinals that kings have up to ten. */
static const char *const ordinals[] = {"", "primer", "segund", "tercer", "cuart", "quint", "sext",
    "séptim", "octav", "noven", "décim"};

static bool
read_month(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	buf_adds(out, months[(say_value(c) + 11) % 12]);
	return true;
}

/* 21 and the like before what is counted: "veintiún kilogramos", "30 y una horas". */
static bool
read_counted(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	bool feminine = strncmp(c->to, "una ", 4) == 0;
	unsigned n = say_value(beside);

	if (beside->len != 2 || n % 10 != 1 || n < 21)
		return say_euro_counted(out, c, beside);
	if (n == 21)
		buf_adds(out, feminine ? "veintiuna" : "veintiún");
	else {
		buf_addu(out, n - 1);
		buf_adds(out, feminine ? " y una" : " y un");
	}
	buf_adds(out, " ");
	return say_euro_plural(out, c, NULL);
}

static bool
add_royal(struct buf *out, const struct say_capture *c, const char *ending)
{
	unsigned n = say_roman(c->s, c->len);

	if (n > ROMAN_MAX || (c->len == 1 && n > 10))
		return false;
	if (n >= SAY_COUNT(ordinals)) {
		buf_addu(out, n);
		return true;
	}
	buf_adds(out, ordinals[n]);
	buf_adds(out, ending);
	return true;
}

static bool
read_king(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return add_royal(out, c, "o");
}

static bool
read_queen(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return add_royal(out, c, "a");
}

const struct say_reader say_es_readers[] = {{'m', read_month}, {'K', read_king}, {'Q', read_queen},
    {'p', read_counted}, {'u', say_euro_plural}, {'s', say_euro_singular}, {'q', say_euro_cents},
    {'c', say_euro_small}, {'i', say_euro_plain}, {'G', say_euro_greater}};
const size_t say_es_readers_n = SAY_COUNT(say_es_readers);
