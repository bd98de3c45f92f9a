#ifndef TTS_JSON_H
#define TTS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json_put.h"
#include "mem.h"

#define JSON_VALUES 1000 /* maximum values in a document; the largest valid body has six */

struct json_error {
	const char *what; /* static text: "a key appears twice" */
	size_t offset;	  /* of the byte, counted from 0 */
};

/*
 * Tell whether TEXT is JSON exactly as RFC 8259 defines it, and stricter where it leaves a choice:
 * no byte order mark, no duplicate keys in an object, no U+0000, no lone surrogates, nothing nested
 * deeper than DEPTH, at most JSON_VALUES values. (json_check.c)
 */
bool json_check(
    struct pool *pool, const char *text, size_t len, int depth, struct json_error *error);

/* The same with at most VALUES values. */
bool json_check_values(struct pool *pool, const char *text, size_t len, int depth, int values,
    struct json_error *error);

enum json_kind { KIND_OTHER, KIND_INT, KIND_STRING, KIND_BOOL, KIND_STRINGS, KIND_NULL };

/* A member of an object. Strings are in the pool, contain no NUL and are NUL-terminated. */
struct json_member {
	const char *name;
	enum json_kind kind;
	const char *s; /* of a KIND_STRING */
	size_t len;
	/* Of a KIND_INT, which may be written as 1.0; what is beyond 64 bits becomes the nearest
	 * number. KIND_BOOL: 0, 1 */
	int64_t i;
	const char *const *v; /* of KIND_STRINGS, an array of nothing but strings; LEN of them */
};

/*
 * Read a text that must be one JSON object into *V and *N, with members in their original order.
 * Returns false with ERROR if json_check refuses it, and false with error->what NULL if it is JSON
 * but not an object. TEXT must be NUL-terminated after its LEN bytes.
 */
bool json_read(struct pool *pool, const char *text, size_t len, int depth, struct json_member **v,
    size_t *n, struct json_error *error);

/*
 * The string or integer at PATH, names of members separated by "/", of a JSON text from elsewhere;
 * NULL if there is none, or TEXT is not JSON. Of an array the first item that has it counts.
 * Depth and number of values are limited as by json_check, with 16 levels. TEXT must be
 * NUL-terminated after its LEN bytes.
 */
const char *json_find(struct pool *pool, const char *text, size_t len, const char *path);

enum node_type { NODE_NULL, NODE_BOOL, NODE_NUMBER, NODE_STRING, NODE_ARRAY, NODE_OBJECT };

/* A value of a document, and all that is in it. */
struct json_node {
	const char *name; /* of a member; NULL: it is none */
	enum node_type type;
	double number; /* of a NODE_NUMBER; NODE_BOOL: 0, 1 */
	const char *s; /* of a NODE_STRING, NUL-terminated, without NUL */
	size_t len;
	const struct json_node *v; /* the N items or members */
	size_t n;
};

/*
 * Read a JSON text from elsewhere, with at most 16 levels and VALUES values; NULL if json_check
 * refuses it. TEXT must be NUL-terminated after its LEN bytes.
 */
const struct json_node *json_tree(struct pool *pool, const char *text, size_t len, int values);

/*
 * What is at PATH below NODE, names of members separated by "/"; NULL if there is nothing. NODE may
 * be NULL. json_at_string and json_at_number are the same for a string, else NULL, and for a
 * number, else OTHERWISE.
 */
const struct json_node *json_at(const struct json_node *node, const char *path);
const char *json_at_string(const struct json_node *node, const char *path);
double json_at_number(const struct json_node *node, const char *path, double otherwise);

#endif
