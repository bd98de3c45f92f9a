#ifndef TTS_JSON_H
#define TTS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../common/base/mem.h"

/* ------------------------------------------------------------------ reading */

#define JSON_VALUES 1000 /* in a document; the largest body has six */

struct json_error {
	const char *what; /* static: "a key appears twice" */
	size_t offset;	  /* of the byte, from 0 */
};

/*
 * Tell whether TEXT is JSON exactly as RFC 8259 has it, and stricter where it leaves a choice: no
 * byte order mark, no key twice in an object, no U+0000, no lone surrogate, nothing nested deeper
 * than DEPTH, no more than JSON_VALUES values. (json_check.c)
 */
bool json_check(
    struct pool *pool, const char *text, size_t len, int depth, struct json_error *error);

enum json_kind { KIND_OTHER, KIND_INT, KIND_STRING };

/* A member of an object. Strings are in the pool, have no NUL inside and one behind. */
struct json_member {
	const char *name;
	enum json_kind kind;
	const char *s; /* of a KIND_STRING */
	size_t len;
	int64_t i; /* of a KIND_INT; one beyond 64 bits becomes the nearest there is */
};

/*
 * Read a text that must be one JSON object into *V and *N, members in the order they were written.
 * False with ERROR when json_check refuses it; false with error->what NULL when it is JSON but not
 * an object. TEXT has a NUL behind its LEN bytes.
 */
bool json_read(struct pool *pool, const char *text, size_t len, int depth, struct json_member **v,
    size_t *n, struct json_error *error);

/* ------------------------------------------------------------------ writing */

/*
 * Append to a document: each call writes a comma first if one is due. NAME is NULL in an array and
 * at the top. Names are written as they are, strings are escaped.
 */
void json_put_open(struct buf *out, const char *name, char bracket);
void json_put_close(struct buf *out, char bracket);
void json_put_str(struct buf *out, const char *name, const char *s);
void json_put_strn(struct buf *out, const char *name, const char *s, size_t len);
void json_put_int(struct buf *out, const char *name, int64_t value);
void json_put_uint(struct buf *out, const char *name, uint64_t value);
void json_put_hundredths(struct buf *out, const char *name, int64_t value); /* -1812: -18.12 */
void json_put_bool(struct buf *out, const char *name, bool value);
void json_put_null(struct buf *out, const char *name);

#endif
