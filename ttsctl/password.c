#include "../common/base/utf8.h"
#include "password.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "../common/base/crypt.h"
#include "../common/base/log.h"
#include "../common/text/password.h"
#include "../common/text/text.h"

#define LINE_MAX_BYTES 8192

struct input {
	char s[LINE_MAX_BYTES];
	size_t len;
};

/*
 * Read up to the end of a line, byte by byte because the rest is not ours. STOP (0: none) also ends
 * the line, and is included.
 */
static bool
read_line(int fd, struct input *line, char stop)
{
	line->len = 0;
	for (;;) {
		char c;
		ssize_t n = read(fd, &c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0 || c == '\n')
			return true;
		if (line->len == sizeof line->s) {
			errno = EFBIG;
			return false;
		}
		line->s[line->len++] = c;
		if (stop != 0 && c == stop)
			return true;
	}
}

static bool
read_password_file(const char *file, struct input *line)
{
	bool is_stdin = strcmp(file, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool ok = fd >= 0 && read_line(fd, line, 0);

	if (!ok)
		log_error("cannot read a password from %s: %s", file, strerror(errno));
	else if (line->len > 0 &&
		 line->s[line->len - 1] == '\r') /* a line end from another system */
		line->len--;
	if (fd >= 0 && !is_stdin)
		close(fd);
	return ok;
}

/* Ask on the terminal. Signals are blocked until echo is on again. */
static bool
ask_password(int tty, const char *question, struct input *line)
{
	struct termios loud, silent;
	sigset_t all, before;
	bool ok;

	if (tcgetattr(tty, &loud) < 0)
		return false;
	silent = loud;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	silent.c_cc[VEOL] = loud.c_cc[VINTR];
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	ok = tcsetattr(tty, TCSAFLUSH, &silent) == 0 && dprintf(tty, "%s: ", question) > 0 &&
	     read_line(tty, line, (char)loud.c_cc[VINTR]);
	tcsetattr(tty, TCSAFLUSH, &loud);
	sigprocmask(SIG_SETMASK, &before, NULL);
	dprintf(tty, "\n");
	/* The interrupt character cancels the input. */
	return ok && memchr(line->s, loud.c_cc[VINTR], line->len) == NULL;
}

static bool
ask_twice(struct input *line)
{
	struct input again = {.len = 0};
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	bool ok = false;

	if (tty < 0)
		fprintf(stderr, "ttsctl: there is no terminal to ask for a password: use "
				"--password-file\n");
	else if (!ask_password(tty, "Password", line) || !ask_password(tty, "Again", &again))
		fprintf(stderr, "ttsctl: no password was given\n");
	else if (line->len != again.len || memcmp(line->s, again.s, line->len) != 0)
		fprintf(stderr, "ttsctl: the two passwords differ\n");
	else
		ok = true;
	if (tty >= 0)
		close(tty);
	crypt_wipe(&again, sizeof again);
	return ok;
}

/* Check the same rules as sign-up. */
static bool
is_acceptable(const struct conf *conf, const struct input *line)
{
	size_t chars;

	if (utf8_check(line->s, line->len) < line->len ||
	    memchr(line->s, '\0', line->len) != NULL) {
		fprintf(stderr, "ttsctl: a password must be UTF-8\n");
		return false;
	}
	chars = utf8_count(line->s, line->len);
	if (chars >= (size_t)conf->limits.password_min &&
	    chars <= (size_t)conf->limits.password_max)
		return true;
	fprintf(stderr, "ttsctl: a password must have %d to %d characters\n",
	    conf->limits.password_min, conf->limits.password_max);
	return false;
}

const char *
password_read(const struct conf *conf, struct pool *pool, const char *file)
{
	struct input line = {.len = 0};
	const char *hash = NULL;

	if ((file != NULL ? read_password_file(file, &line) : ask_twice(&line)) &&
	    is_acceptable(conf, &line))
		hash = password_hash(pool, line.s, line.len);
	crypt_wipe(&line, sizeof line);
	return hash;
}
