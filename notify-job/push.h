#ifndef TTS_NOTIFY_PUSH_H
#define TTS_NOTIFY_PUSH_H

#include "../common/net/send.h"
#include "../store/webhook.h"

/*
 * Messages to devices by Firebase Cloud Messaging (HTTP v1), with the access token that they need:
 * it is asked for with an assertion signed by the service account of fcm.service_account_file, when
 * the first message of the run is to be sent, and again five minutes before it ends.
 */
struct push;

/* A message, and what became of it. */
struct message {
	const struct delivery_claim *claim;
	struct sending *sending; /* the memory of its request; the pool is set */
	struct delivery_result *result;
	void *ctx; /* the caller's */

	/* Only for push.c. */
	bool renewed;	     /* it was sent again with a new token */
	unsigned generation; /* of the token it was sent with */
	struct message *next;
};

/* Requests are made by SENDER. Ends the process if the service account cannot be used. */
struct push *push_new(const struct conf *conf, struct sender *sender);
void push_free(struct push *push);

/* Begin to send a message. */
void push_begin(struct push *push, struct message *message);

/* A request that SENDER says is over: take it if it is one of these. */
bool push_take(struct push *push, struct sending *sending);

/* The next message that is over, with its outcome in its result, or NULL. */
struct message *push_next(struct push *push);

/* How many wait for an access token, or are over and were not taken. */
size_t push_waiting(const struct push *push);

/* Forget all that are under way, whose requests the sender has ended. */
void push_stop(struct push *push);

#endif
