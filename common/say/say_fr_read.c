#include "say_lang.h"

#include <string.h>

#include "../text/text_uni.h"

#define ROMAN_MAX 50
#define WORD_MAX 32

static const char *const months[] = {"janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre"};

/* The stems of ordinals below twenty: "quatrième". */
static const char *const small[] = {"", "un", "deux", "trois", "quatr", "cinqu", "six", "sept",
    "huit", "neuv", "dix", "onz", "douz", "treiz", "quatorz", "quinz", "seiz", "dix-sept",
    "dix-huit", "dix-neuv"};
static const char *const tens[] = {"", "", "vingt", "trente", "quarante", "cinquante", "soixante",
    "soixante", "quatre-vingt", "quatre-vingt"};

/* N from 2 to 99. */
static void
add_ordinal(struct buf *out, unsigned n)
{
	unsigned ten = n < 20 ? 0 : n / 10, rest = n - 10 * ten;

	if (ten == 7 || ten == 9)
		rest += 10;
	buf_adds(out, tens[ten]);
	if (rest == 0 && ten < 8) /* "trentième" */
		out->len -= ten > 2;
	else if (rest > 0 && ten > 0)
		buf_adds(out, rest % 10 == 1 && ten < 8 ? " et " : "-");
	buf_adds(out, small[rest]);
	buf_adds(out, "ième");
}

static bool
read_ordinal(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_ordinal(out, say_value(c));
	return true;
}

/* A Roman number of a century and the like; of single letters only V and X: "Me", "Le". */
static bool
read_roman_ordinal(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	unsigned n = say_roman(c->s, c->len);

	if (n < 2 || n > ROMAN_MAX || (c->len == 1 && n > 10))
		return false;
	add_ordinal(out, n);
	return true;
}

static bool
read_roman(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	unsigned n = say_roman(c->s, c->len);

	if (n > ROMAN_MAX || (c->len == 1 && n > 10))
		return false;
	buf_addu(out, n);
	return true;
}

static bool
read_day(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (say_value(c) == 1)
		buf_adds(out, "premier");
	else
		buf_addu(out, say_value(c));
	return true;
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
	if (hour == 1 || hour == 21)
		buf_adds(out, hour == 1 ? "une" : "vingt et une");
	else
		buf_addu(out, hour);
	buf_adds(out, hour < 2 ? " heure" : " heures");
	if (minute > 0) {
		buf_adds(out, " ");
		buf_addu(out, minute);
	}
}

static bool
read_hour(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_time(out, say_value(c), 0);
	return true;
}

/* C minutes after BESIDE hours */
static bool
read_minutes(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_time(out, say_value(beside), say_value(c));
	return true;
}

static bool
read_time(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	const struct say_capture hour = {c->s, c->len - 3, NULL},
				 minute = {c->s + c->len - 2, 2, NULL};

	add_time(out, say_value(&hour), say_value(&minute));
	return true;
}

const struct say_reader say_fr_readers[] = {{'o', read_ordinal}, {'O', read_roman_ordinal},
    {'R', read_roman}, {'d', read_day}, {'m', read_month}, {'H', read_hour}, {'T', read_minutes},
    {'t', read_time}, {'p', say_euro_counted}, {'u', say_euro_plural}, {'s', say_euro_singular},
    {'q', say_euro_cents}, {'c', say_euro_small}, {'G', say_euro_greater}};
const size_t say_fr_readers_n = SAY_COUNT(say_fr_readers);

/* Words with a capital that may precede "M. Dupont"; after any other M. is an initial. */
static const char *const opening[] = {"Et", "Mais", "Le", "De", "Pour", "Avec", "Si", "Quand",
    "Selon", "Que", "Chez", "Par", "Donc", "Or", "Comme", "Puis", "Alors", "Sans", "Cher", "Ce",
    "Bonjour", "Merci", "Oui", "Non", "Voici", "Ici", "Contre", "Sur"};

static bool
after_named(const struct say_text *t, size_t at)
{
	size_t end = say_last_word(t, at), from = end, before = end;

	while (before > 0 && end - from < WORD_MAX && say_latin(utf8_prev(t->s, 0, &before)))
		from = before;
	if (end == at || from == end || uni_cls(utf8_at(t->s, t->len, from)) != C_UPPER)
		return false;
	for (size_t i = 0; i < SAY_COUNT(opening); i++)
		if (strlen(opening[i]) == end - from &&
		    memcmp(opening[i], t->s + from, end - from) == 0)
			return false;
	return true;
}

const struct say_near say_fr_nears[] = {{"named", after_named}};
const size_t say_fr_nears_n = SAY_COUNT(say_fr_nears);
