#ifndef TTS_CTL_H
#define TTS_CTL_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/base/conf.h"
#include "../store/db/db.h"

/* What most commands need: the configuration, and the database under the migration's account. */
struct ctl {
	const struct conf *conf;
	struct db *db;
};

/*
 * Read the configuration and connect. EX_OK, or the status to exit with; it has been logged.
 * Call ctl_close in any case.
 */
int ctl_open(struct ctl *ctl, const char *conf_path);

/* Only the first half of it. */
int ctl_configure(struct ctl *ctl, const char *conf_path);

/* Disconnect, see that all output was written, and give STATUS back, or EX_IOERR. */
int ctl_close(struct ctl *ctl, int status);

/* Log "cannot WHAT: …" unless RC is RC_OK, and give the status to exit with. */
int ctl_status(const char *what, enum rc rc);

/* Read a number from 1 on; false, said on standard error, if S is none. */
bool ctl_number(const char *name, const char *s, uint64_t max, uint64_t *out);

#endif
