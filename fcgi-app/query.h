#ifndef TTS_QUERY_H
#define TTS_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "req.h"

/* Find NAME in a query "a=1&b=2" and return its value and length; false if it is not there. */
bool query_find(const char *query, const char *name, const char **value, size_t *len);

/* Whether ?preview=1 is set: report what would be done without doing it. Any value other than 0
 * counts: a client that sends preview=true does not want changes either. */
bool query_preview(const struct req *req);

#endif
