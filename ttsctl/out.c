#include "../common/base/utf8.h"
#include "out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../common/base/log.h"
#include "../common/text/text.h"

#define RING 8
#define SIZE 64
#define FORM "%Y-%m-%dT%H:%M:%S"

static unsigned depth;
static bool begun; /* the open bracket is not empty */
static bool local; /* lines show local time */

/* ---------------------------------------------------------------- JSON */

static void put_quoted(const char *s);

static void
put_separator(const char *name)
{
	if (begun)
		putchar(',');
	if (depth > 0)
		printf("\n%*s", (int)depth * 2, "");
	if (name != NULL) {
		put_quoted(name);
		fputs(": ", stdout);
	}
	begun = true;
}

/* The number of bytes at S that can be written unchanged. */
static size_t
plain_length(const char *s)
{
	size_t n = 0, len;

	while ((unsigned char)s[n] >= ' ' && s[n] != 0x7f && s[n] != '"' && s[n] != '\\')
		n++;
	len = utf8_check(s, n);
	/* U+0080 to U+009F are control characters of terminals. */
	for (size_t i = 0; i + 1 < len; i++)
		if ((unsigned char)s[i] == 0xc2 && (unsigned char)s[i + 1] < 0xa0)
			return i;
	return len;
}

static void
put_quoted(const char *s)
{
	putchar('"');
	while (*s != '\0') {
		size_t n = plain_length(s);
		unsigned char c = (unsigned char)s[n];

		fwrite(s, 1, n, stdout);
		s += n;
		if (c == '\0')
			break;
		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c == 0xc2 && (unsigned char)s[1] >= 0x80 && (unsigned char)s[1] < 0xa0)
			printf("\\u%04x", (unsigned char)*++s);
		else
			printf("\\u%04x", c < 0x80 ? c : 0xfffdu);
		s++;
	}
	putchar('"');
}

void
out_open(const char *name, char bracket)
{
	put_separator(name);
	putchar(bracket);
	depth++;
	begun = false;
}

void
out_close(char bracket)
{
	depth--;
	if (begun)
		printf("\n%*s", (int)depth * 2, "");
	putchar(bracket);
	begun = true;
	if (depth == 0) {
		putchar('\n');
		begun = false;
	}
}

void
out_string(const char *name, const char *s)
{
	put_separator(name);
	put_quoted(s);
}

void
out_uint(const char *name, uint64_t n)
{
	put_separator(name);
	printf("%" PRIu64, n);
}

void
out_int(const char *name, int64_t n)
{
	put_separator(name);
	printf("%" PRId64, n);
}

void
out_real(const char *name, double n)
{
	put_separator(name);
	printf("%.3f", n);
}

void
out_bool(const char *name, bool b)
{
	put_separator(name);
	fputs(b ? "true" : "false", stdout);
}

void
out_null(const char *name)
{
	put_separator(name);
	fputs("null", stdout);
}

bool
out_written(void)
{
	bool before = ferror(stdout) != 0, now = fflush(stdout) == 0;

	if (!before && now)
		return true;
	log_error("cannot write the result: %s",
	    now ? "a part of it could not be written" : strerror(errno));
	return false;
}

/* ---------------------------------------------------------------- lines */

void
text_put(const char *s)
{
	while (*s != '\0') {
		size_t n = plain_length(s);

		fwrite(s, 1, n, stdout);
		s += n;
		if (*s == '"' || *s == '\\')
			putchar(*s++);
		else if (*s != '\0')
			printf("\\x%02x", (unsigned char)*s++);
	}
}

static char *
next_buffer(void)
{
	static char ring[RING][SIZE];
	static unsigned i;

	return ring[i++ % RING];
}

const char *
text_uint(uint64_t n)
{
	char digits[24], *out = next_buffer(), *to = out;
	size_t len = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, n);

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return out;
}

const char *
text_count(uint64_t n, const char *one, const char *many)
{
	char *out = next_buffer();

	snprintf(out, SIZE, "%s %s", text_uint(n), n == 1 ? one : many);
	return out;
}

const char *
text_bytes(uint64_t n)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
	char *out = next_buffer();
	double value = (double)n / 1024;
	size_t i = 0;

	if (n < 1024) {
		snprintf(out, SIZE, "%" PRIu64 " B", n);
		return out;
	}
	for (; value >= 1024 && i + 1 < sizeof units / sizeof *units; i++)
		value /= 1024;
	snprintf(out, SIZE, "%.1f %s", value, units[i]);
	return out;
}

const char *
text_span(uint64_t s)
{
	char *out = next_buffer();

	if (s < 60)
		snprintf(out, SIZE, "%" PRIu64 " s", s);
	else if (s < 3600)
		snprintf(out, SIZE, "%" PRIu64 " min %" PRIu64 " s", s / 60, s % 60);
	else if (s < 86400)
		snprintf(out, SIZE, "%" PRIu64 " h %" PRIu64 " min", s / 3600, s / 60 % 60);
	else
		snprintf(out, SIZE, "%" PRIu64 " d %" PRIu64 " h", s / 86400, s / 3600 % 24);
	return out;
}

static const char *
format_time(uint64_t seconds, bool here)
{
	char *out = next_buffer();
	time_t when = (time_t)seconds;
	struct tm tm;
	size_t n = 0;

	if ((here ? localtime_r(&when, &tm) : gmtime_r(&when, &tm)) != NULL)
		n = strftime(out, SIZE - 1, FORM, &tm);
	snprintf(out + n, SIZE - n, "%s", n == 0 ? "?" : here ? "" : "Z");
	return out;
}

const char *
text_time(uint64_t s)
{
	return format_time(s, local);
}

void
out_time(const char *name, uint64_t seconds)
{
	out_string(name, format_time(seconds, false));
}

const char *
text_moment(const char *utc)
{
	struct tm tm = {0};

	if (!local || strptime(utc, FORM, &tm) == NULL)
		return utc;
	return format_time((uint64_t)timegm(&tm), true);
}

void
text_use_local_time(void)
{
	tzset();
	local = true;
}
