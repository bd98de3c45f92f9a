#ifndef TTS_ROUTE_H
#define TTS_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "answer.h"
#include "req.h"

#define PAGE_BEYOND UINT64_C(1000000000000000) /* a page that no list has */

/* A row of the one table of routes: what http-api needs to be true before the handler runs. */
struct route {
	const char *method;  /* GET answers HEAD as well */
	const char *pattern; /* {id} and {n} stand for digits; a slash at the end is optional */
	struct answer (*handler)(const struct req *req);
	bool login;	   /* req->user is who has logged in; 401 otherwise */
	bool store_checks; /* whether the login still counts is for the handler's own statement to
			      say */
	bool body;	   /* JSON is required; without this a body is ignored */
	int success;
	const char *name; /* for the log, the tests and the documentation */
};

extern const struct route routes[];
extern const size_t routes_n;

/* What the listener for the machine itself has in their place: clients never get there. */
extern const struct route local_routes[];
extern const size_t local_routes_n;

/*
 * Find the route and put what stands in the path into REQ. NULL when there is none: then *ALLOW is
 * NULL (404) or lists the methods that the path has (405).
 */
const struct route *route_find(struct req *req, const char **allow);

/* Find the route, see who is logged in, check the body's size and type, run the handler. */
struct answer route_answer(struct req *req);

/* Read a number of a page: PAGE_BEYOND unless it is 1 or more, in plain digits. */
uint64_t route_page_number(const char *s, size_t len);

/* Print the table, a line a route: "METHOD PATTERN login|open NAME SUCCESS". */
void route_print(FILE *out);

#endif
