#ifndef TTS_FORM_H
#define TTS_FORM_H

#include <stddef.h>

#include "mem.h"

/*
 * Decode LEN bytes of a name or value of application/x-www-form-urlencoded (WHATWG URL, 5.1), as in
 * queries: "%2C" and "+". The result is NUL-terminated: an escape that is none, or that of NUL,
 * stays as it is.
 */
const char *form_decode(struct pool *pool, const char *s, size_t len);

#endif
