#ifndef TTS_OUT_H
#define TTS_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Standard output of the commands: JSON (RFC 8259), or lines for people. Strings may come from
 * users or the file system, so their control characters are never passed to the terminal.
 */

/* JSON. NAME is the name of the member, or NULL in an array and at the top level. The functions
 * are not called json_…, because a library that this program is linked with uses those names. */
void out_open(const char *name, char bracket);
void out_close(char bracket);
void out_string(const char *name, const char *s);
void out_uint(const char *name, uint64_t n);
void out_int(const char *name, int64_t n);
void out_real(const char *name, double n);
void out_bool(const char *name, bool b);
void out_null(const char *name);

/* Seconds since 1970, as "2026-01-31T09:30:00Z". */
void out_time(const char *name, uint64_t seconds);

/* Flush the output. False, logged, if some of it could not be written. */
bool out_written(void);

/* Write S as part of a line. */
void text_put(const char *s);

/* "1 file", "2 files". The result is valid as long as those below. */
const char *text_count(uint64_t n, const char *one, const char *many);

/*
 * "1,234,567", "12.3 MiB", "2 h 5 min", "2026-01-31T09:30:00Z". Each result is overwritten by the
 * eighth call after it.
 */
const char *text_uint(uint64_t n);
const char *text_bytes(uint64_t n);
const char *text_span(uint64_t seconds);
const char *text_time(uint64_t seconds_since_1970);

/*
 * A time of the database, "2026-01-31T09:30:00.123Z", as lines show it: as it is, or in local time,
 * which has no fraction. What is not a time stays as it is. Valid as long as those above.
 */
const char *text_moment(const char *utc);

/*
 * From now on lines show times in the time zone of the environment or of the machine, without a
 * "Z": "2026-01-31T18:30:00". JSON is not changed.
 */
void text_use_local_time(void);

#endif
