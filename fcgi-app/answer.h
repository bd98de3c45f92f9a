#ifndef TTS_ANSWER_H
#define TTS_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include "../common/base/mem.h"
#include "../common/base/rc.h"
#include "req.h"

struct header {
	const char *name, *value;
	struct header *next;
};

/*
 * The answer that a handler returns. It is a plain value: nothing is sent until fcgi_answer. The
 * strings are in the pool of the request or static.
 */
struct answer {
	int status;
	const char *type;  /* media type of the body */
	const char *cache; /* Cache-Control; NULL leaves it to nginx */
	const char *body;
	size_t len;
	struct header *headers; /* in the order in which they were added */
};

/* A field of the body ("" for the body as a whole) and what is wrong with it. */
struct bad_field {
	const char *field, *reason;
};

/* Every status code that the API uses, and its reason phrase. */
struct title {
	int status;
	const char *title;
};
extern const struct title answer_titles[];
extern const size_t answer_titles_n;

/* The reason phrase of a status code: "Not Found". */
const char *answer_title(int status);

/* Answer with the JSON in BODY and the success status of the route. */
struct answer answer_json(const struct req *req, const struct buf *body);

/* Answer with a problem document (RFC 9457). The detail is for people. Never pass on the message
 * of a library or the database. */
struct answer answer_problem(const struct req *req, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Answer 422 and list all bad fields, at most the first hundred. */
struct answer answer_fields(const struct req *req, const struct bad_field *v, size_t n);

/* Answer 401, with the same text for every refused login and every refused token. */
struct answer answer_unauthorized(const struct req *req);

/* The one place that maps an outcome to a status code. RC must not be RC_OK or RC_REPLAY. */
struct answer answer_rc(const struct req *req, enum rc rc);

/* Add a header. VALUE must not contain anything chosen by a client. */
void answer_header(
    const struct req *req, struct answer *answer, const char *name, const char *value);

#endif
