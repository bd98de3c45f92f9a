#include "run_end.h"

#include <sysexits.h>

const char *const run_ends[RUN_ENDS] = {
    [RUN_OK] = "ok",
    [RUN_DATABASE] = "database",
    [RUN_DISK] = "disk",
    [RUN_CONFIG] = "schema",
    [RUN_BROKEN] = "error",
    [RUN_KILLED] = "killed",
};

const char *
run_end_name(uint64_t end)
{
	return end < RUN_ENDS ? run_ends[end] : "?";
}

int
run_status(enum rc rc)
{
	switch (rc) {
	case RC_OK:
		return EX_OK;
	case RC_BUSY:
	case RC_UNKNOWN:
		return EX_TEMPFAIL;
	case RC_SCHEMA:
		return EX_CONFIG;
	case RC_NO_SPACE:
		return EX_IOERR;
	default:
		return EX_SOFTWARE;
	}
}

enum run_end
run_end_of(int status)
{
	switch (status) {
	case EX_OK:
		return RUN_OK;
	case EX_TEMPFAIL:
		return RUN_DATABASE;
	case EX_IOERR:
		return RUN_DISK;
	case EX_CONFIG:
		return RUN_CONFIG;
	default:
		return RUN_BROKEN;
	}
}
