#include "rc.h"

#include <stddef.h>

const char *
rc_name(enum rc rc)
{
	static const char *const names[] = {
	    [RC_OK] = "ok",
	    [RC_NOT_FOUND] = "not found",
	    [RC_DENIED] = "login refused",
	    [RC_EXISTS] = "exists",
	    [RC_STALE] = "stale",
	    [RC_INVALID] = "invalid",
	    [RC_LIMIT] = "limit reached",
	    [RC_REPLAY] = "replayed",
	    [RC_KEY_REUSED] = "key reused",
	    [RC_BUSY] = "database unavailable or busy",
	    [RC_SCHEMA] = "schema version mismatch",
	    [RC_UNKNOWN] = "outcome unknown",
	    [RC_NO_SPACE] = "cannot store files",
	    [RC_FAIL] = "failed",
	};

	if ((size_t)rc >= sizeof names / sizeof *names || names[rc] == NULL)
		return "no such result";
	return names[rc];
}
