#ifndef TTS_TOOL_H
#define TTS_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "../common/base/conf.h"
#include "../common/base/mem.h"

/*
 * The one place that runs ffmpeg(1). Whatever decodes pictures and sounds from elsewhere is not
 * trusted: it runs in bubblewrap, bwrap(1), without a network, without other processes, without an
 * environment, with limits of memory, CPU time and file size, and sees no files but its libraries,
 * fonts, and those that are named here. It dies with the process that started it.
 */
struct tool_file {
	const char *from, *to; /* its path, and its path as the tool sees it */
};

struct tool {
	const char *const *args; /* of ffmpeg; the last one is NULL */
	/* An existing directory, the only place where the tool can write: "/work" to it, where it
	 * starts. */
	const char *work;
	/* What it can read. */
	const struct tool_file *files;
	size_t files_n;
	const char *input; /* a file that is its standard input; NULL: nothing */
	/* Limits: of elapsed and of CPU time, address space, and the size of each file. */
	unsigned seconds, cpu_seconds, memory_mb, file_mb;
	const char *sandbox; /* the path of bwrap; NULL: where Debian has it */
};

enum tool_end {
	TOOL_DONE,
	TOOL_FAILED,  /* it ended with an error: its input is to blame */
	TOOL_LIMITED, /* it reached one of the limits */
	TOOL_SYSTEM,  /* it cannot be run here: something is not installed, or not permitted */
};

#define TOOL_OUTPUT ((size_t)1024 * 1024) /* bytes of OUT; more are not kept */

struct tool_result {
	enum tool_end end;
	const char *why; /* for people, in English, without a full stop; "" when done */
	const char *out; /* its standard output */
	size_t out_len;
	const char *log; /* the last lines of its standard error */
};

/* Set the limits of a run that is part of a step of STAGE, an index of conf->pipeline.stage. */
void tool_limit(struct tool *tool, const struct conf *conf, int stage);

/* Run ffmpeg and wait for its end. The result lives in POOL. */
struct tool_result tool_run(struct pool *pool, const struct tool *tool);

/* Find out whether the tool can be run here: its end and the reason, as for any run. */
struct tool_result tool_check(struct pool *pool, const char *work);

#endif
