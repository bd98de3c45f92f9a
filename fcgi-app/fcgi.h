#ifndef TTS_FCGI_H
#define TTS_FCGI_H

#include <stddef.h>

#include "answer.h"
#include "req.h"

/* Prepare to accept on a listening socket. One for a process. */
struct fcgi *fcgi_new(int listen_fd);
void fcgi_free(struct fcgi *fcgi);

/*
 * Accept one request and read all of it into REQ (api and pool are set by the caller). A body
 * longer than BODY_MAX bytes is read and thrown away. Returns 0, or an errno value when there is no
 * request: EAGAIN, EINTR and ECONNABORTED mean to go on waiting.
 */
int fcgi_accept(struct fcgi *fcgi, size_t body_max, struct req *req);

/* Send the answer, without its body for HEAD, and end the request that was accepted last. That the
 * client has gone is no error. */
void fcgi_answer(struct fcgi *fcgi, const struct req *req, const struct answer *answer);

#endif
