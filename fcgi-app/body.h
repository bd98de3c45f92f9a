#ifndef TTS_BODY_H
#define TTS_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer.h"
#include "req.h"

/* A string from a body: UTF-8 without NUL characters, and NUL-terminated unless trimmed. */
struct text {
	const char *s;
	size_t len;
};

/* The strings of an array. */
struct texts {
	const char *const *v;
	size_t n;
};

enum field_type {
	FIELD_INT,
	FIELD_CHARS,   /* a string; min and max count code points */
	FIELD_TRIMMED, /* the same, after removing leading and trailing white space */
	FIELD_BYTES,   /* a string; min and max count bytes */
	FIELD_BOOL,    /* true or false */
	FIELD_STRINGS, /* an array of strings; min and max count them */
};

/* A field that the body may contain. Fields that are not in the table, or have another type, are
 * errors. */
struct field {
	const char *name;
	enum field_type type;
	bool required;
	int64_t min, max;
	/* Returns what is wrong with a value that is in range, or NULL. */
	const char *(*check)(const struct field *field);
	/* Where to store the value; left unchanged if the client does not send the field. */
	int64_t *number;     /* for FIELD_INT; FIELD_BOOL: 0 or 1 */
	struct texts *texts; /* for FIELD_STRINGS */
	struct text *text;   /* for the other types */
	bool null;	     /* null says that there is no value: answers have it as well */
};

/*
 * Read the body as a JSON object with the N fields at FIELDS. On failure return false, with the
 * answer, which lists every bad field, in *PROBLEM.
 */
bool body_read(const struct req *req, const struct field *fields, size_t n, struct answer *problem);

/* Tell whether Content-Type announces JSON: application/json, with no charset other than UTF-8. */
bool body_is_json(const char *content_type);

/* Functions for field.check. */
const char *check_not_blank(const struct field *field);
const char *check_line(const struct field *field);  /* not blank, and can be shown in one line */
const char *check_shown(const struct field *field); /* the same, or empty */
const char *check_email(const struct field *field);
const char *check_index(const struct field *field);
const char *check_language(const struct field *field);
const char *check_speakable(const struct field *field);
const char *check_speed(const struct field *field);
const char *check_tag(const struct field *field);
const char *check_voice(const struct field *field);

#endif
