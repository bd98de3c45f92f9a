#ifndef TTS_FETCH_FILE_H
#define TTS_FETCH_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/base/mem.h"

/* The files of a log that is rotated by renaming: "PATH", "PATH.1", "PATH-20261128". What is
 * compressed is not one of them. */

struct fetch_file {
	const char *path;
	uint64_t inode, size;
	int64_t first;	 /* the time of the first line in ms since 1970; 0 if there is none yet */
	int64_t changed; /* when it was last written, in ms since 1970 */
	bool current;	 /* the log itself */
};

/* Find them, the oldest first. None if the directory cannot be read; errno is set then. */
size_t fetch_files(struct pool *pool, const char *path, struct fetch_file **out);

/* Reads a file line by line. */
struct fetch_lines;

/* NULL if the file cannot be opened; errno is set. */
struct fetch_lines *fetch_lines_open(const char *path, uint64_t offset);
void fetch_lines_close(struct fetch_lines *lines);

/* The next line that ends with a newline, without it. False at the end. S is valid until the next
 * call. */
bool fetch_lines_next(struct fetch_lines *lines, const char **s, size_t *len);

/* Where the line after the last one begins. */
uint64_t fetch_lines_offset(const struct fetch_lines *lines);

#endif
