#ifndef TTS_JSON_PUT_H
#define TTS_JSON_PUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mem.h"

/*
 * Append to a document: each call first writes a comma if needed. NAME is NULL in an array and at
 * the top level. Names are written unchanged, strings are escaped.
 */
void json_put_open(struct buf *out, const char *name, char bracket);
void json_put_close(struct buf *out, char bracket);
void json_put_str(struct buf *out, const char *name, const char *s);
void json_put_strn(struct buf *out, const char *name, const char *s, size_t len);
void json_put_int(struct buf *out, const char *name, int64_t value);
void json_put_uint(struct buf *out, const char *name, uint64_t value);
void json_put_hundredths(
    struct buf *out, const char *name, int64_t value); /* -1812 becomes -18.12 */
void json_put_bool(struct buf *out, const char *name, bool value);
void json_put_null(struct buf *out, const char *name);

/* A value that is JSON already. */
void json_put_json(struct buf *out, const char *name, const char *json);

#endif
