#ifndef TTS_DB_H
#define TTS_DB_H

#include <stdbool.h>

#include "../../common/base/conf.h"
#include "../../common/base/throttle.h"
#include "../../common/base/rc.h"

/* "2026-01-31T09:30:00.123Z": ISO 8601, UTC, milliseconds, with its NUL. */
struct timestamp {
	char s[25];
};

/* The schema that this program requires: the number of the newest file in sql/. */
#define DB_SCHEMA 13

/*
 * One connection to the database, opened when first needed and again after it was lost (never in
 * the middle of a transaction). It uses UTF-8, READ COMMITTED, strict mode and UTC. Every call that
 * contacts the server returns within databases.timeout_sec plus the time to connect: a dead or
 * unresponsive server gives RC_BUSY, not a hang.
 *
 * The functions declared in the other headers of store/ use it and return RC_BUSY if the database
 * is unavailable or a lock could not be obtained within a limited number of attempts (after errors
 * 1020, 1205 and 1213 whole transactions are repeated, with jitter), RC_SCHEMA if the schema is
 * another, RC_UNKNOWN if the connection broke at COMMIT and the outcome could not be read back.
 * Strings that they return live in the pool that they were given.
 */
struct db;

struct db *db_new(const struct conf *conf, enum account account);

/*
 * While the database is unavailable, this is logged once a minute. If all processes of a program on
 * this host are given the same THROTTLES, DB_THROTTLES of them, there is one line for all of them.
 */
enum { DB_THROTTLE_AWAY, DB_THROTTLE_LOST, DB_THROTTLE_SCHEMA, DB_THROTTLES };
void db_share_throttles(struct db *db, struct throttle *throttles);
void db_free(struct db *db);

/* Connect if necessary and check the schema. */
enum rc db_ready(struct db *db);

/* The same, but query the server even if there is a connection: whether it answers, and its schema.
 */
enum rc db_check(struct db *db);

/* The number of the newest migration in the database, 0 for none. Call it after db_ready. */
int db_schema(const struct db *db);

/* How many transactions were repeated after errors 1020, 1205 or 1213, since db_new. */
unsigned long db_retries(const struct db *db);

/* How many events were committed, since db_new: whoever passes them on has to be kicked. Those of a
 * COMMIT that was not answered are included. */
unsigned long db_events(const struct db *db);

/* The same for stages of pipelines that are due because their sentences are finished. */
unsigned long db_woken(const struct db *db);

#endif
