#ifndef TTS_FEED_H
#define TTS_FEED_H

#include "hub.h"

#define FEED_QUEUE_MAX 262144 /* bytes for one client that are not sent yet */

/* Ask which users have new events, and bring those to their streams. */
void feed_news(struct hub *hub);

/* Bring a user's events up to the number NEWEST to the streams that do not have them. */
void feed_new(struct hub *hub, uint64_t user, uint64_t newest);

/* Go on with a stream that is behind. It may be gone afterwards. */
void feed_catch_up(struct hub *hub, struct stream *s);

/* End a stream or a poll because the token has ended: WHY is "token_expired" or "token_revoked". */
void feed_end(struct hub *hub, struct stream *s, const char *why);

/* End all streams of a user whose token has another epoch. */
void feed_end_others(struct hub *hub, uint64_t user, uint32_t epoch);

/* End all streams of a user whose token came from this login. */
void feed_end_session(struct hub *hub, uint64_t user, const uint8_t session[AUTH_SESSION_SIZE]);

/* End all streams of a user. */
void feed_end_user(struct hub *hub, uint64_t user);

/* Answer a poll that has waited long enough. */
void feed_end_poll(struct hub *hub, struct stream *s);

/* End a stream or a poll because the program stops: the client connects again. */
void feed_stop(struct hub *hub, struct stream *s);

/* Begin a stream: when to connect again, and, unless the client knows an event, where it begins. */
void feed_begin(struct hub *hub, struct stream *s);

/* Send a sign of life. */
void feed_ping(struct hub *hub, struct stream *s);

#endif
