#ifndef TTS_STREAM_COUNT_H
#define TTS_STREAM_COUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "../common/base/conf.h"
#include "../common/base/throttle.h"

/* The counters of this process, see common/work/stream_stats.h. */

void count_begin(const struct conf *conf);
struct throttle *count_throttles(void);
void count_end(void);
void count_alive(void);
void count_open(size_t streams, size_t polls);
void count_opened(bool poll);
void count_sent(size_t events);
void count_dropped(void);
void count_refused(void);

#endif
