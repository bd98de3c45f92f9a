#include "say_lang.h"

static const char *const months[] = {"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"};

static bool
read_day(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (say_value(c) == 1)
		buf_adds(out, "primo");
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

/* C minutes after BESIDE hours: "15 e 30" */
static bool
read_minutes(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	buf_addu(out, say_value(beside));
	if (say_value(c) > 0) {
		buf_adds(out, " e ");
		buf_addu(out, say_value(c));
	}
	return true;
}

static bool
read_time(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	const struct say_capture hour = {c->s, c->len - 3, NULL},
				 minute = {c->s + c->len - 2, 2, NULL};

	return read_minutes(out, &minute, &hour);
}

const struct say_reader say_it_readers[] = {{'d', read_day}, {'m', read_month}, {'T', read_minutes},
    {'t', read_time}, {'p', say_euro_counted}, {'u', say_euro_plural}, {'s', say_euro_singular},
    {'q', say_euro_cents}, {'c', say_euro_small}, {'G', say_euro_greater}};
const size_t say_it_readers_n = SAY_COUNT(say_it_readers);
