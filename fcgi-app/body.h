#ifndef TTS_BODY_H
#define TTS_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer.h"
#include "req.h"

/* A text from a body: UTF-8 without a NUL inside and with one behind, unless trimmed. */
struct text {
	const char *s;
	size_t len;
};

enum field_type {
	FIELD_INT,
	FIELD_CHARS,   /* a string; min and max count code points */
	FIELD_TRIMMED, /* the same, of what is left without white space around it */
	FIELD_BYTES,   /* a string; min and max count bytes */
};

/* What a body may have. A field that is not in the table, or has another type, is an error. */
struct field {
	const char *name;
	enum field_type type;
	bool required;
	int64_t min, max;
	/* Says what is wrong with a value that is in range; NULL: nothing. */
	const char *(*check)(const struct field *field);
	/* Where the value goes; both are left as they are when the client does not give it. */
	int64_t *number;   /* of a FIELD_INT */
	struct text *text; /* of the others */
};

/*
 * Read the body as the JSON object that the N fields at FIELDS describe. False when something is
 * wrong: then *PROBLEM is the answer, and names every bad field.
 */
bool body_read(const struct req *req, const struct field *fields, size_t n, struct answer *problem);

/* Tell whether the body is announced as JSON: application/json, in no other charset than UTF-8. */
bool body_is_json(const char *content_type);

/* For the check column. */
const char *check_not_blank(const struct field *field);
const char *check_email(const struct field *field);
const char *check_index(const struct field *field);
const char *check_language(const struct field *field);
const char *check_speakable(const struct field *field);
const char *check_speed(const struct field *field);
const char *check_voice(const struct field *field);

#endif
