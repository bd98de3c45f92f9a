#include "json_put.h"

#include <inttypes.h>
#include <string.h>

/*
 * JSON is written directly into the answer: a tree of json-c objects for a page of ten sentences
 * costs a worker about 25 microseconds more, a tenth of the whole request.
 */

static void
put_name(struct buf *out, const char *name)
{
	char last = out->len > 0 ? out->data[out->len - 1] : '{';

	if (last != '{' && last != '[')
		buf_add(out, ",", 1);
	if (name != NULL) {
		buf_add(out, "\"", 1);
		buf_adds(out, name);
		buf_add(out, "\":", 2);
	}
}

void
json_put_open(struct buf *out, const char *name, char bracket)
{
	put_name(out, name);
	buf_add(out, &bracket, 1);
}

void
json_put_close(struct buf *out, char bracket)
{
	buf_add(out, &bracket, 1);
}

void
json_put_str(struct buf *out, const char *name, const char *s)
{
	json_put_strn(out, name, s, strlen(s));
}

void
json_put_strn(struct buf *out, const char *name, const char *s, size_t len)
{
	size_t i, from = 0;

	put_name(out, name);
	buf_add(out, "\"", 1);
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, s + from, i - from);
		from = i + 1;
		if (c == '\n')
			buf_add(out, "\\n", 2);
		else if (c < 0x20)
			buf_addf(out, "\\u%04x", c);
		else
			buf_add(out, (char[]){'\\', (char)c}, 2);
	}
	buf_add(out, s + from, len - from);
	buf_add(out, "\"", 1);
}

void
json_put_int(struct buf *out, const char *name, int64_t value)
{
	put_name(out, name);
	if (value < 0)
		buf_add(out, "-", 1);
	buf_addu(out, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void
json_put_uint(struct buf *out, const char *name, uint64_t value)
{
	put_name(out, name);
	buf_addu(out, value);
}

void
json_put_hundredths(struct buf *out, const char *name, int64_t value)
{
	uint64_t whole = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	put_name(out, name);
	buf_addf(
	    out, "%s%" PRIu64 ".%02u", value < 0 ? "-" : "", whole / 100, (unsigned)(whole % 100));
}

void
json_put_bool(struct buf *out, const char *name, bool value)
{
	put_name(out, name);
	buf_adds(out, value ? "true" : "false");
}

void
json_put_null(struct buf *out, const char *name)
{
	put_name(out, name);
	buf_adds(out, "null");
}

void
json_put_json(struct buf *out, const char *name, const char *json)
{
	put_name(out, name);
	buf_adds(out, json);
}
