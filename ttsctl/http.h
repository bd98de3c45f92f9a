#ifndef TTS_HTTP_H
#define TTS_HTTP_H

#include <stddef.h>

#define HTTP_BODY_MAX 4096

struct http_answer {
	int error;  /* an errno value: why there is no answer; 0 if there is one */
	int status; /* of the answer */
	char body[HTTP_BODY_MAX + 1]; /* the beginning of it */
};

/*
 * GET PATH from URL, http.url of tts.conf(5), and wait at most TIMEOUT_MS, not counting the time to
 * look the host's name up. EHOSTUNREACH also for a name that nobody knows, EPROTO for what is not
 * HTTP.
 */
void http_get(const char *url, const char *path, int timeout_ms, struct http_answer *answer);

#endif
