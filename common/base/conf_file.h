#ifndef TTS_CONF_FILE_H
#define TTS_CONF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "mem.h"

/* Read FD to its end, at most MAX bytes. Return -1 with errno if it cannot be read or is longer. */
ssize_t conf_file_read(int fd, char *data, size_t max);

/* Read a whole file of the configuration. Log the reason and return NULL if that is not possible.
 */
const char *conf_file_text(struct pool *pool, const char *path);

/*
 * List the files of the directory conf.d beside the file PATH whose names end in ".conf" and do not
 * begin with a dot, in the order of the bytes of their names, as an array that ends with NULL.
 * Without such a directory there are none. Log the reason and return NULL if it cannot be read.
 */
const char *const *conf_file_list(struct pool *pool, const char *path);

#endif
