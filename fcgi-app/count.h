#ifndef TTS_COUNT_H
#define TTS_COUNT_H

#include <stddef.h>
#include <stdint.h>

#include "../common/base/conf.h"
#include "../common/base/throttle.h"
#include "req.h"

/*
 * Counters of the answers of all workers of the pool, in metrics.api_file. Requests are classified
 * by the table of routes only, never by anything a client wrote.
 */

#define COUNT_BUCKETS 14 /* of the duration; the last one has no upper bound */
extern const uint64_t count_bucket_us[COUNT_BUCKETS - 1];

/* Open the counters and count the start of this worker. */
void count_open(const struct conf *conf);

/* The throttles that all workers share. */
struct throttle *count_throttles(void);

/* WORKER_NUMBERS numbers of the same memory, zero at first, for worker.h. */
uint64_t *count_notes(void);

/* GUESS_NUMBERS numbers of the same kind, for guess.h. */
uint64_t *count_guesses(void);

/* Count an answered request, and what its database connection counted meanwhile. */
void count_request(const struct req *req, int status, long us);

uint64_t count_workers(void);
uint64_t count_db_retries(void);
uint64_t count_events(void);

/* The number of names of count_route: the routes, "metrics", and "none" for requests that match
 * no route. */
size_t count_routes(void);
const char *count_route(size_t route);

/* For a route: the number of answers with the status at index TITLE of answer_titles; the number
 * of answers whose duration is in this bucket; and the total duration of all. */
uint64_t count_answers(size_t route, size_t title);
uint64_t count_bucket(size_t route, size_t bucket);
uint64_t count_us(size_t route);

#endif
