#ifndef TTS_REQUEST_H
#define TTS_REQUEST_H

#include "hub.h"

/* Answer a request, or make it a stream or a poll of the hub. */
void request_answer(struct hub *hub, struct exchange *x);

#endif
