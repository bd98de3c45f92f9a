#ifndef TTS_NOTIFY_COUNT_H
#define TTS_NOTIFY_COUNT_H

#include "../common/base/conf.h"
#include "../store/webhook.h"

/* What this run does, for metrics.notify_file and the log. */
void count_open(const struct conf *conf);
void count_fanned(uint64_t n);
void count_claimed(size_t n);
void count_taken_back(uint64_t n);
void count_pruned(uint64_t n);
void count_result(const struct delivery_result *result);

/* The run ends with exit status STATUS; DB may be NULL. */
void count_end(const struct db *db, int status);

#endif
