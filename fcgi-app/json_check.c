#include <stdlib.h>
#include <string.h>

#include "../common/base/utf8.h"
#include "../common/text/text.h"
#include "json.h"

/*
 * The grammar of RFC 8259, written out: the library that reads the values afterwards would take
 * NaN, single quotes, raw control characters, lone surrogates, a key twice and more.
 */

struct key {
	const char *s; /* decoded */
	size_t len, offset;
};

struct scan {
	struct pool *pool;
	const char *s;
	size_t len, at;
	int room;	 /* levels that may still be opened */
	int values_left; /* that may still come */
	const char *what;

	/* The keys of all open objects, the innermost object's last. */
	struct key *keys;
	size_t n_keys, cap_keys;
};

static bool value(struct scan *scan);

static bool
fail(struct scan *scan, const char *what)
{
	scan->what = what;
	return false;
}

/* The byte at hand, or -1 behind the end. */
static int
peek(const struct scan *scan)
{
	return scan->at < scan->len ? (unsigned char)scan->s[scan->at] : -1;
}

static bool
take(struct scan *scan, char c)
{
	if (peek(scan) != c)
		return false;
	scan->at++;
	return true;
}

static void
skip_space(struct scan *scan)
{
	int c;

	while ((c = peek(scan)) == ' ' || c == '\t' || c == '\n' || c == '\r')
		scan->at++;
}

static size_t
skip_digits(struct scan *scan)
{
	size_t from = scan->at;
	int c;

	while ((c = peek(scan)) >= '0' && c <= '9')
		scan->at++;
	return scan->at - from;
}

static bool
number(struct scan *scan)
{
	bool zero;

	take(scan, '-');
	zero = peek(scan) == '0';
	switch (skip_digits(scan)) {
	case 0:
		return fail(scan, "a number has no digits");
	case 1:
		break;
	default:
		if (zero)
			return fail(scan, "a number begins with 0");
	}
	if (take(scan, '.') && skip_digits(scan) == 0)
		return fail(scan, "a number has no digits after its point");
	if (take(scan, 'e') || take(scan, 'E')) {
		if (!take(scan, '+'))
			take(scan, '-');
		if (skip_digits(scan) == 0)
			return fail(scan, "a number has no digits in its exponent");
	}
	return true;
}

