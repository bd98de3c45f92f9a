#ifndef TTS_STORE_ALERT_H
#define TTS_STORE_ALERT_H

#include <stdbool.h>

#include "../common/base/mem.h"
#include "db/db.h"

/*
 * What an administrator is told of, at alerts.webhook_url. Whoever finds such a thing writes a row
 * of `alert`, in the transaction in which it happens, unless there is one about the same already.
 */

struct alert {
	uint64_t id;
	const char *text;
	unsigned tries; /* this one included */
};

/*
 * The oldest alert that is to be sent now; *FOUND: there is one. Nobody else gets it before its
 * next try is due, which is later with each. What is older than a day is not sent any more.
 */
enum rc alert_claim(struct db *db, struct pool *pool, struct alert *out, bool *found);

/* It was sent. */
enum rc alert_sent(struct db *db, uint64_t id);

/* Remove some that were written more than DAYS ago. *N: so many. */
enum rc alert_prune(struct db *db, int days, uint64_t *n);

/* How many of the last day were not sent. */
enum rc alert_unsent(struct db *db, uint64_t *n);

#endif
