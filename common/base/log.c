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

/* The priorities of sd-daemon(3). */
enum level { ERROR = 3, WARN = 4, NOTICE = 5, INFO = 6, DEBUG = 7 };

#define MESSAGE_SIZE 2048
/* A pipe writes this much atomically (PIPE_BUF), so that lines of several processes do not mix. */
#define LINE_SIZE 4096

static char ident[64];
static char request[80];
static int max_level = INFO;
static enum { UNKNOWN, JOURNAL, OTHER } log_reader; /* the reader of standard error */

struct entry {
	char s[LINE_SIZE];
	size_t len, max;
};

/* Append a string, or nothing of it if it does not fit: never half a character. */
static bool
entry_put(struct entry *entry, const char *s, size_t len)
{
	if (len > entry->max - entry->len)
		return false;
	memcpy(entry->s + entry->len, s, len);
	entry->len += len;
	return true;
}

static bool
entry_put_escaped(struct entry *entry, const char *s, size_t len)
{
	char hex[5];

	for (; len > 0; s++, len--) {
		snprintf(hex, sizeof hex, "\\x%02x", (unsigned char)*s);
		if (!entry_put(entry, hex, 4))
			return false;
	}
	return true;
}

/* If the character at S (valid UTF-8) is a control character or breaks a line, return its length
 * in bytes, otherwise 0. */
static size_t
control_length(const char *s, size_t len)
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
char_length(const char *s)
{
	unsigned char c = (unsigned char)*s;

	return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static void
entry_put_message(struct entry *entry, const char *s, size_t len)
{
	size_t good = utf8_check(s, len), n;
	bool fits = true;

	while (len > 0 && fits) {
		if (good == 0) {
			n = 1;
			fits = entry_put_escaped(entry, s, n);
			good = utf8_check(s + n, len - n);
		} else if ((n = control_length(s, good)) > 0) {
			fits = entry_put_escaped(entry, s, n);
			good -= n;
		} else {
			n = char_length(s);
			fits = entry_put(entry, s, n);
			good -= n;
		}
		s += n;
		len -= n;
	}
}

static void
entry_write(const struct entry *entry)
{
	size_t done = 0;

	while (done < entry->len) {
		ssize_t n = write(STDERR_FILENO, entry->s + done, entry->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return; /* there is nowhere to report it */
		done += (size_t)n;
	}
}

/* JOURNAL_STREAM is the device and inode of the stream that systemd connected to the journal:
 * see systemd.exec(5). */
static void
find_log_reader(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat st;
	bool journal = stream != NULL && sscanf(stream, "%ju:%ju", &device, &inode) == 2 &&
		       fstat(STDERR_FILENO, &st) == 0 && device == st.st_dev && inode == st.st_ino;

	log_reader = journal ? JOURNAL : OTHER;
}

static void __attribute__((format(printf, 2, 0)))
log_event(enum level level, const char *fmt, va_list ap)
{
	int saved = errno;
	char message[MESSAGE_SIZE];
	struct entry entry = {.len = 0};
	size_t len;
	int n;

	if ((int)level > max_level)
		return;
	n = vsnprintf(message, sizeof message, fmt, ap);
	len = n < 0 ? 0 : (size_t)n < sizeof message ? (size_t)n : sizeof message - 1;

	/* Reserve room for the request id, which follows the message however long that is. */
	entry.max = sizeof entry.s - 1 - (sizeof " request=" + 4 * strlen(request));
	if (log_reader == UNKNOWN)
		find_log_reader();
	if (log_reader == JOURNAL)
		entry.len = (size_t)snprintf(entry.s, sizeof entry.s, "<%d>", level);
	if (ident[0] != '\0') {
		entry_put_message(&entry, ident, strlen(ident));
		entry_put(&entry, ": ", 2);
	}
	entry_put_message(&entry, message, len);
	entry.max = sizeof entry.s - 1;
	if (request[0] != '\0') {
		entry_put(&entry, " request=", 9);
		entry_put_message(&entry, request, strlen(request));
	}
	entry.s[entry.len++] = '\n';
	entry_write(&entry);
	errno = saved;
}

void
log_init(const char *name, int level)
{
	snprintf(ident, sizeof ident, "%s", name);
	max_level = level;
	find_log_reader();
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
	log_event(ERROR, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_event(WARN, fmt, ap);
	va_end(ap);
}

void
log_notice(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_event(NOTICE, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_event(INFO, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_event(DEBUG, fmt, ap);
	va_end(ap);
}

void
fatal(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_event(ERROR, fmt, ap);
	va_end(ap);
	exit(status);
}
