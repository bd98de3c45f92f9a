#include "rc.h"

#include <stddef.h>

const char *
rc_name(enum rc rc)
{
	static const char *const names[] = {
	    [RC_OK] = "ok",
	    [RC_NOT_FOUND] = "not found",
	    [RC_DENIED] = "login refused",
	    [RC_EMAIL_TAKEN] = "e-mail address taken",
	    [RC_STALE] = "stale",
	    [RC_RANGE] = "index out of range",
	    [RC_NOT_FAILED] = "not failed",
	    [RC_NOT_CANCELLABLE] = "not cancellable",
	    [RC_DISABLED] = "endpoint disabled",
	    [RC_RUNNING] = "running",
	    [RC_NOT_READY] = "not ready",
	    [RC_DRAFT] = "not started",
	    [RC_LIMIT] = "limit reached",
	    [RC_REPLAY] = "replayed",
	    [RC_KEY_REUSED] = "key reused",
	    [RC_BUSY] = "database unavailable or busy",
	    [RC_SCHEMA] = "schema version mismatch",
	    [RC_UNKNOWN] = "outcome unknown",
	    [RC_DUPLICATE] = "duplicate key",
	    [RC_REFUSED] = "value refused",
	    [RC_NO_SPACE] = "cannot store files",
	    [RC_FAIL] = "failed",
	};

	if ((size_t)rc >= sizeof names / sizeof *names || names[rc] == NULL)
		return "no such result";
	return names[rc];
}
