#include "say_lang.h"

#include <string.h>

/*
 * Hebrew. The engine makes no sound of digits at all, so numbers are written out: as one counts,
 * in the feminine; thousands are masculine. Longer ones, and those with a leading zero, are read
 * digit by digit.
 */

#define PARTS_MAX 4

static const char *const ones[2][20] = {
    {"אפס", "אחת", "שתיים", "שלוש", "ארבע", "חמש", "שש", "שבע", "שמונה", "תשע", "עשר", "אחת עשרה",
	"שתים עשרה", "שלוש עשרה", "ארבע עשרה", "חמש עשרה", "שש עשרה", "שבע עשרה", "שמונה עשרה",
	"תשע עשרה"},
    {"אפס", "אחד", "שניים", "שלושה", "ארבעה", "חמישה", "שישה", "שבעה", "שמונה", "תשעה", "עשרה",
	"אחד עשר", "שנים עשר", "שלושה עשר", "ארבעה עשר", "חמישה עשר", "שישה עשר", "שבעה עשר",
	"שמונה עשר", "תשעה עשר"}};

static const char *const tens[] = {
    "", "", "עשרים", "שלושים", "ארבעים", "חמישים", "שישים", "שבעים", "שמונים", "תשעים"};

static const char *const hundreds[] = {"", "מאה", "מאתיים", "שלוש מאות", "ארבע מאות", "חמש מאות",
    "שש מאות", "שבע מאות", "שמונה מאות", "תשע מאות"};

static const char *const thousands[] = {"", "אלף", "אלפיים", "שלושת אלפים", "ארבעת אלפים",
    "חמשת אלפים", "ששת אלפים", "שבעת אלפים", "שמונת אלפים", "תשעת אלפים", "עשרת אלפים"};

/* Append parts with spaces between them, and "and" before the last. */
static void
add_parts(struct buf *out, const char *const *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_adds(out, i + 1 == n ? " ו" : " ");
		buf_adds(out, parts[i]);
	}
}

/* The parts of a number below 1000, none for 0. */
static size_t
parts_of(const char **parts, unsigned n, bool masculine)
{
	size_t at = 0;

	if (n >= 100)
		parts[at++] = hundreds[n / 100];
	n %= 100;
	if (n >= 20) {
		parts[at++] = tens[n / 10];
		n %= 10;
	}
	if (n > 0)
		parts[at++] = ones[masculine][n];
	return at;
}

static void
add_number(struct buf *out, unsigned n)
{
	const char *parts[PARTS_MAX];
	size_t at = 0;

	if (n >= 11000) {
		add_parts(out, parts, parts_of(parts, n / 1000, true));
		buf_adds(out, " אלף");
		n %= 1000;
		if (n == 0)
			return;
		at = parts_of(parts, n, false);
		buf_adds(out, at == 1 ? " ו" : " ");
	} else if (n >= 1000) {
		parts[at++] = thousands[n / 1000];
		n %= 1000;
		at += parts_of(parts + at, n, false);
	} else {
		at = parts_of(parts, n, false);
		if (at == 0)
			parts[at++] = ones[0][0];
	}
	add_parts(out, parts, at);
}

static void
add_digits(struct buf *out, const char *s, size_t len)
{
	bool first = true;

	for (size_t i = 0; i < len; i++)
		if (s[i] >= '0' && s[i] <= '9') {
			buf_adds(out, first ? "" : " ");
			buf_adds(out, ones[0][s[i] - '0']);
			first = false;
		}
}

static bool
read_digits(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	add_digits(out, c->s, c->len);
	return true;
}

static bool
read_number(struct buf *out, const struct say_capture *c, const struct say_capture *beside)
{
	const char *point = memchr(c->s, '.', c->len);
	size_t len = point != NULL ? (size_t)(point - c->s) : c->len;
	struct say_capture whole = {c->s, len, NULL};
	char digits[7];

	if (!say_digits(&whole, digits, sizeof digits) || (digits[0] == '0' && digits[1] != '\0'))
		return false;
	add_number(out, say_value(&whole));
	if (point != NULL) {
		buf_adds(out, " נקודה ");
		add_digits(out, point + 1, c->len - len - 1);
	}
	return true;
}

static const struct say_rule rules[] = {
    {"<f>_%", "{1h} אחוזים"},
    {"<f>", "{1h}"},
    {"<d>", "{1d}"},
};

static const struct say_reader readers[] = {{'h', read_number}, {'d', read_digits}};
static const size_t readers_n = SAY_COUNT(readers);

const struct say_language say_he = {.tag = "he",
    .rules = rules,
    .rules_n = SAY_COUNT(rules),
    .readers = readers,
    .readers_n = &readers_n};