/* Read four hexadecimal digits; -1 if they are not there. */
static int
hex4(struct scan *scan)
{
	int i, unit = 0;

	for (i = 0; i < 4; i++) {
		int c = peek(scan);

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

/* Read what follows "\u" and give the code point, with both halves of a surrogate pair; -1 if it is
 * none, with the reason in scan. */
static int
code_point(struct scan *scan)
{
	int low, high = hex4(scan);

	if (high < 0) {
		fail(scan, "\\u without four hexadecimal digits");
		return -1;
	}
	if (high == 0) {
		fail(scan, "U+0000 in a string");
		return -1;
	}
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || !take(scan, '\\') || !take(scan, 'u') || (low = hex4(scan)) < 0xdc00 ||
	    low > 0xdfff) {
		fail(scan, "half a surrogate pair");
		return -1;
	}
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* Check an escape, the backslash of which is read; append what it stands for to OUT if not NULL. */
static bool
escape(struct scan *scan, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = peek(scan);
	const char *p = c > 0 ? strchr(from, c) : NULL;
	char bytes[4];
	size_t n = 1;

	if (p != NULL) {
		scan->at++;
		bytes[0] = to[p - from];
	} else if (take(scan, 'u')) {
		if ((c = code_point(scan)) < 0)
			return false;
		n = utf8_encode((uint32_t)c, bytes);
	} else {
		return fail(scan, "an escape that is none");
	}
	if (out != NULL)
		buf_add(out, bytes, n);
	return true;
}

/* Check a string; its contents go to OUT if that is not NULL. An error is where it begins. */
static bool
string(struct scan *scan, struct buf *out)
{
	if (!take(scan, '"'))
		return fail(scan, "a string is missing");
	for (;;) {
		size_t from = scan->at;
		int c = peek(scan);

		if (c < 0)
			return fail(scan, "the text ends within a string");
		if (c < 0x20)
			return fail(scan, "a control character in a string");
		scan->at++;
		if (c == '"')
			return true;
		if (c == '\\' && !escape(scan, out)) {
			scan->at = from;
			return false;
		}
		if (c != '\\' && out != NULL)
			buf_add(out, scan->s + from, 1);
	}
}

static bool
key(struct scan *scan)
{
	size_t offset = scan->at;
	struct buf name;

	buf_init(&name, scan->pool, 16);
	if (!string(scan, &name))
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

/* Check that no key of the object that ends here appears twice, and forget them. */
static bool
keys_differ(struct scan *scan, size_t first)
{
	struct key *v = scan->keys + first;
	size_t i, n = scan->n_keys - first;

	if (n > 1)
		qsort(v, n, sizeof *v, key_compare);
	for (i = 1; i < n; i++)
		if (same_key(&v[i - 1], &v[i])) {
			scan->at = v[i].offset;
			return fail(scan, "a key appears twice in an object");
		}
	scan->n_keys = first;
	return true;
}

static bool
object(struct scan *scan)
{
	size_t first = scan->n_keys;

	skip_space(scan);
	if (take(scan, '}'))
		return true;
	for (;;) {
		skip_space(scan);
		if (!key(scan))
			return false;
		skip_space(scan);
		if (!take(scan, ':'))
			return fail(scan, "a colon is missing");
		if (!value(scan))
			return false;
		if (take(scan, '}'))
			return keys_differ(scan, first);
		if (!take(scan, ','))
			return fail(scan, "a comma or } is missing");
	}
}

static bool
array(struct scan *scan)
{
	skip_space(scan);
	if (take(scan, ']'))
		return true;
	for (;;) {
		if (!value(scan))
			return false;
		if (take(scan, ']'))
			return true;
		if (!take(scan, ','))
			return fail(scan, "a comma or ] is missing");
	}
}

static bool
container(struct scan *scan, bool (*contents)(struct scan *))
{
	if (scan->room == 0)
		return fail(scan, "it is nested too deep");
	scan->room--;
	scan->at++;
	if (!contents(scan))
		return false;
	scan->room++;
	return true;
}

static bool
literal(struct scan *scan, const char *word)
{
	size_t len = strlen(word);

	if (scan->len - scan->at < len || memcmp(scan->s + scan->at, word, len) != 0)
		return fail(scan, "a value is missing or none of JSON's");
	scan->at += len;
	return true;
}

/* A value and the white space around it. */
static bool
value(struct scan *scan)
{
	bool good;
	int c;

	skip_space(scan);
	if (scan->values_left-- == 0)
		return fail(scan, "it has too many values");
	c = peek(scan);
	if (c == '{')
		good = container(scan, object);
	else if (c == '[')
		good = container(scan, array);
	else if (c == '"')
		good = string(scan, NULL);
	else if (c == '-' || (c >= '0' && c <= '9'))
		good = number(scan);
	else
		good = literal(scan, c == 't' ? "true" : c == 'f' ? "false" : "null");
	if (good)
		skip_space(scan);
	return good;
}

static bool
document(struct scan *scan)
{
	if (scan->len == 0)
		return fail(scan, "it is empty");
	scan->at = utf8_check(scan->s, scan->len);
	if (scan->at < scan->len)
		return fail(scan, "it is not UTF-8");
	scan->at = 0;
	if (scan->len >= 3 && memcmp(scan->s, "\xef\xbb\xbf", 3) == 0)
		return fail(scan, "it begins with a byte order mark");
	if (!value(scan))
		return false;
	return scan->at == scan->len || fail(scan, "something follows the value");
}

bool
json_check(struct pool *pool, const char *text, size_t len, int depth, struct json_error *error)
{
	struct scan scan = {
	    .pool = pool, .s = text, .len = len, .room = depth, .values_left = JSON_VALUES};

	if (document(&scan))
		return true;
	*error = (struct json_error){scan.what, scan.at};
	return false;
}
