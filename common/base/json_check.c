#include <stdlib.h>
#include <string.h>

#include "utf8.h"
#include "json.h"

/*
 * A parser for the grammar of RFC 8259: json-c, which reads the values afterwards, would also
 * accept NaN, single quotes, raw control characters, lone surrogates, duplicate keys and more.
 */

struct key {
	const char *s; /* decoded */
	size_t len, offset;
};

struct json_scan {
	struct pool *pool;
	const char *s;
	size_t len, at;
	int room;	 /* levels that can still be opened */
	int values_left; /* values that can still follow */
	const char *what;

	/* The keys of all open objects; those of the innermost object come last. */
	struct key *keys;
	size_t n_keys, cap_keys;
};

static bool scan_value(struct json_scan *scan);

static bool
scan_fail(struct json_scan *scan, const char *what)
{
	scan->what = what;
	return false;
}

/* The next byte, or -1 at the end. */
static int
scan_peek(const struct json_scan *scan)
{
	return scan->at < scan->len ? (unsigned char)scan->s[scan->at] : -1;
}

static bool
scan_take(struct json_scan *scan, char c)
{
	if (scan_peek(scan) != c)
		return false;
	scan->at++;
	return true;
}

static void
skip_space(struct json_scan *scan)
{
	int c;

	while ((c = scan_peek(scan)) == ' ' || c == '\t' || c == '\n' || c == '\r')
		scan->at++;
}

static size_t
skip_digits(struct json_scan *scan)
{
	size_t from = scan->at;
	int c;

	while ((c = scan_peek(scan)) >= '0' && c <= '9')
		scan->at++;
	return scan->at - from;
}

static bool
scan_number(struct json_scan *scan)
{
	bool zero;

	scan_take(scan, '-');
	zero = scan_peek(scan) == '0';
	switch (skip_digits(scan)) {
	case 0:
		return scan_fail(scan, "a number has no digits");
	case 1:
		break;
	default:
		if (zero)
			return scan_fail(scan, "a number begins with 0");
	}
	if (scan_take(scan, '.') && skip_digits(scan) == 0)
		return scan_fail(scan, "a number has no digits after its point");
	if (scan_take(scan, 'e') || scan_take(scan, 'E')) {
		if (!scan_take(scan, '+'))
			scan_take(scan, '-');
		if (skip_digits(scan) == 0)
			return scan_fail(scan, "a number has no digits in its exponent");
	}
	return true;
}

