#ifndef TTS_RC_H
#define TTS_RC_H

/*
 * Every outcome that a caller may have to distinguish. Exactly one place, in fcgi-app/, maps them
 * to HTTP status codes, and one, common/work/run_end.c, to the exit codes of job programs.
 */
enum rc {
	RC_OK,
	RC_NOT_FOUND,	    /* it does not exist or belongs to another user: never reveal which */
	RC_DENIED,	    /* the login is not valid: unknown user, disabled, old password */
	RC_EMAIL_TAKEN,	    /* another user has this e-mail address */
	RC_STALE,	    /* the caller's revision is not the current one (If-Match) */
	RC_RANGE,	    /* the index is not one of the project */
	RC_NOT_FAILED,	    /* only what failed can be tried again */
	RC_NOT_CANCELLABLE, /* it is finished, or of a kind that has to be done */
	RC_DISABLED,	    /* the endpoint is disabled */
	RC_RUNNING,	    /* it is being done at the moment */
	RC_NOT_READY,	    /* what it is made from is not there yet */
	RC_DRAFT,	    /* the pipeline was not started */
	RC_LIMIT,  /* a configured limit is reached: projects per user, sentences per project */
	RC_REPLAY, /* the idempotency key was used with the same body before: this is its answer */
	RC_KEY_REUSED, /* the idempotency key was used with another body before */
	RC_BUSY,       /* the database is unavailable, slow or locked: nothing changed, try again */
	RC_SCHEMA,     /* the database schema is not the version this program was built for */
	RC_UNKNOWN, /* the connection was lost at COMMIT and the outcome could not be determined */
	RC_DUPLICATE, /* a unique key of the database has the value; no rule of ours forbade it */
	RC_REFUSED,   /* a value does not fit into its column: too long, out of range, no UTF-8 */
	RC_NO_SPACE,  /* files cannot be stored: disk full, quota, read-only, not mounted, I/O */
	RC_FAIL,      /* anything else; logged where it happened */
};

/* Return a name of RC for log lines, a static string. */
const char *rc_name(enum rc rc);

#endif
