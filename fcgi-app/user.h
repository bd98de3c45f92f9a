#ifndef TTS_USER_H
#define TTS_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/base/json.h"
#include "../store/store.h"
#include "answer.h"
#include "req.h"

/* Append a User. */
void write_user(struct buf *out, const struct user *user);

/* Answer with a token for LOGIN, see auth_issue. */
struct answer answer_token(const struct req *req, const struct login *login);

/* Answer 429: the next attempt to tell the password of an account is to wait. */
struct answer answer_too_soon(const struct req *req, uint32_t wait_sec);

#endif
