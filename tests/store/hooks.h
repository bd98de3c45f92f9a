#ifndef TTS_TEST_HOOKS_H
#define TTS_TEST_HOOKS_H

#include "fixture.h"

#include "../../store/webhook.h"

/* What the tests of webhooks have in common. */

/* As the set-up of a test: an empty queue, no endpoints, no deliveries. */
int hooks_nothing_to_send(void **state);

/* An endpoint of USER with these types and the first of these secrets. */
struct webhook hooks_make(uint64_t user, const char *types);
extern const uint8_t hooks_secret[WEBHOOK_SECRET_SIZE], hooks_other[WEBHOOK_SECRET_SIZE];

/* N events of USER, "audio.ready" and "project.completed" in turn. */
void hooks_happen(uint64_t user, size_t n);

/* Fan out all there is. How many deliveries were made. */
uint64_t hooks_fan(void);

size_t hooks_claim(const char *host, size_t max, struct delivery_claim *v);
struct delivery_result hooks_result(
    const struct delivery_claim *c, enum delivery_outcome outcome, int status);
struct delivery_result hooks_finish(
    const struct delivery_claim *c, enum delivery_outcome outcome, int status);

/* The newest delivery of an endpoint. */
struct delivery hooks_newest(uint64_t user, uint64_t webhook);

/* The first event of a user after number N, as "type data"; "". */
const char *hooks_event_after(uint64_t user, uint64_t n);

#endif
