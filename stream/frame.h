#ifndef TTS_FRAME_H
#define TTS_FRAME_H

#include <stdint.h>

#include "../common/base/mem.h"

/*
 * The format of text/event-stream (WHATWG HTML, 9.2). A client keeps the last id that it got and
 * sends it as Last-Event-ID when it connects again.
 */

#define FRAME_NO_ID UINT64_MAX /* the client keeps the id that it has */

/* Append an event. DATA may have several lines. */
void frame_event(struct buf *out, uint64_t id, const char *type, const char *data);

/* Append the time after which the client connects again if the connection is lost. */
void frame_retry(struct buf *out, uint64_t ms);

/* Append a comment, which shows that the connection works, and the id up to which the client
 * knows everything, even if no event was sent for it. */
void frame_ping(struct buf *out, uint64_t id);

#endif
