#include "db_internal.h"

#include <stdio.h>
#include <stdlib.h>

#include "../../common/base/clock.h"
#include "../../common/base/fault.h"
#include "../../common/base/log.h"
#include "link.h"

#define ARGS_MAX 8 /* before a list */
#define LOG_AGAIN_MS 60000
#define IDLE_MAX_SEC 3600
#define UNKNOWN_VARIABLE 1193
#define DEADLOCK 1213
#define IDLE_LOSS_MS 1500 /* a connection that was lost while idle fails at once */

struct db {
	const struct conf *conf;
	const char *user, *password;

	struct link *link; /* NULL while there is no connection */
	int schema;
	bool in_transaction;
	enum trouble trouble;
	unsigned error;
	struct done done;
	unsigned long retries, events, uncommitted_events, woken, uncommitted_woken;

	struct throttle *throttles, own_throttles[DB_THROTTLES];
	/* A lost connection: the error and the statement, until it is known whether the server can
	 * be reached again; 0: none. */
	unsigned lost;
	char lost_in[64];
};

static const struct sql schema_version = {.text = "SELECT MAX(version) FROM schema_migration"};

/*
 * Record an error. WHAT is the statement's own text, without values; the server's message may quote
 * a user's text and is never logged.
 */
static enum rc
record_error(struct db *db, const char *what, unsigned code)
{
	struct db_meaning m = db_meaning(code);

	db->trouble = m.trouble;
	db->error = code;
	if (m.trouble == TROUBLE_LOST) {
		db->lost = code;
		snprintf(db->lost_in, sizeof db->lost_in, "%.60s", what);
		db_disconnect(db);
	} else if (m.trouble == TROUBLE_BUSY) {
		log_warn("cannot run \"%.60s\": the database is busy, error %u", what, code);
	} else if (m.trouble == TROUBLE_DENIED) {
		log_error("cannot run \"%.60s\": permission denied for this account, error %u",
		    what, code);
	} else if (m.rc == RC_FAIL || m.rc == RC_SCHEMA || m.rc == RC_REFUSED) {
		log_error("cannot run \"%.60s\": error %u", what, code);
	}
	return m.rc;
}

/* An error that a test has planned here, with the same effect as on the server. */
static unsigned
planned_error(struct db *db, int code)
{
	if (code == DEADLOCK)
		link_plain(db->link, "ROLLBACK");
	return (unsigned)code;
}

/* Run SQL without arguments, such as COMMIT. */
static enum rc
run_plain(struct db *db, const char *sql)
{
	unsigned code = link_plain(db->link, sql);

	db->trouble = TROUBLE_NONE;
	return code == 0 ? RC_OK : record_error(db, sql, code);
}

/* ---------------------------------------------------------------- the connection */

struct db *
db_new(const struct conf *conf, enum account account)
{
	struct db *db = calloc(1, sizeof *db);
	const char *file = conf->databases.account[account].password_file;

	if (db == NULL) {
		log_error("cannot prepare for the database: out of memory");
		abort();
	}
	db->conf = conf;
	db->throttles = db->own_throttles;
	db->user = conf->databases.account[account].user;
	if (file[0] != '\0')
		db->password = (const char *)conf_secret(file, 1).data;
	return db;
}

void
db_share_throttles(struct db *db, struct throttle *throttles)
{
	db->throttles = throttles;
}

/* Log that the connection was lost. Not called if connecting again fails, which is logged instead.
 */
static void
log_loss(struct db *db)
{
	if (db->lost != 0 && throttle_is_due(&db->throttles[DB_THROTTLE_LOST], LOG_AGAIN_MS))
		log_warn("the connection to the database was lost, error %u, in \"%s\"", db->lost,
		    db->lost_in);
	db->lost = 0;
}

void
db_free(struct db *db)
{
	if (db == NULL)
		return;
	log_loss(db);
	db_disconnect(db);
	free(db);
}

void
db_disconnect(struct db *db)
{
	link_close(db->link);
	db->link = NULL;
}

