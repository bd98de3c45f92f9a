#ifndef TTS_HTTP_H
#define TTS_HTTP_H

#include <stddef.h>

#define HTTP_BODY_MAX 4096

struct http_answer {
	int error;  /* why there is no answer, an errno value; 0 if there is one */
	int status; /* status code of the answer */
	char body[HTTP_BODY_MAX + 1]; /* the beginning of the answer */
};

/*
 * GET PATH from URL (http.url of tts.conf(5)), waiting at most TIMEOUT_MS, in addition to the time
 * to resolve the host name. The error is EHOSTUNREACH also for an unknown host name, and EPROTO if
 * the answer is not HTTP.
 */
void http_get(const char *url, const char *path, int timeout_ms, struct http_answer *answer);

#endif
