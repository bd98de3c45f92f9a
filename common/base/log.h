#ifndef TTS_LOG_H
#define TTS_LOG_H

/*
 * One line an event on standard error: first what failed, then on what, then why: "cannot publish
 * audio 42: No space left on device". Where the journal reads it, the line begins with the "<N>"
 * priority prefix of sd-daemon(3). Control characters and broken UTF-8 in the arguments are
 * escaped, so that one event is always one line. Never pass a text of a user, a token, a key or a
 * password.
 */

/*
 * Name the program in each line and drop what is less urgent than LEVEL (3 error … 7 debug). Finds
 * out who reads standard error: call it again when that has been redirected.
 */
void log_init(const char *ident, int level);

/* Add "request=ID" to each following line until it is called with NULL. ID is copied. */
void log_request(const char *id);

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* What a sysadmin reads as the story of the service, between warnings and the rest. */
void log_notice(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Log an error and exit with STATUS (see sysexits.h). Only while starting. */
void fatal(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3), noreturn));

#endif
