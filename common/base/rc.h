#ifndef TTS_RC_H
#define TTS_RC_H

/*
 * Every outcome that a caller may have to tell apart. One place, in fcgi-app/, maps them to HTTP
 * status codes; one place, in render-job/, maps them to exit codes.
 */
enum rc {
	RC_OK,
	RC_NOT_FOUND, /* no such thing, or it belongs to somebody else: never say which */
	RC_DENIED,    /* the login does not count: no such user, disabled, an older password */
	RC_EXISTS,    /* a unique value is taken (an e-mail address) */
	RC_STALE,     /* the caller's revision is not the current one (If-Match) */
	RC_INVALID,   /* the input breaks a rule; the caller knows which one */
	RC_LIMIT,  /* a configured limit is reached: projects of a user, sentences of a project */
	RC_REPLAY, /* an idempotency key was seen with the same body: here is the first answer */
	RC_KEY_REUSED, /* an idempotency key was seen before with another body */
	RC_BUSY,   /* the database is away, too slow or full of locks: nothing changed, try again */
	RC_SCHEMA, /* the schema of the database is not the one this program was built for */
	RC_UNKNOWN,  /* the connection was lost at COMMIT and the outcome could not be read back */
	RC_NO_SPACE, /* no file could be stored: disk full, quota, read-only, not mounted, I/O */
	RC_FAIL,     /* anything else; it has been logged where it happened */
};

/* Name RC for a log line. The string is static. */
const char *rc_name(enum rc rc);

#endif
