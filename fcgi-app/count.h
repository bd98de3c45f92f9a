#ifndef TTS_COUNT_H
#define TTS_COUNT_H

#include <stddef.h>
#include <stdint.h>

#include "../common/base/conf.h"
#include "../common/base/event.h"
#include "req.h"

/*
 * What the workers of the pool have answered, counted by all of them in metrics.api_file. Requests
 * are told apart by the table of routes alone, never by what a client wrote.
 */

#define COUNT_BUCKETS 14 /* of time, the last without an end */
extern const uint64_t count_bucket_us[COUNT_BUCKETS - 1];

/* Begin to count: one more worker was started. */
void count_open(const struct conf *conf);

/* Events that all workers share. */
struct event *count_events(void);

/* WORKER_NUMBERS numbers of the same memory, zero at first, for worker.h. */
uint64_t *count_notes(void);

/* Count a request that was answered; DB_RETRIES is the total of this worker. */
void count_request(const struct req *req, int status, long us, unsigned long db_retries);

uint64_t count_workers(void);
uint64_t count_db_retries(void);

/* How many names count_route knows: the routes, "metrics", and "none" for no route. */
size_t count_routes(void);
const char *count_route(size_t route);

/* Of a route: how many were answered with the status that answer_titles has at that place; how many
 * took as long as this bucket and longer than the one before; how long all took together. */
uint64_t count_answers(size_t route, size_t title);
uint64_t count_bucket(size_t route, size_t bucket);
uint64_t count_us(size_t route);

#endif
