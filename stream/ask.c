#include "ask.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/base/form.h"
#include "../common/base/utf8.h"
#include "../store/event.h"

_Static_assert(EVENT_TYPES < 32, "a type of event is a bit of ask.types");

#define ALL_TYPES ((UINT32_C(1) << EVENT_TYPES) - 1)
#define DIGITS_MAX 19 /* of a number below 2^63 */

/* ------------------------------------------------------------------ the query */

/* The decoded value of the first NAME in the query; NULL if it is not there. */
static const char *
query_value(struct pool *pool, const char *query, const char *name)
{
	size_t n = strlen(name);

	for (;;) {
		size_t len = strcspn(query, "&");

		if (len > n && strncmp(query, name, n) == 0 && query[n] == '=')
			return form_decode(pool, query + n + 1, len - n - 1);
		if (query[len] == '\0')
			return NULL;
		query += len + 1;
	}
}

/* A name in the query that is unknown, appears twice or has no "="; NULL: there is none. Some
 * libraries that stand in for EventSource repeat Last-Event-ID in the query. */
static const char *
query_wrong(struct pool *pool, const char *query)
{
	static const char *const names[] = {"after", "project", "types", "wait", "lastEventId"};
	uint32_t seen = 0;

	for (;; query++) {
		size_t len = strcspn(query, "&"), name = strcspn(query, "&="), i = 0;

		while (i < sizeof names / sizeof *names &&
		       (strlen(names[i]) != name || memcmp(names[i], query, name) != 0))
			i++;
		if (len > 0 && (i == sizeof names / sizeof *names || name == len ||
				   (seen & UINT32_C(1) << i) != 0))
			return form_decode(pool, query, name < 64 ? name : 64);
		seen |= len > 0 ? UINT32_C(1) << i : 0;
		query += len;
		if (*query == '\0')
			return NULL;
	}
}

/* Read a number of MIN to MAX in plain digits. */
static bool
read_number(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	size_t len = strlen(s);

	if (len == 0 || len > DIGITS_MAX || strspn(s, "0123456789") != len)
		return false;
	*out = strtoull(s, NULL, 10);
	return *out >= min && *out <= max;
}

/* Read names separated by commas. */
static bool
read_types(struct pool *pool, const char *s, uint32_t *out)
{
	for (*out = 0;; s++) {
		size_t len = strcspn(s, ",");
		enum event_type type = event_type_named(pool_strndup(pool, s, len));

		if (type == EVENT_TYPES)
			return false;
		*out |= UINT32_C(1) << type;
		s += len;
		if (*s == '\0')
			return true;
	}
}

/* ------------------------------------------------------------------ Accept */

/* The weight of a media range with the parameters S (RFC 9110, 12.4.2). */
static double
range_weight(const char *s, const char *end)
{
	while ((s = memchr(s, ';', (size_t)(end - s))) != NULL) {
		for (s++; s < end && (*s == ' ' || *s == '\t');)
			s++;
		if (end - s > 2 && tolower((unsigned char)*s) == 'q' && s[1] == '=')
			return strtod(s + 2, NULL);
	}
	return 1;
}

/* How much a client wants the media type MAIN "/" SUB: the weight of the range that fits best, 0 if
 * none does. */
static double
accept_weight(const char *accept, const char *type)
{
	const size_t main_len = strcspn(type, "/") + 1;
	double weight = 0;
	int best = 0;

	for (;;) {
		const char *s = accept + strspn(accept, " \t");
		const char *end = accept + strcspn(accept, ",");
		size_t len = strcspn(s, "; \t,");
		int fit = 0;

		if (len == strlen(type) && strncasecmp(s, type, len) == 0)
			fit = 3;
		else if (len == main_len + 1 && strncasecmp(s, type, main_len) == 0 &&
			 s[main_len] == '*')
			fit = 2;
		else if (len == 3 && strncmp(s, "*/*", 3) == 0)
			fit = 1;
		if (fit > best) {
			best = fit;
			weight = range_weight(s, end);
		}
		if (*end == '\0')
			return weight;
		accept = end + 1;
	}
}

/* Choose between stream and poll. False if the client accepts neither. */
static bool
choose_form(const char *accept, bool has_wait, bool *poll)
{
	double stream, json;

	if (accept == NULL || *accept == '\0')
		accept = "*/*";
	stream = accept_weight(accept, "text/event-stream");
	json = accept_weight(accept, "application/json");
	*poll = json > stream || (json == stream && has_wait);
	return stream > 0 || json > 0;
}

/* ------------------------------------------------------------------ all of it */

static bool
refuse(struct ask_problem *problem, int status, const char *field, const char *detail)
{
	*problem = (struct ask_problem){status, field, detail};
	return false;
}

bool
ask_read(struct pool *pool, const char *query, const char *accept, const char *last_event_id,
    struct ask *ask, struct ask_problem *problem)
{
	const char *after = query_value(pool, query, "after");
	const char *project = query_value(pool, query, "project");
	const char *types = query_value(pool, query, "types");
	const char *wait = query_value(pool, query, "wait");
	const char *wrong = query_wrong(pool, query);
	uint64_t wait_sec = 0;

	*ask = (struct ask){.types = ALL_TYPES};
	if (!choose_form(accept, wait != NULL, &ask->poll))
		return refuse(problem, 406, NULL,
		    "This address answers with text/event-stream or application/json.");
	if (wrong != NULL)
		return refuse(problem, 422,
		    utf8_check(wrong, strlen(wrong)) == strlen(wrong) ? wrong : "",
		    "must be after, project, types or wait, once and with a value");
	if (last_event_id == NULL)
		last_event_id = query_value(pool, query, "lastEventId");
	if (last_event_id != NULL && *last_event_id != '\0') {
		if (!read_number(last_event_id, 0, INT64_MAX, &ask->after))
			return refuse(problem, 400, NULL,
			    "Last-Event-ID must be the id of an event of this stream.");
		ask->has_after = true;
	} else if (after != NULL) {
		if (!read_number(after, 0, INT64_MAX, &ask->after))
			return refuse(problem, 400, NULL, "after must be the number of an event.");
		ask->has_after = true;
	}
	if (project != NULL && !read_number(project, 1, INT64_MAX, &ask->project))
		return refuse(problem, 400, NULL, "project must be the id of a project.");
	if (wait != NULL && !read_number(wait, 0, ASK_WAIT_MAX, &wait_sec))
		return refuse(problem, 400, NULL, "wait must be 0 to 60 seconds.");
	if (types != NULL && !read_types(pool, types, &ask->types))
		return refuse(problem, 422, "types",
		    "must be the names of types of events, separated by commas");
	ask->wait_sec = (int)wait_sec;
	return true;
}
