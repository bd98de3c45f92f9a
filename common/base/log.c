#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "utf8.h"

/* The urgency of sd-daemon(3). */
enum level { ERROR = 3, WARN = 4, NOTICE = 5, INFO = 6, DEBUG = 7 };

#define MESSAGE_SIZE 2048
/* A pipe takes this much at once (PIPE_BUF), so that lines of several processes do not mix. */
#define LINE_SIZE 4096

static char ident[64];
static char request[80];
static int max_level = INFO;
static enum { UNKNOWN, JOURNAL, OTHER } reader; /* who reads standard error */

struct line {
	char s[LINE_SIZE];
	size_t len, max;
};

/* What does not fit is left out whole: never half a character. */
static bool
put(struct line *line, const char *s, size_t len)
{
	if (len > line->max - line->len)
		return false;
	memcpy(line->s + line->len, s, len);
	line->len += len;
	return true;
}

static bool
put_escaped(struct line *line, const char *s, size_t len)
{
	char hex[5];

	for (; len > 0; s++, len--) {
		snprintf(hex, sizeof hex, "\\x%02x", (unsigned char)*s);
		if (!put(line, hex, 4))
			return false;
	}
	return true;
}

/* How many bytes at S, a character of valid UTF-8, are a control character or break a line. */
static size_t
control(const char *s, size_t len)
{
	const unsigned char *u = (const unsigned char *)s;

	if (u[0] < 0x20 || u[0] == 0x7f)
		return 1;
	if (len >= 2 && u[0] == 0xc2 && u[1] < 0xa0) /* U+0080 to U+009F */
		return 2;
	if (len >= 3 && u[0] == 0xe2 && u[1] == 0x80 && (u[2] == 0xa8 || u[2] == 0xa9))
		return 3; /* the line and paragraph separators U+2028 and U+2029 */
	return 0;
}

static size_t
character(const char *s)
{
	unsigned char c = (unsigned char)*s;

	return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static void
put_message(struct line *line, const char *s, size_t len)
{
	size_t good = utf8_check(s, len), n;
	bool fits = true;

	while (len > 0 && fits) {
		if (good == 0) {
			n = 1;
			fits = put_escaped(line, s, n);
			good = utf8_check(s + n, len - n);
		} else if ((n = control(s, good)) > 0) {
			fits = put_escaped(line, s, n);
			good -= n;
		} else {
			n = character(s);
			fits = put(line, s, n);
			good -= n;
		}
		s += n;
		len -= n;
	}
}

static void
write_line(const struct line *line)
{
	size_t done = 0;

	while (done < line->len) {
		ssize_t n = write(STDERR_FILENO, line->s + done, line->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return; /* there is nowhere left to say so */
		done += (size_t)n;
	}
}

/* systemd.exec(5): JOURNAL_STREAM has the device and the inode of what it connected to the journal.
 */
static void
find_reader(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat st;
	bool journal = stream != NULL && sscanf(stream, "%ju:%ju", &device, &inode) == 2 &&
		       fstat(STDERR_FILENO, &st) == 0 && device == st.st_dev && inode == st.st_ino;

	reader = journal ? JOURNAL : OTHER;
}

static void __attribute__((format(printf, 2, 0)))
log_line(enum level level, const char *fmt, va_list ap)
{
	int saved = errno;
	char message[MESSAGE_SIZE];
	struct line line = {.len = 0};
	size_t len;
	int n;

	if ((int)level > max_level)
		return;
	n = vsnprintf(message, sizeof message, fmt, ap);
	len = n < 0 ? 0 : (size_t)n < sizeof message ? (size_t)n : sizeof message - 1;

	/* However long the message, the request it belongs to stands behind it. */
	line.max = sizeof line.s - 1 - (sizeof " request=" + 4 * strlen(request));
	if (reader == UNKNOWN)
		find_reader();
	if (reader == JOURNAL)
		line.len = (size_t)snprintf(line.s, sizeof line.s, "<%d>", level);
	if (ident[0] != '\0') {
		put_message(&line, ident, strlen(ident));
		put(&line, ": ", 2);
	}
	put_message(&line, message, len);
	line.max = sizeof line.s - 1;
	if (request[0] != '\0') {
		put(&line, " request=", 9);
		put_message(&line, request, strlen(request));
	}
	line.s[line.len++] = '\n';
	write_line(&line);
	errno = saved;
}

void
log_init(const char *name, int level)
{
	snprintf(ident, sizeof ident, "%s", name);
	max_level = level;
	find_reader();
}

void
log_request(const char *id)
{
	snprintf(request, sizeof request, "%s", id != NULL ? id : "");
}

void
log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(ERROR, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(WARN, fmt, ap);
	va_end(ap);
}

void
log_notice(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(NOTICE, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(INFO, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(DEBUG, fmt, ap);
	va_end(ap);
}

void
fatal(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(ERROR, fmt, ap);
	va_end(ap);
	exit(status);
}
