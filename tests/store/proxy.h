#ifndef TTS_TEST_PROXY_H
#define TTS_TEST_PROXY_H

/*
 * A connection to the server that can fail: a process that forwards what arrives at its socket.
 * What it does to a connection is set while it runs, and applies to the next COMMIT, once.
 */
enum proxy_mode {
	PROXY_PASS,
	PROXY_CUT_BEFORE_COMMIT, /* the COMMIT never arrives */
	PROXY_CUT_AFTER_COMMIT,	 /* the answer never arrives */
	PROXY_DIE_AFTER_COMMIT,	 /* the same, and nobody is let in any more */
	PROXY_SILENT,		 /* at once: nothing is passed on, nothing is closed */
	PROXY_CUT,		 /* at once: all connections are closed */
};

/* Start it; the socket to use. */
const char *proxy_start(void);
void proxy_set(enum proxy_mode mode);
enum proxy_mode proxy_mode(void);
void proxy_stop(void);

#endif