/* Read four hexadecimal digits; return -1 if there are none. */
static int
scan_hex4(struct json_scan *scan)
{
	int i, unit = 0;

	for (i = 0; i < 4; i++) {
		int c = scan_peek(scan);

		if (c >= '0' && c <= '9')
			unit = unit * 16 + (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			unit = unit * 16 + ((c | 0x20) - 'a' + 10);
		else
			return -1;
		scan->at++;
	}
	return unit;
}

/* Read what follows "\u" and return the code point, which may take two surrogates; on error
 * return -1 with the reason in scan. */
static int
scan_code_point(struct json_scan *scan)
{
	int low, high = scan_hex4(scan);

	if (high < 0) {
		scan_fail(scan, "\\u without four hexadecimal digits");
		return -1;
	}
	if (high == 0) {
		scan_fail(scan, "U+0000 in a string");
		return -1;
	}
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || !scan_take(scan, '\\') || !scan_take(scan, 'u') ||
	    (low = scan_hex4(scan)) < 0xdc00 || low > 0xdfff) {
		scan_fail(scan, "a lone surrogate");
		return -1;
	}
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* Check an escape after its backslash; append the character it represents to OUT unless that is
 * NULL. */
static bool
scan_escape(struct json_scan *scan, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = scan_peek(scan);
	const char *p = c > 0 ? strchr(from, c) : NULL;
	char bytes[4];
	size_t n = 1;

	if (p != NULL) {
		scan->at++;
		bytes[0] = to[p - from];
	} else if (scan_take(scan, 'u')) {
		if ((c = scan_code_point(scan)) < 0)
			return false;
		n = utf8_encode((uint32_t)c, bytes);
	} else {
		return scan_fail(scan, "an invalid escape");
	}
	if (out != NULL)
		buf_add(out, bytes, n);
	return true;
}

/* Check a string; append its contents to OUT unless that is NULL. Errors are reported at the
 * start of the character. */
static bool
scan_string(struct json_scan *scan, struct buf *out)
{
	if (!scan_take(scan, '"'))
		return scan_fail(scan, "a string is missing");
	for (;;) {
		size_t from = scan->at;
		int c = scan_peek(scan);

		if (c < 0)
			return scan_fail(scan, "a string does not end");
		if (c < 0x20)
			return scan_fail(scan, "a control character in a string");
		scan->at++;
		if (c == '"')
			return true;
		if (c == '\\' && !scan_escape(scan, out)) {
			scan->at = from;
			return false;
		}
		if (c != '\\' && out != NULL)
			buf_add(out, scan->s + from, 1);
	}
}

static bool
scan_key(struct json_scan *scan)
{
	size_t offset = scan->at;
	struct buf name;

	buf_init(&name, scan->pool, 16);
	if (!scan_string(scan, &name))
		return false;
	if (scan->n_keys == scan->cap_keys) {
		struct key *old = scan->keys;

		scan->cap_keys = scan->cap_keys == 0 ? 16 : scan->cap_keys * 2;
		scan->keys = pool_array(scan->pool, scan->cap_keys, sizeof *old);
		if (scan->n_keys > 0)
			memcpy(scan->keys, old, scan->n_keys * sizeof *old);
	}
	scan->keys[scan->n_keys++] = (struct key){name.data, name.len, offset};
	return true;
}

static int
key_compare(const void *va, const void *vb)
{
	const struct key *a = va, *b = vb;
	int order = memcmp(a->s, b->s, a->len < b->len ? a->len : b->len);

	if (order != 0)
		return order;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static bool
same_key(const struct key *a, const struct key *b)
{
	return a->len == b->len && memcmp(a->s, b->s, a->len) == 0;
}

/* Check that no key of the object that ends here appears twice, and remove its keys. */
static bool
keys_differ(struct json_scan *scan, size_t first)
{
	struct key *v = scan->keys + first;
	size_t i, n = scan->n_keys - first;

	if (n > 1)
		qsort(v, n, sizeof *v, key_compare);
	for (i = 1; i < n; i++)
		if (same_key(&v[i - 1], &v[i])) {
			scan->at = v[i].offset;
			return scan_fail(scan, "a key appears twice in an object");
		}
	scan->n_keys = first;
	return true;
}

static bool
scan_object(struct json_scan *scan)
{
	size_t first = scan->n_keys;

	skip_space(scan);
	if (scan_take(scan, '}'))
		return true;
	for (;;) {
		skip_space(scan);
		if (!scan_key(scan))
			return false;
		skip_space(scan);
		if (!scan_take(scan, ':'))
			return scan_fail(scan, "a colon is missing");
		if (!scan_value(scan))
			return false;
		if (scan_take(scan, '}'))
			return keys_differ(scan, first);
		if (!scan_take(scan, ','))
			return scan_fail(scan, "a comma or } is missing");
	}
}

static bool
scan_array(struct json_scan *scan)
{
	skip_space(scan);
	if (scan_take(scan, ']'))
		return true;
	for (;;) {
		if (!scan_value(scan))
			return false;
		if (scan_take(scan, ']'))
			return true;
		if (!scan_take(scan, ','))
			return scan_fail(scan, "a comma or ] is missing");
	}
}

static bool
scan_container(struct json_scan *scan, bool (*contents)(struct json_scan *))
{
	if (scan->room == 0)
		return scan_fail(scan, "it is nested too deeply");
	scan->room--;
	scan->at++;
	if (!contents(scan))
		return false;
	scan->room++;
	return true;
}

static bool
scan_literal(struct json_scan *scan, const char *word)
{
	size_t len = strlen(word);

	if (scan->len - scan->at < len || memcmp(scan->s + scan->at, word, len) != 0)
		return scan_fail(scan, "a value is missing or not valid");
	scan->at += len;
	return true;
}

/* A value and the white space around it. */
static bool
scan_value(struct json_scan *scan)
{
	bool valid;
	int c;

	skip_space(scan);
	if (scan->values_left-- == 0)
		return scan_fail(scan, "it has too many values");
	c = scan_peek(scan);
	if (c == '{')
		valid = scan_container(scan, scan_object);
	else if (c == '[')
		valid = scan_container(scan, scan_array);
	else if (c == '"')
		valid = scan_string(scan, NULL);
	else if (c == '-' || (c >= '0' && c <= '9'))
		valid = scan_number(scan);
	else
		valid = scan_literal(scan, c == 't' ? "true" : c == 'f' ? "false" : "null");
	if (valid)
		skip_space(scan);
	return valid;
}

static bool
scan_document(struct json_scan *scan)
{
	if (scan->len == 0)
		return scan_fail(scan, "it is empty");
	scan->at = utf8_check(scan->s, scan->len);
	if (scan->at < scan->len)
		return scan_fail(scan, "it is not UTF-8");
	scan->at = 0;
	if (scan->len >= 3 && memcmp(scan->s, "\xef\xbb\xbf", 3) == 0)
		return scan_fail(scan, "it begins with a byte order mark");
	if (!scan_value(scan))
		return false;
	return scan->at == scan->len || scan_fail(scan, "something follows the value");
}

bool
json_check_values(struct pool *pool, const char *text, size_t len, int depth, int values,
    struct json_error *error)
{
	struct json_scan scan = {
	    .pool = pool, .s = text, .len = len, .room = depth, .values_left = values};

	if (scan_document(&scan))
		return true;
	*error = (struct json_error){scan.what, scan.at};
	return false;
}

bool
json_check(struct pool *pool, const char *text, size_t len, int depth, struct json_error *error)
{
	return json_check_values(pool, text, len, depth, JSON_VALUES, error);
}
