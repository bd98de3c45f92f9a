#ifndef TTS_RUN_END_H
#define TTS_RUN_END_H

#include <stdint.h>

#include "../base/rc.h"

/* How a run of a job program ends: a program that a timer starts, that works and exits. */
enum run_end {
	RUN_OK,
	RUN_DATABASE, /* it was unavailable or too slow */
	RUN_DISK,     /* nothing could be stored or removed */
	RUN_CONFIG,   /* the schema is another */
	RUN_BROKEN,   /* anything else */
	RUN_KILLED,   /* it recorded no end; the next run noticed that */
	RUN_ENDS,
};
extern const char *const run_ends[RUN_ENDS];

/* The name of an end that was read from a file; "?" if it is unknown. */
const char *run_end_name(uint64_t end);

/* The exit status of sysexits.h for an outcome, the same in all job programs. */
int run_status(enum rc rc);

/* How a run ended that exits with STATUS. */
enum run_end run_end_of(int status);

#endif
