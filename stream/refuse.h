#ifndef TTS_REFUSE_H
#define TTS_REFUSE_H

#include "ask.h"
#include "hub.h"
#include "server.h"

/*
 * Answers that refuse a request: problem documents (RFC 9457) as the API's, with the same texts for
 * the same reasons.
 */

void refuse(struct hub *hub, struct exchange *x, const struct ask_problem *problem);

/* 401, the same for everything that can be wrong with a login. */
void refuse_login(struct hub *hub, struct exchange *x);

/* 503: the database cannot be asked. */
void refuse_busy(struct hub *hub, struct exchange *x);

#endif
