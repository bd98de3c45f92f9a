#ifndef TTS_QUERY_H
#define TTS_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "../store/store.h"
#include "answer.h"
#include "req.h"

enum query_kind {
	QUERY_FLAG,   /* set by ?name, ?name=1 and any other value than 0 */
	QUERY_NUMBER, /* MIN to MAX in plain digits */
	QUERY_WORD,   /* one of WORDS */
	QUERY_CHARS,  /* MIN to MAX code points of UTF-8 */
	QUERY_OTHER,  /* the handler checks it */
};

/* A name that the query of a route may have. Tables of them end with a NULL name. */
struct query_name {
	const char *name;
	enum query_kind kind;
	uint64_t min, max;
	const char *const *words; /* ends with NULL */
	const char *wrong;	  /* what an answer says of any other value: "must be …" */
};

/* A pair of the query, decoded. */
struct query_pair {
	const char *name, *value;
};

/* The names that several routes have. */
extern const struct query_name query_preview_names[]; /* preview */
extern const struct query_name query_page_names[];    /* page, per_page */
extern const struct query_name query_any_names[];     /* whatever another service adds */
/* clang-format off */
#define QUERY_PER_PAGE                                                                             \
	{.name = "per_page", .kind = QUERY_NUMBER, .min = 1, .max = PAGE_SIZE_MAX,                 \
	    .wrong = "must be a number from 1 to 100"}
#define QUERY_PAGES                                                                                \
	{.name = "page", .kind = QUERY_NUMBER, .min = 1, .max = UINT64_MAX,                        \
	    .wrong = "must be a number from 1"}, QUERY_PER_PAGE
/* clang-format on */

/*
 * Decode the query of REQ, and compare it with the table of its route. Returns false with the
 * answer, which names each name that is unknown or appears twice and each value that is wrong, in
 * *PROBLEM. Queries of the machine's own routes are not compared with anything.
 */
bool query_read(struct req *req, struct answer *problem);

/* The value of NAME; NULL if the query does not have it. */
const char *query_value(const struct req *req, const char *name);

/* The number that is the value of NAME, a QUERY_NUMBER; OTHERWISE without it. */
uint64_t query_number(const struct req *req, const char *name, uint64_t otherwise);

/* Which of WORDS the value of NAME, a QUERY_WORD, is; SIZE_MAX without it. */
size_t query_word(const struct req *req, const char *name, const char *const *words);

/* Find NAME in a form "a=1&b=2" and return its value and length; false if it is not there. */
bool query_find(const char *query, const char *name, const char **value, size_t *len);

/* Whether NAME, a QUERY_FLAG, is set. */
bool query_flag(const struct req *req, const char *name);

/* Whether ?preview is set: report what would be done without doing it. Any value other than 0
 * counts: a client that sends preview=true does not want changes either. */
bool query_preview(const struct req *req);

#endif
