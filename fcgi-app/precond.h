#ifndef TTS_PRECOND_H
#define TTS_PRECOND_H

#include <stdbool.h>
#include <stdint.h>

#include "../store/store.h"
#include "answer.h"
#include "req.h"

/*
 * Read If-Match (RFC 9110, 13.1.1): the revisions of which one has to be current, for audio_edit
 * and the like; NULL without the header, and for "*". A weak tag counts as the strong one, because
 * proxies that compress make ours weak, and a revision is one and the same text in any encoding.
 * Returns false with the answer in *PROBLEM if it is neither "*" nor a list of tags.
 */
bool if_match_read(const struct req *req, const struct if_match **wanted, struct answer *problem);

/*
 * Set *IDEM from Idempotency-Key and the body; without the header its key_hash is NULL. ANSWER
 * makes the answer's body from the new object. Returns false with the answer in *PROBLEM if the
 * header is not 1 to 255 printable ASCII characters.
 */
bool idempotency_read(const struct req *req,
    const char *(*answer)(struct pool *pool, const void *object), struct idempotency *idem,
    struct answer *problem);

/*
 * Answer the outcome of a store function that got IDEM: the body made from OBJECT, or the first
 * answer again with "Idempotent-Replayed: true", or the problem.
 */
struct answer idempotency_answer(
    const struct req *req, enum rc rc, const struct idempotency *idem, const void *object);

/* Whether If-None-Match (RFC 9110, 13.1.2) has TAG, weak or not, or is "*". */
bool if_none_match_has(const struct req *req, const char *tag);

/* A weak tag of what these bytes say. */
const char *etag_of(struct pool *pool, const void *data, size_t len);

/*
 * Give the answer to a GET of one object the weak TAG (RFC 9110, 8.8.3), or if that is NULL one of
 * all that it says: 304 without a body if If-None-Match has it.
 */
struct answer answer_tagged(const struct req *req, struct answer answer, const char *tag);

/* The entity tag of a revision. */
const char *etag(struct pool *pool, uint64_t revision);

#endif
