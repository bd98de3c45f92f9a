#ifndef TTS_STORE_WEBHOOK_INTERNAL_H
#define TTS_STORE_WEBHOOK_INTERNAL_H

#include "event.h"
#include "queue_core.h"
#include "webhook.h"

/*
 * Webhooks, for the files of store/ that deal with them. Rows are locked in the order user,
 * webhook (by id), delivery (by id), user_seq.
 */

/* ------------------------------------------------------------------ store/webhook.c */

/* Lock an endpoint of USER (0: of anybody). RC_NOT_FOUND if there is none. */
enum rc webhook_lock(
    struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct webhook *out);

/* ------------------------------------------------------------------ store/device.c */

/* Remove a device, whose endpoint is locked; its endpoint and deliveries are removed later. */
enum rc device_forget(struct db *db, uint64_t id);

/* ------------------------------------------------------------------ store/push.c */

/*
 * The message of an event for a device in LANGUAGE (a tag of BCP 47), without its target: an object
 * in JSON with "notification" and "data". NULL for a type that is not sent.
 */
const char *push_body(struct pool *pool, const struct event *e, const char *language);

/* ------------------------------------------------------------------ store/delivery.c */

/* The columns of a delivery that delivery_read reads. */
#define DELIVERY_ITEM                                                                              \
	"id, webhook_id, seq, type, created_at, updated_at, run_at, state, tries, status, error,"  \
	" answer"

enum rc delivery_state_read(const struct cell *cell, enum delivery_state *out);

/* Queue a delivery afresh. For SET; the state comes last, because the others may look at it. */
#define DELIVERY_AFRESH                                                                            \
	"run_at = NOW(3), tries = 0, status = NULL, error_class = '', error = '', answer = '',"    \
	" updated_at = NOW(3), state = 'pending'"

#endif
