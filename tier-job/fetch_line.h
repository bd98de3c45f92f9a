#ifndef TTS_FETCH_LINE_H
#define TTS_FETCH_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FETCH_NAME_MAX 96 /* as TIER_NAME_SIZE */

/* A line of the fetch log that nginx writes: "1795845229.137 206 30000 192.0.2.7 0/12/345-r1",
 * which are time, status, bytes, address, and the name of the file. */
struct fetch_line {
	int64_t at; /* milliseconds since 1970 */
	const char *address, *name;
	size_t address_len, name_len;
};

/* Read the LEN bytes at S, without the newline; LINE points into them. False if nginx would not
 * have written this. */
bool fetch_line_parse(const char *s, size_t len, struct fetch_line *line);

#endif
