#include "say_ja.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../base/utf8.h"

#define KANA 3 /* bytes of one in UTF-8 */
#define GROUP 4
#define DIGITS_MAX 16

static const char *const digits[] = {
    "ゼロ", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュー"};
static const char *const numerals[] = {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"};

static bool
ends_with(const struct buf *b, size_t from, const char *end)
{
	size_t n = strlen(end);

	return b->len >= from + n && memcmp(b->data + b->len - n, end, n) == 0;
}

/* Write TO in place of the last kana. */
static void
change_last(struct buf *b, const char *to)
{
	b->len -= KANA;
	buf_adds(b, to);
}

/* Replace the end FROM by TO. Returns false if it does not end so. */
static bool
change_end(struct buf *b, size_t begin, const char *from, const char *to)
{
	if (!ends_with(b, begin, from))
		return false;
	b->len -= strlen(from);
	buf_adds(b, to);
	return true;
}

/* Make the end of the number from BEGIN on short, as before k (loan words: only 10), s and t, p. */
static void
shorten(struct buf *b, size_t begin, char before)
{
	bool hard = before == 'k' || before == 'h';

	if (change_end(b, begin, "ジュー", "ジュッ") || before == 'j')
		return;
	if (ends_with(b, begin, "イチ") || ends_with(b, begin, "ハチ") ||
	    (hard && (ends_with(b, begin, "ロク") || ends_with(b, begin, "ャク"))))
		change_last(b, "ッ");
}

/* ---------------------------------------------------------------- numbers */

/* One of 百 (PLACE 2) or 千 (PLACE 3), D times. */
static void
add_place(struct buf *out, unsigned d, size_t place)
{
	static const char *const tens[] = {"", "ジュー", "ヒャク", "セン"};

	if (place == 2 && (d == 3 || d == 6 || d == 8)) {
		buf_adds(out, d == 3 ? "サンビャク" : d == 6 ? "ロッピャク" : "ハッピャク");
		return;
	}
	if (place == 3 && (d == 3 || d == 8)) {
		buf_adds(out, d == 3 ? "サンゼン" : "ハッセン");
		return;
	}
	if (d > 1 || place == 0)
		buf_adds(out, digits[d]);
	buf_adds(out, tens[place]);
}

/* 万 and the like after what was added from BEGIN on. */
static void
add_great(struct buf *out, size_t begin, size_t group)
{
	static const char *const greats[] = {"", "マン", "オク", "チョー"};

	if (group == 0)
		return;
	if (group == 3)
		shorten(out, begin, 's');
	/* 一千万 is not センマン. */
	if (out->len == begin + strlen("セン") && ends_with(out, begin, "セン")) {
		out->len = begin;
		buf_adds(out, "イッセン");
	}
	buf_adds(out, greats[group]);
}

/* Up to DIGITS_MAX digits. */
static bool
add_digits(struct buf *out, const char *s, size_t n)
{
	size_t begin = out->len;

	while (n > 0 && *s == '0') {
		s++;
		n--;
	}
	if (n > DIGITS_MAX)
		return false;
	while (n > 0) {
		size_t group = (n - 1) / GROUP, len = n - group * GROUP, from = out->len;

		for (size_t i = 0; i < len; i++)
			if (s[i] != '0')
				add_place(out, (unsigned)(s[i] - '0'), len - 1 - i);
		if (out->len > from)
			add_great(out, from, group);
		s += len;
		n -= len;
	}
	if (out->len == begin)
		buf_adds(out, digits[0]);
	return true;
}

/* The place of the character at S[*AT] among 〇 to 九, which is skipped; -1: it is none. */
static int
numeral(const char *s, size_t len, size_t *at)
{
	if (*at < len && s[*at] >= '0' && s[*at] <= '9')
		return s[(*at)++] - '0';
	for (int d = 0; d < 10; d++)
		if (len - *at >= KANA && memcmp(s + *at, numerals[d], KANA) == 0) {
			*at += KANA;
			return d;
		}
	return -1;
}

/* The zeros of the character at S[*AT] that multiplies, which is skipped; 0: it is none. */
static unsigned
multiple(const char *s, size_t len, size_t *at)
{
	static const struct {
		const char *s;
		unsigned zeros;
	} all[] = {{"十", 1}, {"百", 2}, {"千", 3}, {"万", 4}, {"億", 8}, {"兆", 12}};

	for (size_t i = 0; i < SAY_COUNT(all); i++)
		if (len - *at >= KANA && memcmp(s + *at, all[i].s, KANA) == 0) {
			*at += KANA;
			return all[i].zeros;
		}
	return 0;
}

size_t
say_ja_numeral(const char *s, size_t len)
{
	size_t at = 0;

	while (at < len && (numeral(s, len, &at) >= 0 || multiple(s, len, &at) > 0))
		continue;
	return at;
}

/* The value of a number without a decimal part, such as 1,200, 3億5千万 or 二十四. */
static bool
whole_value(const char *s, size_t len, uint64_t *value)
{
	static const uint64_t tens[] = {1, 10, 100, 1000, 10000};
	uint64_t group = 0, part = 0; /* below 10,000, and not yet multiplied */
	bool part_is = false;

	*value = 0;
	for (size_t at = 0; at < len;) {
		int d;
		unsigned zeros;

		if (s[at] == ',') {
			at++;
			continue;
		}
		d = numeral(s, len, &at);
		zeros = d < 0 ? multiple(s, len, &at) : 0;
		if (d < 0 && zeros == 0)
			return false;
		if (d >= 0) {
			part = 10 * part + (uint64_t)d;
			part_is = true;
			if (part >= 10000000000000000)
				return false;
			continue;
		}
		if (zeros < GROUP)
			group += (part_is ? part : 1) * tens[zeros];
		else {
			uint64_t all = group + part;

			if (all == 0 || all >= 10000)
				return false;
			for (unsigned z = 0; z < zeros; z += GROUP)
				all *= tens[GROUP];
			*value += all;
			group = 0;
		}
		part = 0;
		part_is = false;
	}
	*value += group + part;
	return len > 0;
}

/* The digits of a decimal part, one by one: 3.14 is サンテンイチヨン. */
static bool
add_decimal(struct buf *out, const char *s, size_t len, size_t point)
{
	size_t begin = out->len, at = point + 1;

	if (!say_ja_number(out, s, point))
		return false;
	if (change_end(out, begin, "ゼロ", "レー"))
		buf_adds(out, "テン");
	else {
		shorten(out, begin, 's');
		buf_adds(out, "テン");
	}
	while (at < len && s[at] >= '0' && s[at] <= '9')
		buf_adds(out, digits[s[at++] - '0']);
	while (at < len) {
		unsigned zeros = multiple(s, len, &at);

		if (zeros < GROUP)
			return false;
		buf_adds(out, zeros == 4 ? "マン" : zeros == 8 ? "オク" : "チョー");
	}
	return true;
}

bool
say_ja_number(struct buf *out, const char *s, size_t len)
{
	const char *point = memchr(s, '.', len);
	char text[24];
	uint64_t value;

	if (point != NULL)
		return add_decimal(out, s, len, (size_t)(point - s));
	if (!whole_value(s, len, &value))
		return false;
	return add_digits(out, text, (size_t)snprintf(text, sizeof text, "%" PRIu64, value));
}

/* ---------------------------------------------------------------- counters */

/* ヒトツ to ココノツ, フツカ to トーカ. */
static const char *const things[] = {
    "", "ヒト", "フタ", "ミッ", "ヨッ", "イツ", "ムッ", "ナナ", "ヤッ", "ココノ"};
static const char *const days[] = {"", "", "フツカ", "ミッカ", "ヨッカ", "イツカ", "ムイカ",
    "ナノカ", "ヨーカ", "ココノカ", "トーカ"};

/* Small numbers that have a name of their own before a counter of KIND. */
static const char *
named(char kind, uint64_t value)
{
	if (kind == 'd')
		return value == 14		 ? "ジューヨッカ"
		       : value == 20		 ? "ハツカ"
		       : value == 24		 ? "ニジューヨッカ"
		       : value > 1 && value < 11 ? days[value]
						 : NULL;
	if (kind == 'r')
		return value == 1 ? "ヒトリ" : value == 2 ? "フタリ" : NULL;
	return NULL;
}

/* Write the first kana of COUNTER, one of h, as its voiced (B) or plosive (P) form. */
static void
add_changed(struct buf *out, const char *counter, size_t len, char form)
{
	static const char *const forms[][3] = {{"ハ", "バ", "パ"}, {"ヒ", "ビ", "ピ"},
	    {"フ", "ブ", "プ"}, {"ヘ", "ベ", "ペ"}, {"ホ", "ボ", "ポ"}, {"カ", "ガ", "ガ"},
	    {"ケ", "ゲ", "ゲ"}, {"ソ", "ゾ", "ゾ"}, {"ワ", "バ", "パ"}};

	for (size_t i = 0; i < SAY_COUNT(forms); i++)
		if (memcmp(counter, forms[i][0], KANA) == 0) {
			buf_adds(out, forms[i][form == 'b' ? 1 : 2]);
			buf_add(out, counter + KANA, len - KANA);
			return;
		}
	buf_add(out, counter, len);
}

/* Append the kana of COUNTER, LEN bytes, after a number, which also changes. CHANGES: see
 * say_ja_counter.c. */
static void
add_counter(struct buf *out, size_t begin, const char *counter, size_t len, const char *changes)
{
	bool three = ends_with(out, begin, "サン") || ends_with(out, begin, "ナン"),
	     nasal = three || ends_with(out, begin, "セン") || ends_with(out, begin, "ゼン") ||
		     ends_with(out, begin, "マン");

	for (const char *c = changes; *c != '\0'; c++)
		if (strchr("khsj", *c) != NULL)
			shorten(out, begin, *c);
	if (strchr(changes, '4') != NULL)
		change_end(out, begin, "ヨン", "ヨ");
	if (strchr(changes, '7') != NULL)
		change_end(out, begin, "ナナ", "シチ");
	if (strchr(changes, '9') != NULL)
		change_end(out, begin, "キュー", "ク");
	if (strchr(changes, 'm') != NULL)
		change_end(out, begin, "ヨン", "シ");
	if (strchr(changes, 'h') != NULL && ends_with(out, begin, "ッ"))
		add_changed(out, counter, len, 'p');
	else if (strchr(changes, 'p') != NULL &&
		 (nasal || (strchr(changes, 'f') != NULL && ends_with(out, begin, "ヨン"))))
		add_changed(out, counter, len, 'p');
	else if (strchr(changes, 'p') == NULL && strchr(changes, 'h') != NULL && nasal)
		add_changed(out, counter, len, 'b');
	else if (strchr(changes, 'g') != NULL && three)
		add_changed(out, counter, len, 'b');
	else
		buf_add(out, counter, len);
}

bool
say_ja_counted(struct buf *out, const char *s, size_t len, const char *counter)
{
	size_t n = strcspn(counter, "/"), begin = out->len;
	const char *changes = counter[n] == '/' ? counter + n + 1 : "", *name = NULL;
	uint64_t value = 0;
	bool whole = whole_value(s, len, &value);

	if (len == KANA && memcmp(s, "何", KANA) == 0) {
		buf_adds(out, "ナン");
		add_counter(out, begin, counter, n, changes);
		return true;
	}
	if (whole && strchr(changes, 't') != NULL) {
		if (value == 0 || value > 9)
			return false;
		buf_adds(out, things[value]);
	} else if (whole && strchr(changes, 'n') != NULL && (value == 1 || value == 2))
		buf_adds(out, things[value]);
	else if (whole && changes[0] != '\0' && (name = named(changes[0], value)) != NULL) {
		/* The kana of the counter after the first of a day or of a person is ニチ, ニン. */
		buf_adds(out, name);
		buf_add(out, counter + 2 * KANA, n - 2 * KANA);
		return true;
	} else if (!say_ja_number(out, s, len))
		return false;
	add_counter(out, begin, counter, n, changes);
	return true;
}

bool
say_ja_day(struct buf *out, const char *s, size_t len)
{
	uint64_t value;

	if (whole_value(s, len, &value) && value == 1) {
		buf_adds(out, "ツイタチ");
		return true;
	}
	return say_ja_counted(out, s, len, "ニチ/d");
}
