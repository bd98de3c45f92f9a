#include "link.h"

#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../common/base/log.h"

/* my_bool in MariaDB's header, bool in Oracle's. */
typedef __typeof__(*((MYSQL_BIND *)0)->is_null) link_bool;

#define CACHE_SIZE 128	   /* chains of prepared statements */
#define OUT_OF_MEMORY 2008 /* the client library's number for it */
#define BROKEN_ANSWER 2027 /* malformed packet, likewise */
#define WRONG_CALL 2034	   /* invalid parameter number, likewise: a bug in our code */

enum kind { NUMBER, TIME, STRING };

struct column {
	enum kind kind;
	uint64_t number;
	MYSQL_TIME time;
	unsigned long len;
	link_bool null, cut;
};

struct statement {
	const struct sql *sql;
	size_t items;
	MYSQL_STMT *handle;
	MYSQL_BIND *in, *out;
	struct column *columns;
	size_t n_in, n_out;
	struct statement *next;
};

struct link {
	MYSQL *conn;
	struct pool *pool; /* lives as long as the connection */
	struct statement *cache[CACHE_SIZE];
};

static void
set_tls(MYSQL *conn, const char *ca)
{
	if (ca[0] == '\0')
		return;
	mysql_options(conn, MYSQL_OPT_SSL_CA, ca);
#ifdef MARIADB_BASE_VERSION
	link_bool yes = 1;

	mysql_options(conn, MYSQL_OPT_SSL_ENFORCE, &yes);
	mysql_options(conn, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
#else
	unsigned mode = SSL_MODE_VERIFY_IDENTITY;

	mysql_options(conn, MYSQL_OPT_SSL_MODE, &mode);
#endif
}

static void
set_options(MYSQL *conn, const struct conf *conf)
{
	unsigned protocol =
	    conf->databases.socket[0] != '\0' ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
	unsigned connect_timeout = (unsigned)conf->databases.connect_timeout_sec;
	unsigned timeout = (unsigned)conf->databases.timeout_sec;

	mysql_options(conn, MYSQL_OPT_CONNECT_TIMEOUT, &connect_timeout);
	mysql_options(conn, MYSQL_OPT_READ_TIMEOUT, &timeout);
	mysql_options(conn, MYSQL_OPT_WRITE_TIMEOUT, &timeout);
	mysql_options(conn, MYSQL_OPT_PROTOCOL, &protocol);
	mysql_options(conn, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	set_tls(conn, conf->databases.tls_ca);
}

struct link *
link_open(const struct conf *conf, const char *user, const char *password, unsigned *code,
    char why[LINK_WHY_SIZE])
{
	bool local = conf->databases.socket[0] != '\0';
	MYSQL *conn = mysql_init(NULL);
	struct pool *pool;
	struct link *link;

	if (conn == NULL) {
		*code = OUT_OF_MEMORY;
		snprintf(why, LINK_WHY_SIZE, "out of memory");
		return NULL;
	}
	set_options(conn, conf);
	if (mysql_real_connect(conn, local ? NULL : conf->databases.host, user, password,
		conf->databases.name, (unsigned)conf->databases.port,
		local ? conf->databases.socket : NULL, 0) == NULL) {
		*code = mysql_errno(conn);
		snprintf(why, LINK_WHY_SIZE, "%s", mysql_error(conn));
		mysql_close(conn);
		return NULL;
	}
	pool = pool_new();
	link = pool_alloc(pool, sizeof *link);
	link->pool = pool;
	link->conn = conn;
	return link;
}

void
link_close(struct link *link)
{
	if (link == NULL)
		return;
	mysql_close(
	    link->conn); /* first, so that closing a statement does not contact the server */
	for (size_t i = 0; i < CACHE_SIZE; i++)
		for (struct statement *s = link->cache[i]; s != NULL; s = s->next)
			mysql_stmt_close(s->handle);
	pool_free(link->pool);
}

unsigned
link_plain(struct link *link, const char *sql)
{
	return mysql_query(link->conn, sql) == 0 ? 0 : mysql_errno(link->conn);
}

static void
sql_text(struct buf *text, const struct sql *sql, size_t items)
{
	buf_adds(text, sql->text);
	for (size_t i = 0; i < items; i++) {
		if (i > 0)
			buf_adds(text, ", ");
		buf_adds(text, sql->item);
	}
	if (sql->tail != NULL)
		buf_adds(text, sql->tail);
}

/*
 * The kind as which a column is read. A sum of integers is a DECIMAL. A number with a fraction, a
 * date without a time and the like do not fit into a struct cell: a statement with such a column is
 * a bug and reported.
 */
static bool
column_kind(const MYSQL_FIELD *field, enum kind *kind)
{
	switch (field->type) {
	case MYSQL_TYPE_TINY:
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
	case MYSQL_TYPE_YEAR:
		*kind = NUMBER;
		return true;
	case MYSQL_TYPE_DECIMAL:
	case MYSQL_TYPE_NEWDECIMAL:
		*kind = NUMBER;
		return field->decimals == 0;
	case MYSQL_TYPE_DATETIME:
	case MYSQL_TYPE_TIMESTAMP:
		*kind = TIME;
		return true;
	case MYSQL_TYPE_FLOAT:
	case MYSQL_TYPE_DOUBLE:
	case MYSQL_TYPE_DATE:
	case MYSQL_TYPE_TIME:
	case MYSQL_TYPE_BIT:
		return false;
	default:
		*kind = STRING;
		return true;
	}
}

/* Numbers and times are bound here; everything else is fetched later, at its full length. */
static bool
bind_column(MYSQL_BIND *bind, struct column *column, const MYSQL_FIELD *field)
{
	if (!column_kind(field, &column->kind)) {
		log_error(
		    "cannot read column \"%.60s\": its type is %d", field->name, (int)field->type);
		return false;
	}
	bind->length = &column->len;
	bind->is_null = &column->null;
	bind->error = &column->cut;
	bind->buffer_type = MYSQL_TYPE_STRING;
	if (column->kind == NUMBER) {
		bind->buffer_type = MYSQL_TYPE_LONGLONG;
		bind->buffer = &column->number;
		bind->buffer_length = sizeof column->number;
		bind->is_unsigned = (field->flags & UNSIGNED_FLAG) != 0;
	} else if (column->kind == TIME) {
		bind->buffer_type = MYSQL_TYPE_DATETIME;
		bind->buffer = &column->time;
		bind->buffer_length = sizeof column->time;
	}
	return true;
}

/* The text is needed only here: the server keeps its own copy. */
static unsigned
prepare_text(MYSQL_STMT *handle, const struct sql *sql, size_t items)
{
	struct pool *pool = pool_new();
	struct buf text;
	unsigned code;

	buf_init(&text, pool, 256);
	sql_text(&text, sql, items);
	code = mysql_stmt_prepare(handle, text.data, text.len) == 0 ? 0 : mysql_stmt_errno(handle);
	pool_free(pool);
	return code;
}

/* Allocate the bindings of the arguments and columns of a prepared statement. */
static unsigned
bind_statement(struct pool *pool, struct statement *s)
{
	MYSQL_RES *result = mysql_stmt_result_metadata(s->handle);
	bool good = true;

	s->n_in = mysql_stmt_param_count(s->handle);
	s->in = pool_array(pool, s->n_in + 1, sizeof *s->in);
	if (result == NULL)
		return mysql_stmt_errno(s->handle);
	s->n_out = mysql_num_fields(result);
	s->out = pool_array(pool, s->n_out, sizeof *s->out);
	s->columns = pool_array(pool, s->n_out, sizeof *s->columns);
	for (size_t i = 0; i < s->n_out && good; i++)
		good = bind_column(
		    &s->out[i], &s->columns[i], mysql_fetch_field_direct(result, (unsigned)i));
	mysql_free_result(result);
	if (!good)
		return WRONG_CALL;
	return mysql_stmt_bind_result(s->handle, s->out) == 0 ? 0 : mysql_stmt_errno(s->handle);
}

/* Find the prepared statement, or prepare it. NULL if that fails. */
static struct statement *
find_or_prepare(struct link *link, const struct sql *sql, size_t items, unsigned *code)
{
	struct statement **chain =
	    &link->cache[((uintptr_t)sql / sizeof *sql + items * 31) % CACHE_SIZE];
	struct statement *s;
	MYSQL_STMT *handle;

	for (s = *chain; s != NULL; s = s->next)
		if (s->sql == sql && s->items == items)
			return s;
	handle = mysql_stmt_init(link->conn);
	if (handle == NULL) {
		*code = OUT_OF_MEMORY;
		return NULL;
	}
	*code = prepare_text(handle, sql, items);
	/* A connection lives for days: nothing is allocated in its pool for a refused statement. */
	if (*code == 0) {
		s = pool_alloc(link->pool, sizeof *s);
		*s = (struct statement){.sql = sql, .items = items, .handle = handle};
		*code = bind_statement(link->pool, s);
	}
	if (*code != 0) {
		mysql_stmt_close(handle);
		return NULL;
	}
	s->next = *chain;
	*chain = s;
	return s;
}

static void
bind_args(struct statement *s, const struct arg *args)
{
	static const enum enum_field_types types[] = {
	    [ARG_NULL] = MYSQL_TYPE_NULL,
	    [ARG_UNSIGNED] = MYSQL_TYPE_LONGLONG,
	    [ARG_SIGNED] = MYSQL_TYPE_LONGLONG,
	    [ARG_TEXT] = MYSQL_TYPE_STRING,
	    [ARG_BYTES] = MYSQL_TYPE_BLOB,
	};

	memset(s->in, 0, s->n_in * sizeof *s->in);
	for (size_t i = 0; i < s->n_in; i++) {
		bool number = args[i].type == ARG_UNSIGNED || args[i].type == ARG_SIGNED;
		const void *data = number ? &args[i].number : args[i].data;

		s->in[i].buffer_type = types[args[i].type];
		s->in[i].is_unsigned = args[i].type == ARG_UNSIGNED;
		s->in[i].buffer_length = args[i].len;
		memcpy(&s->in[i].buffer, &data,
		    sizeof data); /* it is only read, but not declared const */
	}
}

/* Write N with WIDTH digits at S. With printf, this would be a tenth of the time to read a page. */
static void
write_digits(char *s, int width, unsigned long n)
{
	while (width-- > 0) {
		s[width] = (char)('0' + n % 10);
		n /= 10;
	}
}

static const char *
time_text(struct pool *pool, const MYSQL_TIME *t)
{
	char *s = pool_strdup(pool, "0000-00-00T00:00:00.000Z");

	write_digits(s, 4, t->year);
	write_digits(s + 5, 2, t->month);
	write_digits(s + 8, 2, t->day);
	write_digits(s + 11, 2, t->hour);
	write_digits(s + 14, 2, t->minute);
	write_digits(s + 17, 2, t->second);
	write_digits(s + 20, 3, t->second_part / 1000);
	return s;
}

/* Return 0 or the number of an error. */
static unsigned
fetch_cell(struct pool *pool, struct statement *s, size_t i, struct cell *cell)
{
	struct column *column = &s->columns[i];

	cell->s = "";
	cell->null = column->null != 0;
	if (cell->null)
		return 0;
	if (column->kind == NUMBER) {
		if (column->cut) /* a DECIMAL beyond 64 bits */
			return WRONG_CALL;
		cell->number = column->number;
	} else if (column->kind == TIME) {
		cell->s = time_text(pool, &column->time);
		cell->len = strlen(cell->s);
	} else if (column->len > 0) {
		MYSQL_BIND bind = {.buffer_type = MYSQL_TYPE_STRING,
		    .buffer = pool_alloc(pool, column->len + 1),
		    .buffer_length = column->len,
		    .length = &column->len,
		    .is_null = &column->null,
		    .error = &column->cut};

		if (mysql_stmt_fetch_column(s->handle, &bind, (unsigned)i, 0) != 0)
			return mysql_stmt_errno(s->handle) != 0 ? mysql_stmt_errno(s->handle)
								: BROKEN_ANSWER;
		cell->s = bind.buffer;
		cell->len = column->len;
	}
	return 0;
}

/*
 * Every row is fetched, needed or not, so that the connection is free for the next statement. An
 * error between rows (a deadlock, another node's transaction) is recorded only in the connection.
 */
static unsigned
fetch_rows(struct link *link, struct pool *pool, struct statement *s, struct rows *out)
{
	size_t room = 0;
	int status = 0;
	unsigned code = 0;

	*out = (struct rows){.columns = s->n_out};
	while (code == 0 &&
	       ((status = mysql_stmt_fetch(s->handle)) == 0 || status == MYSQL_DATA_TRUNCATED)) {
		struct cell *row;

		if (out->n == room) {
			row = pool_array(pool, (room * 2 + 16) * s->n_out, sizeof *row);
			if (out->n > 0)
				memcpy(row, out->cells, out->n * s->n_out * sizeof *row);
			out->cells = row;
			room = room * 2 + 16;
		}
		row = out->cells + out->n++ * s->n_out;
		for (size_t i = 0; i < s->n_out && code == 0; i++)
			code = fetch_cell(pool, s, i, &row[i]);
	}
	if (code == 0 && status != MYSQL_NO_DATA) {
		code = mysql_stmt_errno(s->handle);
		if (code == 0)
			code = mysql_errno(link->conn);
		if (code == 0)
			code = BROKEN_ANSWER;
	}
	mysql_stmt_free_result(s->handle);
	return code;
}

unsigned
link_run(struct link *link, struct pool *pool, const struct sql *sql, size_t items,
    const struct arg *args, size_t n_args, struct rows *out, struct done *done)
{
	unsigned code = 0;
	struct statement *s = find_or_prepare(link, sql, items, &code);

	if (s == NULL)
		return code;
	if (s->n_in != n_args || (s->n_out > 0 && out == NULL)) {
		log_error("\"%.60s\" takes %zu arguments and gives %zu columns", sql->text, s->n_in,
		    s->n_out);
		return WRONG_CALL;
	}
	bind_args(s, args);
	if ((n_args > 0 && mysql_stmt_bind_param(s->handle, s->in) != 0) ||
	    mysql_stmt_execute(s->handle) != 0)
		return mysql_stmt_errno(s->handle);
	done->changed = mysql_stmt_affected_rows(s->handle);
	done->inserted = mysql_stmt_insert_id(s->handle);
	return s->n_out > 0 ? fetch_rows(link, pool, s, out) : 0;
}
