#include "say_lang.h"

#include <stdlib.h>
#include <string.h>

/* Numbers with a decimal comma, and what is counted: shared by several languages of Europe. */

double
say_euro_value(const struct say_capture *c)
{
	char digits[48];
	size_t n = 0;

	if (c->len > 1 && c->s[0] == '0' && c->s[1] != ',')
		return -1;
	for (size_t i = 0; i < c->len; i++) {
		bool digit = c->s[i] >= '0' && c->s[i] <= '9';

		if (n + 1 >= sizeof digits)
			return -1;
		if (digit || c->s[i] == ',')
			digits[n++] = digit ? c->s[i] : '.';
	}
	digits[n] = '\0';
	return strtod(digits, NULL);
}

void
say_euro_part(struct buf *out, const char *s, unsigned which)
{
	for (; which > 0 && strchr(s, '|') != NULL; which--)
		s = strchr(s, '|') + 1;
	buf_add(out, s, strcspn(s, "|"));
}

unsigned
say_euro_parts(const char *s)
{
	unsigned n = 1;

	for (; (s = strchr(s, '|')) != NULL; s++)
		n++;
	return n;
}

static bool
is_one(const struct say_capture *n)
{
	return n->len == 1 && n->s[0] == '1';
}

bool
say_euro_counted(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (is_one(beside)) {
		say_euro_part(out, c->to, 0);
		return true;
	}
	buf_add(out, beside->s, beside->len);
	buf_adds(out, " ");
	say_euro_part(out, c->to, 1);
	return true;
}

bool
say_euro_plural(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	say_euro_part(out, c->to, 1);
	return true;
}

bool
say_euro_singular(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	const char *space = strchr(c->to, ' '), *bar = strchr(c->to, '|');

	say_euro_part(out, space != NULL && (bar == NULL || space < bar) ? space + 1 : c->to, 0);
	return true;
}

bool
say_euro_cents(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	unsigned n = say_value(beside);

	if (say_euro_parts(c->to) < 4)
		return false; /* the currency has no smaller unit */
	if (n != 1) {
		buf_addu(out, n);
		buf_adds(out, " ");
	}
	say_euro_part(out, c->to, n == 1 ? 2 : 3);
	return true;
}

bool
say_euro_small(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (say_euro_parts(beside->to) < 4)
		return false;
	buf_addu(out, say_value(c));
	return true;
}

bool
say_euro_plain(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	buf_addu(out, say_value(c));
	return true;
}

bool
say_euro_greater(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	double from = say_euro_value(beside), to = say_euro_value(c);

	if (from < 0 || to <= from)
		return false;
	buf_add(out, c->s, c->len);
	return true;
}
