#ifndef TTS_FCGI_H
#define TTS_FCGI_H

#include <stddef.h>

#include "answer.h"
#include "req.h"

/* Prepare to accept requests on a listening socket. Call it once per process. */
struct fcgi *fcgi_new(int listen_fd);
void fcgi_free(struct fcgi *fcgi);

/*
 * Accept one request and read all but its body into REQ, whose api and pool the caller has set.
 * Returns 0, or an errno value if there is no request: after EAGAIN, EINTR and ECONNABORTED keep
 * waiting.
 */
int fcgi_accept(struct fcgi *fcgi, struct req *req);

/* Then read its body. One that is longer than BODY_MAX bytes is read and discarded. */
void fcgi_read_body(struct fcgi *fcgi, size_t body_max, struct req *req);

/* Send the answer, without its body for HEAD, and finish the request accepted last. A client
 * that has disconnected is not an error. */
void fcgi_answer(struct fcgi *fcgi, const struct req *req, const struct answer *answer);

#endif
