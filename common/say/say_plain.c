#include "say_parts.h"

#include "../text/text_uni.h"

#define WIDE_FIRST 0xff01 /* the wide forms of ASCII, in the same order, from '!' */
#define WIDE_LAST 0xff5e
#define WIDE_AWAY (WIDE_FIRST - '!')

static uint32_t
plain_alnum(uint32_t c)
{
	uint32_t plain = c >= WIDE_FIRST && c <= WIDE_LAST ? c - WIDE_AWAY : c;

	if (plain < 0x80 && uni_plain((char)plain))
		return plain;
	if (c >= 0x660 && c <= 0x669) /* Arabic */
		return c - 0x660 + '0';
	if (c >= 0x6f0 && c <= 0x6f9) /* Persian and Urdu */
		return c - 0x6f0 + '0';
	if (c >= 0x1d400 && c < 0x1d6a4) /* A to Z and a to z of 13 mathematical fonts */
		return (c - 0x1d400) % 52 < 26 ? (c - 0x1d400) % 52 + 'A'
					       : (c - 0x1d400) % 52 - 26 + 'a';
	if (c >= 0x1d7ce && c < 0x1d800)
		return (c - 0x1d7ce) % 10 + '0';
	return c;
}

static bool
is_digit(uint32_t c)
{
	c = plain_alnum(c);
	return c >= '0' && c <= '9';
}

/* The plain form of C between BEFORE and AFTER. */
static uint32_t
plain_form(uint32_t before, uint32_t c, uint32_t after)
{
	switch (c) {
	case 0xff03: /* ＃ */
	case 0xff04: /* ＄ */
	case 0xff05: /* ％ */
	case 0xff06: /* ＆ */
	case 0xff0b: /* ＋ */
	case 0xff0d: /* － */
	case 0xff0f: /* ／ */
	case 0xff1d: /* ＝ */
	case 0xff20: /* ＠ */
		return c - WIDE_AWAY;
	case 0xff0c: /* ， */
	case 0xff0e: /* ． */
	case 0xff1a: /* ： */
		return is_digit(before) && is_digit(after) ? c - WIDE_AWAY : c;
	case 0xffe1: /* ￡ */
		return 0xa3;
	case 0xffe5: /* ￥ */
		return 0xa5;
	case 0xffe6: /* ￦ */
		return 0x20a9;
	default:
		return plain_alnum(c);
	}
}

void
say_plain(struct buf *to, const char *text, size_t len)
{
	for (size_t i = 0, from = 0, before = 0; i < len; from = i) {
		uint32_t c = utf8_next(text, len, &i);
		char utf8[4];
		uint32_t said = plain_form((uint32_t)before, c, utf8_at(text, len, i));

		if (said == c)
			buf_add(to, text + from, i - from);
		else
			buf_add(to, utf8, utf8_encode(said, utf8));
		before = c;
	}
}
