#ifndef TTS_PIPELINE_REMOTE_H
#define TTS_PIPELINE_REMOTE_H

#include "../common/base/json.h"
#include "../common/net/http.h"
#include "engine.h"

/*
 * The part that all adapters of services elsewhere share: requests and what became of them, the
 * errors that all services have, and downloads. All run in a child and wait.
 */
struct remote {
	struct pool *pool;
	const struct engine_input *in;
	struct engine_answer *out;
	struct http *http;
	const char *service, *key, *model; /* of the configuration; "": none */
	int64_t until;			   /* no request takes longer; monotonic time in ms */
};

/* An answer to a request: its status is final, and is not that of a proxy. */
struct reply {
	int status;
	const struct json_node *json; /* NULL: it is not JSON; then the status is not 2xx */
};

/* The limits of the calls of an engine, and how much earlier its requests end. */
#define REMOTE_SEND_SEC 60
#define REMOTE_FETCH_SEC 600
#define REMOTE_EARLY_SEC 3
#define REMOTE_POLL_SEC 30 /* for a question */

/* What to ask where the configuration says nothing. */
struct remote_defaults {
	const char *url, *model;
};

/* Begin a call of an engine, which has so many seconds. */
struct remote remote_begin(const struct engine_input *in, struct engine_answer *out,
    const struct remote_defaults *defaults, int sec);
void remote_end(struct remote *r);

/*
 * For the check() of an engine of STAGE: ask for PATH, which costs nothing. NULL, or what is wrong;
 * then or else the answer is in REPLY if that is not NULL.
 */
const char *remote_check(const struct conf *conf, struct pool *pool, enum stage stage,
    const struct remote_defaults *defaults, const char *path, struct reply *reply);

/*
 * Ask the service of the configuration. BODY is NULL: GET; else it is posted as JSON. COSTS:
 * whoever sends it twice pays twice. Return false if there is no answer to go by; then the class is
 * set, and "unknown" if the request costs and may have been done.
 */
bool remote_ask(
    struct remote *r, const char *path, const char *body, bool costs, struct reply *reply);

/* Set class and message; nothing else. */
void remote_fail(struct remote *r, enum pipeline_class class, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Nothing is wrong, after all: it is to be asked for later. */
void remote_wait(struct remote *r);

/* Set class and message for an answer that is none of what is wanted, by its status and its error.
 */
void remote_refused(struct remote *r, const struct reply *reply);

/* The text and the code of an error in any of the forms that services use; NULL: there is none. */
const char *remote_error_text(const struct json_node *json);
const char *remote_error_code(const struct json_node *json);

/* Whether an error means that nobody pays for more; NULLs are allowed. */
bool remote_is_about_money(const char *code, const char *text);

/* The time after which a service wants to be asked again, in seconds; 0: it says nothing. */
int64_t remote_rest_sec(const struct http_answer *a);

/* The time for a request of at most SEC seconds. */
int64_t remote_left_ms(const struct remote *r, int sec);

/* Whether ID can be put into a URL as it is, and kept. */
bool remote_id_ok(const char *id);

/* The first MAX characters of S. */
const char *remote_cut(struct pool *pool, const char *s, size_t max);

enum remote_kind { REMOTE_MP3, REMOTE_MP4 };

/*
 * Fetch URL, which came from the service, into the file NAME of the step's directory, and look at
 * what it is. Return false with class and message if it cannot be had, or is something else.
 */
bool remote_download(struct remote *r, const char *url, enum remote_kind kind, const char *name,
    struct engine_file *file);

#endif
