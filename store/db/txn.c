#include "db_internal.h"

#include <time.h>

#include "../../common/base/crypt.h"
#include "../../common/base/fault.h"
#include "../../common/base/log.h"

#define TRIES 8
#define JITTER_BASE_MS 8
#define JITTER_CAP_MS 400

static void
sleep_jitter(unsigned try)
{
	uint32_t bound = (uint32_t)JITTER_BASE_MS << try;
	uint32_t ms = crypt_uniform((bound < JITTER_CAP_MS ? bound : JITTER_CAP_MS) + 1);
	struct timespec ts = {ms / 1000, (long)(ms % 1000) * 1000000};

	nanosleep(&ts, NULL);
}

static time_t
txn_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* After a failure the server needs a moment to come back. */
static enum rc
reconnect(struct db *db, time_t deadline)
{
	enum rc rc = db_ready(db);

	for (unsigned try = 4; rc == RC_BUSY && txn_now() < deadline; try++) {
		sleep_jitter(try < 16 ? try : 16);
		rc = db_ready(db);
	}
	return rc;
}

enum step { STEP_DONE, STEP_AGAIN, STEP_ASK };

/* Run the body once, and COMMIT or ROLLBACK. */
static enum step
transact_once(struct db *db, const struct txn *txn, void *ctx, enum rc *rc)
{
	*rc = db_begin(db);
	if (*rc != RC_OK)
		return STEP_DONE;
	*rc = txn->body(db, ctx);
	if (*rc == RC_OK && fault(txn->before_commit) != 0)
		*rc = RC_BUSY;
	if (*rc != RC_OK) {
		db_rollback(db);
		return db_trouble(db) == TROUBLE_AGAIN ? STEP_AGAIN : STEP_DONE;
	}
	*rc = db_commit(db);
	if (*rc == RC_OK && fault(txn->committed) != 0) { /* as if there had been no answer */
		db_disconnect(db);
		return STEP_ASK;
	}
	if (*rc == RC_OK)
		return STEP_DONE;
	if (db_trouble(db) == TROUBLE_LOST)
		return STEP_ASK;
	db_rollback(db);
	return db_trouble(db) == TROUBLE_AGAIN ? STEP_AGAIN : STEP_DONE;
}

/* Find out whether a COMMIT that was not answered has succeeded. */
static enum step
transact_read_back(struct db *db, const struct txn *txn, void *ctx, time_t deadline, enum rc *rc)
{
	*rc = reconnect(db, deadline);
	if (*rc == RC_OK && txn->read_back == NULL)
		return STEP_AGAIN;
	if (*rc == RC_OK) {
		*rc = txn->read_back(db, ctx);
		if (*rc == RC_OK || (*rc == RC_BUSY && db_trouble(db) == TROUBLE_NONE)) {
			log_info("a transaction whose COMMIT was not answered %s",
			    *rc == RC_OK ? "had succeeded" : "had not succeeded");
			return STEP_DONE;
		}
	}
	log_error("cannot tell whether a transaction was committed: the connection was lost");
	*rc = RC_UNKNOWN;
	return STEP_DONE;
}

enum rc
db_transact(struct db *db, const struct txn *txn, void *ctx)
{
	time_t deadline = txn_now() + db_timeout_sec(db);
	bool unknown = false; /* a COMMIT was not answered, and the body is being run again */

	for (unsigned try = 0;; try++) {
		enum rc rc;
		enum step step = transact_once(db, txn, ctx, &rc);

		if (step == STEP_ASK) {
			step = transact_read_back(
			    db, txn, ctx, deadline + db_connect_timeout_sec(db), &rc);
			unknown = step == STEP_AGAIN;
		}
		if (step == STEP_DONE || try + 1 == TRIES || txn_now() >= deadline) {
			if (step == STEP_AGAIN)
				log_warn("gave up a transaction after %u attempts", try + 1);
			if (unknown && rc == RC_BUSY)
				rc = RC_UNKNOWN;
			return step == STEP_AGAIN && rc == RC_OK ? RC_UNKNOWN : rc;
		}
		db_count_retry(db);
		sleep_jitter(try);
	}
}
