#ifndef TTS_FAULTS_CLIENT_H
#define TTS_FAULTS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../common/base/mem.h"

/* One client: its identity, and the file in which it records answers (answers.h). */
struct client {
	int port;
	const char *token;
	int log; /* -1: none */
	uint64_t seed;
	unsigned prefix; /* makes the texts of this client its own */
	unsigned serial;
};

/* How an operation ended. */
enum result { ACCEPTED = 0, REFUSED = 1, UNKNOWN = 2 };

/* A sentence as a client knows it. */
struct known {
	uint64_t id, revision;
};

/* ------------------------------------------------------------------ client_text.c */

/* A sentence that no other client sends, and that this one sends only once; it contains
 * TEXT_CANARY. */
#define TEXT_CANARY "Zimtquark"
const char *text_new(struct client *c, struct pool *pool);

/* A pseudo-random number below BOUND. */
uint64_t choose(struct client *c, uint64_t bound);

/* A string as JSON, including the quotes. */
const char *json_quote(struct pool *pool, const char *s);

/* SHA-256 in hexadecimal. */
const char *text_hash(struct pool *pool, const char *s);

/* ------------------------------------------------------------------ client_do.c */

/* The string or number NAME in a JSON object; "" or 0 if there is none. */
const char *json_string(struct pool *pool, const char *json, const char *name);
uint64_t json_number(const char *json, const char *name);

/* Sign up (a taken address is not an error), log in and put the token into C. */
enum result do_login(struct client *c, struct pool *pool, const char *email, const char *password);

/* Create a project of N new sentences, or of the lines of TEXT if it is not NULL; *ID is its id.
 * KEY (may be NULL) is an Idempotency-Key: with it, the request is repeated until the outcome is
 * known. */
enum result do_project(struct client *c, struct pool *pool, size_t n, const char *text,
    const char *language, const char *key, uint64_t *id);

/* Find the sentences of a project: up to MAX, from the first. */
size_t do_see(struct client *c, struct pool *pool, uint64_t project, struct known *v, size_t max);

/* TEXT NULL: a new one. REVISION 0: any revision; otherwise it is sent as If-Match. */
enum result do_edit(struct client *c, struct pool *pool, uint64_t id, const char *text, int speed,
    uint64_t if_match, uint64_t *revision);
enum result do_insert(struct client *c, struct pool *pool, uint64_t project, int64_t index,
    const char *text, const char *key, uint64_t *id);
enum result do_remove(struct client *c, struct pool *pool, uint64_t id);
enum result do_delete(struct client *c, struct pool *pool, uint64_t project);
enum result do_retry(struct client *c, struct pool *pool, uint64_t id);

/* Get one sentence, and record the URL of its sound. */
enum result do_sound(struct client *c, struct pool *pool, uint64_t id);

/* ------------------------------------------------------------------ client_load.c */

/* Random operations on this project, RATE per second, for that many seconds. */
void load(struct client *c, uint64_t project, unsigned seconds, unsigned rate);

/* ------------------------------------------------------------------ client_slow.c */

/* For that many seconds, hold N connections that send and read almost nothing. */
void dawdle(struct client *c, size_t n, unsigned seconds);

/* The 99th percentile, in microseconds, of the latency of N consecutive reads of PATH. */
long latency_p99(struct client *c, const char *path, size_t n);

#endif
