#ifndef TTS_CONF_READING_H
#define TTS_CONF_READING_H

#include "conf.h"
#include "mem.h"

/* What the files that read the configuration share. */

struct location {
	const char *path;
	int line; /* 0: of the file as a whole, or of none */
};

/* State while the files are read. Every error is reported, not only the first one. */
struct conf_reading {
	const char *path; /* of the file that is being read; at last that of tts.conf itself */
	struct conf *conf;
	struct pool *pool;
	struct location *set; /* where each key of conf_keys is set; line 0: nowhere */
	uint8_t *origins;
	unsigned errors;

	/* The list of levels that was read last, in its order. */
	struct conf_level_given {
		struct location at;
		const char *name, *path;
		int min_count, max_mib, free_mib, keep_percent;
	} levels[CONF_LEVELS];
	size_t levels_n;
};

/* ------------------------------------------------------------------ common/base/conf_report.c */

/* A pool that lives as long as the process. */
struct pool *conf_pool(void);

/* Report an error in a line of the file that is being read. */
void conf_report(struct conf_reading *r, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Report an error at AT, or where the key NAME is set. */
void conf_report_at(struct conf_reading *r, struct location at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void conf_report_key(struct conf_reading *r, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* LOW is larger than HIGH allows. */
void conf_report_order(
    struct conf_reading *r, const char *low, int low_value, const char *high, int high_value);

bool conf_is_set(const struct conf_reading *r, const char *name);
void conf_mark_computed(struct conf_reading *r, const char *name);

/* Tell whether path B is A or is below it. */
bool conf_path_contains(const char *a, const char *b);

/* ------------------------------------------------------------------ common/base/conf_level.c */

/* Check the levels, and put them in order into r->conf. */
void conf_check_levels(struct conf_reading *r);

/* ------------------------------------------------------------------ common/base/conf_check.c */

/* Check what depends on more than one key. */
void conf_check(struct conf_reading *r);

/* Determine what follows from other keys, and from the machine. */
void conf_complete(struct conf_reading *r);

#endif
