#ifndef TTS_TICK_H
#define TTS_TICK_H

#include "hub.h"

/*
 * Do what is due, four times a second: ask for news, look at the kick file again if it could not be
 * watched, check logins, end streams whose token has expired, answer polls, send signs of life.
 */
void tick(struct hub *hub);

#endif
