#ifndef TTS_PRECOND_H
#define TTS_PRECOND_H

#include <stdbool.h>
#include <stdint.h>

#include "../store/store.h"
#include "answer.h"
#include "req.h"

#define IF_MATCH_NONE UINT64_MAX /* a tag that no revision has */

/*
 * Read If-Match (RFC 9110): the revision that must be current, 0 for any ("*" or no header),
 * IF_MATCH_NONE for a well-formed tag that is not ours. Returns false with the answer in *PROBLEM
 * for anything else, including lists of tags.
 */
bool if_match_read(const struct req *req, uint64_t *revision, struct answer *problem);

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

/* Whether If-None-Match has TAG, which may be weak: then the answer is 304. */
bool etag_matches(const struct req *req, const char *tag);

/* The entity tag of a revision. */
const char *etag(struct pool *pool, uint64_t revision);

#endif
