#ifndef TTS_LOG_H
#define TTS_LOG_H

/*
 * One line per event on standard error. A message says what failed, on what, and why: "cannot
 * publish audio 42: No space left on device". If the journal reads it, the line begins with the
 * "<N>" priority prefix of sd-daemon(3). Control characters and invalid UTF-8 in the arguments are
 * escaped, so an event is always one line. Never log a user's text, a token, a key or a password.
 */

/*
 * Put the program's name into each line and drop what is less urgent than LEVEL: 3 (errors only) to
 * 7 (debug). Also determines whether the journal reads standard error, so call it again after
 * redirecting that.
 */
void log_init(const char *ident, int level);

/* Append "request=ID" to each following line, until called with NULL. ID is copied. */
void log_request(const char *id);

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Normal but significant events: what an administrator reads to follow what the service does. */
void log_notice(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Log an error and exit with STATUS (see sysexits.h). Use it only during startup. */
void fatal(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3), noreturn));

#endif