/* Set the options of the session. Those that only some servers have are optional. */
static enum rc
prepare_session(struct db *db)
{
	/* The server gives up first, so that no statement continues after we have given up. */
	int limit = db->conf->databases.timeout_sec > 1 ? db->conf->databases.timeout_sec - 1 : 1;
	const struct {
		const char *option;
		int value;
		bool optional;
	} settings[] = {
	    {"autocommit", 1, false}, {"wait_timeout", IDLE_MAX_SEC, false},
	    {"innodb_lock_wait_timeout", limit < 10 ? (limit + 1) / 2 : 5, false},
	    {"max_statement_time", limit, true},	   /* MariaDB: seconds */
	    {"max_execution_time", limit * 1000, true},	   /* MySQL: milliseconds, of reading */
	    {"idle_transaction_timeout", limit * 2, true}, /* MariaDB */
	};
	enum rc rc = run_plain(db, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");

	if (rc == RC_OK)
		rc =
		    run_plain(db, "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,"
				  "NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
				  "NO_ENGINE_SUBSTITUTION'");
	for (size_t i = 0; i < sizeof settings / sizeof *settings && rc == RC_OK; i++) {
		char sql[80];
		unsigned code;

		snprintf(
		    sql, sizeof sql, "SET SESSION %s = %d", settings[i].option, settings[i].value);
		code = link_plain(db->link, sql);
		if (code != 0 && !(settings[i].optional && code == UNKNOWN_VARIABLE))
			rc = record_error(db, sql, code);
	}
	return rc;
}

/* Check whether the schema that was read is the one that this program requires. */
static enum rc
judge_schema(struct db *db, const struct rows *rows)
{
	db->schema = (int)db_row(rows, 0)->number;
	if (db->schema == DB_SCHEMA) {
		throttle_forget(&db->throttles[DB_THROTTLE_SCHEMA]);
		return RC_OK;
	}
	if (throttle_is_due(&db->throttles[DB_THROTTLE_SCHEMA], LOG_AGAIN_MS))
		log_error("the schema of the database is version %d, this program requires %d: %s",
		    db->schema, DB_SCHEMA,
		    db->schema < DB_SCHEMA ? "run sql/migrate" : "install the newer program");
	return RC_SCHEMA;
}

static enum rc
check_schema(struct db *db)
{
	struct pool *pool = pool_new();
	struct rows rows;
	unsigned code = link_run(db->link, pool, &schema_version, 0, NO_ARGS, &rows, &db->done);
	enum rc rc;

	db->schema = 0;
	rc = code == 0 ? judge_schema(db, &rows) : record_error(db, schema_version.text, code);
	pool_free(pool);
	return rc;
}

static enum rc
connect_to_server(struct db *db)
{
	char why[LINK_WHY_SIZE];
	unsigned code;
	enum rc rc;

	db->link = link_open(db->conf, db->user, db->password, &code, why);
	if (db->link == NULL) {
		if (throttle_is_due(&db->throttles[DB_THROTTLE_AWAY], LOG_AGAIN_MS))
			log_error("cannot connect to the database: %s (%u)", why, code);
		db->lost = 0;
		return db_meaning(code).rc == RC_SCHEMA ? RC_SCHEMA : RC_BUSY;
	}
	rc = prepare_session(db);
	if (rc == RC_OK)
		rc = check_schema(db);
	if (rc != RC_OK) {
		db_disconnect(db);
		return rc;
	}
	log_loss(db);
	if (throttle_is_over(&db->throttles[DB_THROTTLE_AWAY]))
		log_notice("connected to the database again");
	return RC_OK;
}

enum rc
db_ready(struct db *db)
{
	enum rc rc = RC_OK;

	db->trouble = TROUBLE_NONE;
	if (db->link == NULL) {
		rc = connect_to_server(db);
		if (rc != RC_OK)
			db->trouble = TROUBLE_LOST;
	}
	return rc;
}

enum rc
db_check(struct db *db)
{
	struct pool *pool = pool_new();
	struct rows rows;
	enum rc rc = db_query(db, pool, &rows, &schema_version, NO_ARGS);

	if (rc == RC_OK && (rc = judge_schema(db, &rows)) != RC_OK)
		db_disconnect(db); /* so that it is not used any more */
	pool_free(pool);
	return rc;
}

int
db_schema(const struct db *db)
{
	return db->schema;
}

/* ---------------------------------------------------------------- statements */

size_t
db_chunk(size_t left)
{
	size_t n = DB_CHUNK;

	while (n > left)
		n /= 2;
	return n;
}

struct call {
	struct pool *pool;
	const struct sql *sql;
	size_t items;
	const struct arg *args;
	size_t n_args;
	struct rows *out;
};

/* Run a statement on the present connection; NULL begins a transaction. */
static enum rc
run_statement(struct db *db, const struct call *c)
{
	unsigned code;

	if (c == NULL)
		return run_plain(db, "START TRANSACTION");
	code = planned_error(db, fault("store.statement"));
	if (code == 0)
		code = link_run(
		    db->link, c->pool, c->sql, c->items, c->args, c->n_args, c->out, &db->done);
	db->trouble = TROUBLE_NONE;
	return code == 0 ? RC_OK : record_error(db, c->sql->text, code);
}

/* Run it; if the connection turns out to have been lost while idle, once more on a new one. */
static enum rc
run_statement_or_reconnect(struct db *db, const struct call *c)
{
	bool idle = db->link != NULL;
	int64_t start = clock_ms();
	enum rc rc = db_ready(db);

	if (rc == RC_OK)
		rc = run_statement(db, c);
	if (idle && db->trouble == TROUBLE_LOST && clock_ms() - start <= IDLE_LOSS_MS) {
		rc = db_ready(db);
		if (rc == RC_OK)
			rc = run_statement(db, c);
	}
	return rc;
}

enum rc
db_run(struct db *db, struct pool *pool, const struct sql *sql, size_t items,
    const struct arg *args, size_t n_args, struct rows *out)
{
	struct call call = {
	    .pool = pool, .sql = sql, .items = items, .args = args, .n_args = n_args, .out = out};

	if (!db->in_transaction)
		return run_statement_or_reconnect(db, &call);
	if (db->link != NULL)
		return run_statement(db, &call);
	db->trouble = TROUBLE_LOST;
	return RC_BUSY;
}

enum rc
db_query(struct db *db, struct pool *pool, struct rows *out, const struct sql *sql,
    const struct arg *args, size_t n_args)
{
	return db_run(db, pool, sql, 0, args, n_args, out);
}

enum rc
db_exec(struct db *db, const struct sql *sql, const struct arg *args, size_t n_args)
{
	return db_run(db, NULL, sql, 0, args, n_args, NULL);
}

enum rc
db_run_ids(struct db *db, struct pool *pool, struct rows *out, const struct sql *sql,
    const uint64_t *ids, size_t n_ids, const struct arg *args, size_t n_args)
{
	struct arg all[ARGS_MAX + DB_CHUNK];

	if (n_args > ARGS_MAX || n_ids > DB_CHUNK)
		return RC_FAIL;
	for (size_t i = 0; i < n_args; i++)
		all[i] = args[i];
	for (size_t i = 0; i < n_ids; i++)
		all[n_args + i] = db_u64(ids[i]);
	return db_run(db, pool, sql, n_ids, all, n_args + n_ids, out);
}

uint64_t
db_changed(const struct db *db)
{
	return db->done.changed;
}

uint64_t
db_inserted(const struct db *db)
{
	return db->done.inserted;
}

/* ---------------------------------------------------------------- transactions */

enum rc
db_begin(struct db *db)
{
	enum rc rc = run_statement_or_reconnect(db, NULL);

	db->in_transaction = rc == RC_OK;
	db->uncommitted_events = 0;
	db->uncommitted_woken = 0;
	return rc;
}

enum rc
db_commit(struct db *db)
{
	unsigned code = planned_error(db, fault("store.commit"));
	enum rc rc;

	db->in_transaction = false;
	rc = code == 0 ? run_plain(db, "COMMIT") : record_error(db, "COMMIT", code);
	if (rc == RC_OK || db->trouble == TROUBLE_LOST) {
		db->events += db->uncommitted_events;
		db->woken += db->uncommitted_woken;
	}
	return rc;
}

void
db_rollback(struct db *db)
{
	enum trouble why = db->trouble;

	db->in_transaction = false;
	if (db->link != NULL && run_plain(db, "ROLLBACK") != RC_OK)
		db_disconnect(db);
	db->trouble = why;
}

enum trouble
db_trouble(const struct db *db)
{
	return db->trouble;
}

unsigned
db_error(const struct db *db)
{
	return db->error;
}

const struct conf *
db_conf(const struct db *db)
{
	return db->conf;
}

int
db_timeout_sec(const struct db *db)
{
	return db->conf->databases.timeout_sec;
}

int
db_connect_timeout_sec(const struct db *db)
{
	return db->conf->databases.connect_timeout_sec;
}

void
db_count_retry(struct db *db)
{
	db->retries++;
}

void
db_count_events(struct db *db, size_t n)
{
	db->uncommitted_events += n;
}

unsigned long
db_events(const struct db *db)
{
	return db->events;
}

void
db_count_woken(struct db *db, size_t n)
{
	db->uncommitted_woken += n;
}

unsigned long
db_woken(const struct db *db)
{
	return db->woken;
}

unsigned long
db_retries(const struct db *db)
{
	return db->retries;
}
