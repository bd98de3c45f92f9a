#ifndef TTS_QUERY_H
#define TTS_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "req.h"

/* Find NAME in a query "a=1&b=2": its value and length; false if it is not there. */
bool query_find(const char *query, const char *name, const char **value, size_t *len);

/* Whether ?preview=1 was asked for: say what would be done, and do nothing. So does any other value
 * but 0: who wrote preview=true wants nothing done either. */
bool query_preview(const struct req *req);

#endif
