#ifndef TTS_DB_INTERNAL_H
#define TTS_DB_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../../common/base/mem.h"
#include "db.h"

/*
 * How the files of store/ access the database: statements in tables, typed arguments, rows at their
 * full length, transactions that are repeated. Only for store/.
 */

/*
 * A statement. One with an ITEM is prepared with the item written N times, separated by commas,
 * between TEXT and TAIL. It is prepared once for each connection (and N), and identified by its
 * address.
 */
struct sql {
	const char *text, *item, *tail;
};

/* The maximum number of items of a statement; db_chunk() keeps the number of different N small. */
#define DB_CHUNK 128

/* A list of IDS, for "… IN (" and ")". */
#define DB_IDS .item = "?", .tail = ")"

/* How many of LEFT items to take next: the greatest power of two that fits. */
size_t db_chunk(size_t left);

enum arg_type { ARG_NULL, ARG_UNSIGNED, ARG_SIGNED, ARG_TEXT, ARG_BYTES };

/* An argument of a statement; the memory it points to must last until the call returns. */
struct arg {
	enum arg_type type;
	uint64_t number;
	const void *data;
	size_t len;
};

static inline struct arg
db_u64(uint64_t number)
{
	return (struct arg){.type = ARG_UNSIGNED, .number = number};
}

static inline struct arg
db_i64(int64_t number)
{
	return (struct arg){.type = ARG_SIGNED, .number = (uint64_t)number};
}

static inline struct arg
db_textn(const char *s, size_t len)
{
	return (struct arg){.type = ARG_TEXT, .data = s, .len = len};
}

static inline struct arg
db_text(const char *s)
{
	return db_textn(s, strlen(s));
}

static inline struct arg
db_bytes(const void *data, size_t len)
{
	return (struct arg){.type = ARG_BYTES, .data = data, .len = len};
}

/* The last two arguments of the calls below: the values and their number. */
#define ARGS(...)                                                                                  \
	(const struct arg[]){__VA_ARGS__},                                                         \
	    sizeof((const struct arg[]){__VA_ARGS__}) / sizeof(struct arg)
#define NO_ARGS NULL, 0

/*
 * A value of a row. NUMBER is set for integers (a signed one is cast), S for everything else: text
 * and bytes followed by a NUL that LEN does not count, times as in struct timestamp. NULL is 0 and
 * "".
 */
struct cell {
	uint64_t number;
	const char *s;
	size_t len;
	bool null;
};

struct rows {
	size_t n, columns;
	struct cell *cells;
};

static inline const struct cell *
db_row(const struct rows *rows, size_t i)
{
	return rows->cells + i * rows->columns;
}

static inline struct timestamp
db_time(const struct cell *cell)
{
	struct timestamp t = {""};

	memcpy(t.s, cell->s, cell->len < sizeof t.s ? cell->len : sizeof t.s - 1);
	return t;
}

/*
 * Run a statement with ITEMS items (0 for one without ITEM) and fetch its rows, if any, into the
 * pool; OUT may be NULL. A statement outside a transaction only reads, so it is repeated if the
 * connection turns out to have been lost while it was idle. RC_DUPLICATE for a duplicate key,
 * RC_REFUSED for a value that the server refuses.
 */
enum rc db_run(struct db *db, struct pool *pool, const struct sql *sql, size_t items,
    const struct arg *args, size_t n_args, struct rows *out);

/* Short forms of db_run. */
enum rc db_query(struct db *db, struct pool *pool, struct rows *out, const struct sql *sql,
    const struct arg *args, size_t n_args);
enum rc db_exec(struct db *db, const struct sql *sql, const struct arg *args, size_t n_args);

/* Run a statement whose last arguments are a list of numbers, with one "?" item for each. */
enum rc db_run_ids(struct db *db, struct pool *pool, struct rows *out, const struct sql *sql,
    const uint64_t *ids, size_t n_ids, const struct arg *args, size_t n_args);

/* The rows changed and the AUTO_INCREMENT id assigned by the last statement. */
uint64_t db_changed(const struct db *db);
uint64_t db_inserted(const struct db *db);

/*
 * A transaction. BODY may be run several times, each time from the beginning: it must not keep
 * anything from an earlier attempt. If it returns anything but RC_OK, that is returned after a
 * ROLLBACK. READ_BACK finds out after a COMMIT whose outcome is unknown whether the effects of BODY
 * are in the database: RC_OK or RC_BUSY (RC_UNKNOWN if that cannot be determined any more); it must
 * read with FOR UPDATE, which waits for a COMMIT that is still in progress. Without READ_BACK the
 * body is run again, which must then be harmless. The names are those of fault points.
 */
struct txn {
	enum rc (*body)(struct db *db, void *ctx);
	enum rc (*read_back)(struct db *db, void *ctx);
	const char *before_commit, *committed;
};

enum rc db_transact(struct db *db, const struct txn *txn, void *ctx);

/* What an error of the server means for the caller, and for the transaction in which it occurred.
 */
enum trouble {
	TROUBLE_NONE,
	TROUBLE_BUSY,	/* the server cannot do it now; the connection remains usable */
	TROUBLE_DENIED, /* the same, until the account is granted the right */
	TROUBLE_AGAIN,	/* the transaction may succeed if it is run again */
	TROUBLE_LOST,	/* the connection is lost, and the transaction with it */
	TROUBLE_ROW,	/* these values, or those of the row, are refused; others may be accepted */
};

struct db_meaning {
	enum rc rc;
	enum trouble trouble;
};

struct db_meaning db_meaning(unsigned code);

/* Only for db_transact. */

enum rc db_begin(struct db *db);
enum rc db_commit(struct db *db);
void db_rollback(struct db *db);

/* Drop the connection, as if it had been lost. */
void db_disconnect(struct db *db);

/* The kind of the last failure, and the number of the last error. */
enum trouble db_trouble(const struct db *db);
unsigned db_error(const struct db *db);

const struct conf *db_conf(const struct db *db);

void db_count_retry(struct db *db);

/* The present transaction writes N events. */
void db_count_events(struct db *db, size_t n);

/* The same for stages of pipelines that become due. */
void db_count_woken(struct db *db, size_t n);

/* The maximum time for one call. */
int db_timeout_sec(const struct db *db);

/* The additional time for connecting. */
int db_connect_timeout_sec(const struct db *db);

#endif
