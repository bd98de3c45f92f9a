#ifndef TTS_ROUTE_H
#define TTS_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "answer.h"
#include "req.h"

#define PAGE_BEYOND UINT64_C(1000000000000000) /* a page that no list has */

struct query_name;

/* A row of the table of routes, with the conditions checked before the handler runs. */
struct route {
	const char *method; /* GET also answers HEAD */
	/* {id} and {n} match digits, {task} a UUID, {stage} and {secret} a word; a final slash is
	 * optional. */
	const char *pattern;
	struct answer (*handler)(const struct req *req);
	bool login;	   /* a login is required, or the answer is 401; sets req->user */
	bool store_checks; /* the handler's own statement checks whether the login is still valid */
	bool person;	   /* only for who has logged in: an API key is refused */
	bool body;	   /* a JSON body is required; otherwise a body is ignored */
	bool raw;	   /* except by the handler, which takes any */
	bool picture;	   /* the body may have pipeline.image_bytes */
	const struct query_name *query; /* the names its query may have; NULL: none */
	int success;
	const char *name; /* for logs, tests and documentation */
};

extern const struct route routes[];
extern const size_t routes_n;

/* The routes of the machine's own listener, which clients cannot reach. */
extern const struct route local_routes[];
extern const size_t local_routes_n;

/*
 * Find the route and set the parameters of the path in REQ. Returns NULL if there is none: then
 * *ALLOW is NULL (404), or lists the methods of that path (405).
 */
const struct route *route_find(struct req *req, const char **allow);

/* The longest body that the route of REQ takes, in bytes. */
size_t route_body_max(struct req *req);

/* Find the route, check the login and the body's size and type, and run the handler. */
struct answer route_answer(struct req *req);

/* Parse a page number; PAGE_BEYOND unless it is 1 or more in plain digits. */
uint64_t route_page_number(const char *s, size_t len);

/* Whether the LEN characters at S are a UUID; OUT, if not NULL, is that in lower case. */
#define ROUTE_UUID_SIZE 37
bool route_uuid(const char *s, size_t len, char *out);

/* Print the table, one line per route: "METHOD PATTERN login|open NAME SUCCESS". */
void route_print(FILE *out);

/* Print the names that queries may have, one per line: "METHOD PATTERN NAME". */
void route_print_queries(FILE *out);

#endif
