#ifndef TTS_TEST_PROXY_H
#define TTS_TEST_PROXY_H

/*
 * A connection to the server that can fail: a process that forwards what arrives at its socket.
 * What it does to a connection is set while it runs, and applies to the next COMMIT, once.
 * Something that happens between two steps of a call is done by proxy_meanwhile, which waits for
 * PROXY_WAITING.
 */
enum proxy_mode {
	PROXY_PASS,
	PROXY_CUT_BEFORE_COMMIT, /* the COMMIT never arrives */
	PROXY_CUT_AFTER_COMMIT,	 /* the answer never arrives */
	PROXY_DIE_AFTER_COMMIT,	 /* the same, and nobody is let in any more */
	PROXY_WAIT_AFTER_COMMIT, /* the same, and nobody is let in while it is PROXY_WAITING */
	PROXY_WAIT_STATEMENT, /* the second statement that is run waits while it is PROXY_WAITING */
	PROXY_WAIT_PREPARE,   /* so does the statement of proxy_wait_prepare when it is prepared */
	PROXY_WAITING,	      /* something waits until the mode is another one */
	PROXY_SILENT,	      /* at once: nothing is passed on, nothing is closed */
	PROXY_CUT,	      /* at once: all connections are closed */
};

/* Start it. Return the socket to use. */
const char *proxy_start(void);
void proxy_set(enum proxy_mode mode);
enum proxy_mode proxy_mode(void);

/* Let the next statement with TEXT in it wait when it is prepared, as it is once a connection. */
void proxy_wait_prepare(const char *text);
void proxy_stop(void);

/*
 * In a process of its own, with connections of its own: wait until something waits, run CODE, and
 * let it go on. Then run AFTER, which may be NULL. The test fails unless both return 0; call
 * proxy_join in the end.
 */
void proxy_meanwhile(int (*code)(void), int (*after)(void));
void proxy_join(void);

#endif
