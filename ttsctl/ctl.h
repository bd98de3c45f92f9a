#ifndef TTS_CTL_H
#define TTS_CTL_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/base/conf.h"
#include "../store/admin.h"
#include "../store/db/db.h"

/* The resources of most commands: the configuration, and the database with the migration
 * account. */
struct ctl {
	const struct conf *conf;
	struct db *db;
};

/*
 * Read the configuration and connect. Returns EX_OK, or the exit status after logging the error.
 * Call ctl_close in either case.
 */
int ctl_open(struct ctl *ctl, const char *conf_path);

/* Only read the configuration. */
int ctl_configure(struct ctl *ctl, const char *conf_path);

/* Disconnect and flush all output. Returns STATUS, or EX_IOERR if the output could not be
 * written. */
int ctl_close(struct ctl *ctl, int status);

/* Log "cannot WHAT: …" unless RC is RC_OK. Returns the exit status. */
int ctl_status(const char *what, enum rc rc);

/* Parse a number from 1 to MAX; false, reported on standard error, if S is not one. */
bool ctl_number(const char *name, const char *s, uint64_t max, uint64_t *out);

/* Find a user by number or e-mail address. Returns EX_OK, or the exit status after logging why not.
 */
int ctl_user(const struct ctl *ctl, struct pool *pool, const char *who, struct admin_user *out);

/* A list of any length, printed page by page. */
struct ctl_pages {
	const char *what; /* "list the work" */
	bool json;	  /* an array of it; otherwise text under HEAD */
	const char *head;
	/* Read the next page into POOL and print it; CTX knows where that is. *MORE: there may be
	 * another one. */
	enum rc (*page)(const struct ctl *ctl, struct pool *pool, void *ctx, bool *more);
	void *ctx;
};

/* Returns the exit status. */
int ctl_list(const struct ctl *ctl, const struct ctl_pages *pages);

/* The name of whoever gave the command, before sudo(8): for the record. */
const char *ctl_who(void);

#endif
