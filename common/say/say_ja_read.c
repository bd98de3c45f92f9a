#include "say_lang.h"

#include <string.h>

#include "say_ja.h"

/* A number without leading zeros. */
static bool
read_number(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	bool code = c->len > 1 && c->s[0] == '0' && c->s[1] >= '0' && c->s[1] <= '9';

	return !code && say_ja_number(out, c->s, c->len);
}

/* A number before the counter BESIDE, which is appended too. */
static bool
read_counted(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return say_ja_counted(out, c->s, c->len, beside->to);
}

/* Readers of numbers before counters that are not written, or written otherwise. */
static bool
read_month(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return say_ja_counted(out, c->s, c->len, "ガツ/m79");
}

static bool
read_day(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return say_ja_day(out, c->s, c->len);
}

static bool
read_year(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return say_ja_counted(out, c->s, c->len, "ネン/4");
}

static bool
read_hour(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return say_ja_counted(out, c->s, c->len, "ジ/479");
}

static bool
read_minute(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return say_ja_counted(out, c->s, c->len, "フン/hpf");
}

static bool
read_percent(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return say_ja_counted(out, c->s, c->len, "パーセント/j");
}

/* A numerator with its denominator; refuses improper fractions, which may be dates. */
static bool
read_fraction(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	if (say_value(c) >= say_value(beside) || !say_ja_number(out, beside->s, beside->len))
		return false;
	buf_adds(out, "ブンノ ");
	return say_ja_number(out, c->s, c->len);
}

/* One digit after another; those of one sound are long. */
static bool
read_digits(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	static const char *const digits[] = {
	    "ゼロ", "イチ", "ニー", "サン", "ヨン", "ゴー", "ロク", "ナナ", "ハチ", "キュー"};

	for (size_t i = 0; i < c->len; i++)
		if (c->s[i] >= '0' && c->s[i] <= '9')
			buf_adds(out, digits[c->s[i] - '0']);
	return true;
}

/* A number, or digit by digit if it begins with a zero or is too long for one. */
static bool
read_code(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return read_number(out, c, NULL) || read_digits(out, c, NULL);
}

/* A version: each part, with テン between. */
static bool
read_version(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	for (size_t from = 0, i = 0; i <= c->len; i++) {
		if (i < c->len && c->s[i] != '.')
			continue;
		if (!say_ja_number(out, c->s + from, i - from))
			return false;
		if (i < c->len)
			buf_adds(out, "テン");
		from = i + 1;
	}
	return true;
}

static const struct say_entry signs[] = {{".", "ドット"}, {"/", "スラッシュ"}, {"-", "ハイフン"},
    {"_", "アンダーバー"}, {"@", "アットマーク"}, {":", "コロン"}, {"~", "チルダ"},
    {"%", "パーセント"}, {"?", "ハテナ"}, {"=", "イコール"}, {"&", "アンド"}, {"#", "シャープ"},
    {"+", "プラス"}, {"w", "ダブリューダブリューダブリュー"}};

static bool
read_address(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	return say_address(out, c, signs, SAY_COUNT(signs));
}

const struct say_reader say_ja_readers[] = {{'c', read_number}, {'k', read_counted},
    {'m', read_month}, {'d', read_day}, {'y', read_year}, {'h', read_hour}, {'i', read_minute},
    {'p', read_percent}, {'r', read_fraction}, {'s', read_digits}, {'Z', read_code},
    {'v', read_version}, {'u', read_address}};
const size_t say_ja_readers_n = SAY_COUNT(say_ja_readers);
