/*
 * The peer for the page route: a FastCGI program that runs the same two prepared SELECTs and does
 * nothing else. No login, no limits, no JSON, no second check of the version; the rows are sent as
 * they come.
 *
 *     peer_fcgi SOCKET ACCOUNT DATABASE USER      (FastCGI on descriptor 0)
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <fcgiapp.h>
#include <mysql.h>

enum { PAGE = 10, PARAMS_MAX = 6, COLUMNS_MAX = 16, VALUE_SIZE = 4096 };

/* The statements of store/audio.c. */
#define COLUMNS                                                                                    \
	"a.id, a.project_id, a.user_id, a.created_at, a.updated_at, a.text, a.speed, a.revision,"  \
	" a.state, a.audio_revision, a.path, a.duration_ms, a.size_bytes, a.error, a.position,"    \
	" (SELECT updated_at FROM project WHERE id = ?)"

static const char header_sql[] =
    "SELECT p.sentence_count, IF(s.first_position = 0, p.updated_at, NULL), s.first_position, s.n"
    " FROM user u LEFT JOIN project p ON p.id = ? AND p.user_id = u.id"
    " LEFT JOIN stretch s ON s.project_id = p.id"
    " WHERE u.id = ? AND u.token_epoch = ? AND NOT u.disabled ORDER BY s.first_position";
static const char forward_sql[] =
    "SELECT " COLUMNS " FROM (SELECT id FROM audio WHERE project_id = ? AND position >= ?"
    " AND position < ? ORDER BY position LIMIT ? OFFSET ?) k STRAIGHT_JOIN audio a ON a.id = k.id";
static const char back_sql[] =
    "SELECT " COLUMNS " FROM (SELECT id FROM audio WHERE project_id = ? AND position >= ?"
    " AND position < ? ORDER BY position DESC LIMIT ? OFFSET ?) k STRAIGHT_JOIN audio a ON a.id = "
    "k.id";

/* The row fetched last: numbers of the first SELECT, strings of the second. */
static struct {
	long long number[COLUMNS_MAX];
	char string[COLUMNS_MAX][VALUE_SIZE];
	unsigned long len[COLUMNS_MAX];
	my_bool null[COLUMNS_MAX];
} row;

static MYSQL_STMT *
prepare(MYSQL *db, const char *sql, int numbers)
{
	MYSQL_STMT *stmt = mysql_stmt_init(db);
	MYSQL_BIND columns[COLUMNS_MAX] = {0};
	if (stmt == NULL || mysql_stmt_prepare(stmt, sql, strlen(sql)) != 0) {
		fprintf(stderr, "peer_fcgi: cannot prepare: %s\n", mysql_error(db));
		exit(EX_SOFTWARE);
	}
	for (unsigned i = 0; i < COLUMNS_MAX; i++) {
		columns[i].length = &row.len[i];
		columns[i].is_null = &row.null[i];
		if (numbers && i != 1) {
			columns[i].buffer_type = MYSQL_TYPE_LONGLONG;
			columns[i].buffer = &row.number[i];
		} else {
			columns[i].buffer_type = MYSQL_TYPE_STRING;
			columns[i].buffer = row.string[i];
			columns[i].buffer_length = VALUE_SIZE;
		}
	}
	mysql_stmt_bind_result(stmt, columns);
	return stmt;
}

static void
execute(MYSQL_STMT *stmt, long long *params, unsigned n)
{
	MYSQL_BIND binds[PARAMS_MAX] = {0};
	for (unsigned i = 0; i < n; i++) {
		binds[i].buffer_type = MYSQL_TYPE_LONGLONG;
		binds[i].buffer = &params[i];
	}
	if (mysql_stmt_bind_param(stmt, binds) != 0 || mysql_stmt_execute(stmt) != 0 ||
	    mysql_stmt_store_result(stmt) != 0) {
		fprintf(stderr, "peer_fcgi: cannot execute: %s\n", mysql_stmt_error(stmt));
		exit(EX_SOFTWARE);
	}
}

/* Find the range of page N among those of the first SELECT, and the end of it that is nearer. */
static int
walk(MYSQL_STMT *header, long long n, long long range[2], long long *offset, long long *count)
{
	long long before = (n - 1) * PAGE, size = 0, end = LLONG_MAX;
	range[1] = LLONG_MAX;
	int found = 0;
	while (mysql_stmt_fetch(header) == 0) {
		if (found) {
			end = row.number[2];
			break;
		}
		*count = row.number[0] - (n - 1) * PAGE;
		range[0] = row.number[2];
		size = row.number[3];
		found = before < size;
		before -= found ? 0 : size;
	}
	*count = *count < PAGE ? *count : PAGE;
	*offset = before;
	if (before < size / 2 || before + *count > size)
		return 0;
	range[1] = end;
	*offset = size - before - *count;
	return 1;
}

int
main(int argc, char **argv)
{
	if (argc != 5)
		return EX_USAGE;
	MYSQL *db = mysql_init(NULL);
	if (mysql_real_connect(db, NULL, argv[2], NULL, argv[3], 0, argv[1], 0) == NULL) {
		fprintf(stderr, "peer_fcgi: cannot connect: %s\n", mysql_error(db));
		return EX_TEMPFAIL;
	}
	mysql_set_character_set(db, "utf8mb4");
	MYSQL_STMT *header = prepare(db, header_sql, 1);
	MYSQL_STMT *pages[] = {prepare(db, forward_sql, 0), prepare(db, back_sql, 0)};
	long long user = atoll(argv[4]), project, n, range[2] = {0}, offset = 0, count = 0;
	FCGX_Request req;
	FCGX_Init();
	FCGX_InitRequest(&req, 0, 0);
	while (FCGX_Accept_r(&req) == 0) {
		const char *uri = FCGX_GetParam("REQUEST_URI", req.envp);
		if (uri == NULL || sscanf(uri, "/project/%lld/page/%lld", &project, &n) != 2) {
			FCGX_PutS("Status: 404\r\n\r\n", req.out);
			continue;
		}
		execute(header, (long long[]){project, user, 0}, 3);
		MYSQL_STMT *page = pages[walk(header, n, range, &offset, &count)];
		mysql_stmt_free_result(header);
		execute(
		    page, (long long[]){project, project, range[0], range[1], count, offset}, 6);
		FCGX_PutS("Content-Type: text/plain\r\n\r\n", req.out);
		while (mysql_stmt_fetch(page) == 0) {
			for (unsigned i = 0; i < COLUMNS_MAX; i++) {
				if (!row.null[i])
					FCGX_PutStr(row.string[i], (int)row.len[i], req.out);
				FCGX_PutChar('\n', req.out);
			}
		}
		mysql_stmt_free_result(page);
		FCGX_Finish_r(&req);
	}
	return 0;
}
