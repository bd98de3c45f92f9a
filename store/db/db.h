#ifndef TTS_DB_H
#define TTS_DB_H

#include <stdbool.h>

#include "../../common/base/conf.h"
#include "../../common/base/event.h"
#include "../../common/base/rc.h"

/* "2026-01-31T09:30:00.123Z": ISO 8601, UTC, milliseconds, with its NUL. */
struct timestamp {
	char s[25];
};

/* The schema this program was built for: the number of the newest file in sql/. */
#define DB_SCHEMA 5

/*
 * One connection to the database, opened when first needed and again after it was lost (never in
 * the middle of a transaction). It speaks UTF-8, READ COMMITTED, strict mode, UTC. Every call that
 * touches the server ends within databases.timeout_sec and a connect: a dead or silent server gives
 * RC_BUSY, not a hang.
 *
 * The functions declared in the other headers of store/ take it and return RC_BUSY when the
 * database is away or a lock could not be had after bounded tries (1020, 1205 and 1213 are retried
 * here as whole transactions, with jitter), RC_SCHEMA when the schema does not fit, RC_UNKNOWN when
 * the connection broke at COMMIT and the outcome could not be read back. Strings they return live
 * in the pool they were given.
 */
struct db;

struct db *db_new(const struct conf *conf, enum account account);

/*
 * While the database is away, its absence is logged once a minute. Give the events that all
 * processes of a program on this host share, DB_EVENTS of them, and it is one line for all.
 */
enum { DB_EVENT_AWAY, DB_EVENT_LOST, DB_EVENT_SCHEMA, DB_EVENTS };
void db_share_events(struct db *db, struct event *events);
void db_free(struct db *db);

/* Connect if need be and check the schema. */
enum rc db_ready(struct db *db);

/* The same, and ask the server also when there is a connection: does it answer, with the schema? */
enum rc db_check(struct db *db);

/* The number of the newest migration in the database, 0 for none; after db_ready only. */
int db_schema(const struct db *db);

/* How many transactions were run again after 1020, 1205 or 1213, since db_new. */
unsigned long db_retries(const struct db *db);

#endif
