#include "oracle.h"

#include <inttypes.h>
#include <mysql.h>
#include <stdlib.h>
#include <string.h>

#include "../../common/base/mem.h"

static MYSQL *
open_db(const struct conf *conf)
{
	const char *file = conf->databases.account[ACCOUNT_MIGRATION].password_file;
	const char *user = conf->databases.account[ACCOUNT_MIGRATION].user;
	bool local = conf->databases.socket[0] != '\0';
	MYSQL *db = mysql_init(NULL);

	if (db == NULL)
		give_up("out of memory");
	mysql_options(db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	if (mysql_real_connect(db, local ? NULL : conf->databases.host, user,
		file[0] != '\0' ? (const char *)conf_secret(file, 1).data : NULL,
		conf->databases.name, (unsigned)conf->databases.port,
		local ? conf->databases.socket : NULL, 0) == NULL)
		give_up("cannot connect to the database: %s", mysql_error(db));
	return db;
}

/* The rows of a query, and the one in hand. */
struct reading {
	MYSQL *db;
	MYSQL_RES *result;
	MYSQL_ROW row;
	unsigned long *lengths;
	size_t n;
};

static struct reading
ask(MYSQL *db, const char *sql)
{
	struct reading r = {.db = db};

	if (mysql_query(db, sql) != 0 || (r.result = mysql_store_result(db)) == NULL)
		give_up("cannot read the database: %s", mysql_error(db));
	r.n = mysql_num_rows(r.result);
	return r;
}

static void
next(struct reading *r)
{
	r->row = mysql_fetch_row(r->result);
	r->lengths = mysql_fetch_lengths(r->result);
}

static uint64_t
number(const struct reading *r, unsigned column)
{
	return r->row[column] != NULL ? strtoull(r->row[column], NULL, 10) : 0;
}

static int64_t
signed_number(const struct reading *r, unsigned column)
{
	return r->row[column] != NULL ? strtoll(r->row[column], NULL, 10) : 0;
}

static const char *
string(const struct reading *r, struct pool *pool, unsigned column)
{
	if (r->row[column] == NULL)
		return NULL;
	return pool_strndup(pool, r->row[column], r->lengths[column]);
}

static void
read_rows(const struct conf *conf, MYSQL *db, struct pool *pool, struct snapshot *out)
{
	const char *sql = pool_printf(pool,
	    "SELECT id, project_id, user_id, position, text, speed, revision, audio_revision, path,"
	    " duration_ms, size_bytes, sha256, state, attempts, crashes, error,"
	    " COALESCE(state = 'claimed' AND lease_until + INTERVAL %d SECOND < NOW(3), 0)"
	    " FROM audio WHERE project_id NOT IN (SELECT id FROM project WHERE deleted) ORDER BY "
	    "id",
	    conf->scheduler.interval_sec);
	struct reading r = ask(db, sql);

	out->rows_n = r.n;
	out->rows = pool_array(pool, r.n + 1, sizeof out->rows[0]);
	for (size_t i = 0; i < r.n; i++) {
		struct row *row = &out->rows[i];

		next(&r);
		*row = (struct row){.id = number(&r, 0),
		    .project = number(&r, 1),
		    .user = number(&r, 2),
		    .position = signed_number(&r, 3),
		    .text = string(&r, pool, 4),
		    .text_len = r.lengths[4],
		    .speed = number(&r, 5),
		    .revision = number(&r, 6),
		    .audio_revision = number(&r, 7),
		    .path = string(&r, pool, 8),
		    .duration_ms = number(&r, 9),
		    .size_bytes = number(&r, 10),
		    .state = string(&r, pool, 12),
		    .attempts = number(&r, 13),
		    .crashes = number(&r, 14),
		    .error = string(&r, pool, 15),
		    .late = number(&r, 16) != 0};
		if (r.row[11] != NULL && r.lengths[11] == sizeof row->sha256)
			memcpy(row->sha256, r.row[11], sizeof row->sha256);
	}
	mysql_free_result(r.result);
}

static void
read_projects(MYSQL *db, struct pool *pool, struct snapshot *out)
{
	struct reading r = ask(db, "SELECT id, user_id, title, language, voice, sentence_count,"
				   " ready_count, failed_count, duration_ms, context FROM project"
				   " WHERE NOT deleted ORDER BY id");

	out->projects_n = r.n;
	out->projects = pool_array(pool, r.n + 1, sizeof out->projects[0]);
	for (size_t i = 0; i < r.n; i++) {
		next(&r);
		out->projects[i] = (struct project_row){.id = number(&r, 0),
		    .user = number(&r, 1),
		    .title = string(&r, pool, 2),
		    .language = string(&r, pool, 3),
		    .voice = string(&r, pool, 4),
		    .sentences = number(&r, 5),
		    .ready = number(&r, 6),
		    .failed = number(&r, 7),
		    .duration_ms = number(&r, 8),
		    .context = string(&r, pool, 9)};
	}
	mysql_free_result(r.result);
}

static void
read_small(const struct conf *conf, MYSQL *db, struct pool *pool, struct snapshot *out)
{
	struct reading r = ask(db, "SELECT project_id, first_position, n FROM stretch"
				   " WHERE project_id NOT IN (SELECT id FROM project WHERE deleted)"
				   " ORDER BY project_id, first_position");

	out->stretches_n = r.n;
	out->stretches = pool_array(pool, r.n + 1, sizeof out->stretches[0]);
	for (size_t i = 0; i < r.n; i++) {
		next(&r);
		out->stretches[i] =
		    (struct stretch_row){number(&r, 0), signed_number(&r, 1), number(&r, 2)};
	}
	mysql_free_result(r.result);
	r = ask(db, "SELECT id, project_count FROM user ORDER BY id");
	out->users_n = r.n;
	out->users = pool_array(pool, r.n + 1, sizeof out->users[0]);
	for (size_t i = 0; i < r.n; i++) {
		next(&r);
		out->users[i] = (struct user_row){number(&r, 0), number(&r, 1)};
	}
	mysql_free_result(r.result);
	r = ask(db, pool_printf(pool,
			"SELECT project_id, audio_id, path, created_at < NOW(3) - INTERVAL %d"
			" SECOND FROM trash ORDER BY id",
			conf->media.grace_sec));
	out->trash_n = r.n;
	out->trash = pool_array(pool, r.n + 1, sizeof out->trash[0]);
	for (size_t i = 0; i < r.n; i++) {
		next(&r);
		out->trash[i] = (struct trash_row){
		    number(&r, 0), number(&r, 1), string(&r, pool, 2), number(&r, 3) != 0};
	}
	mysql_free_result(r.result);
}

static void
read_entries(MYSQL *db, struct pool *pool, struct snapshot *out)
{
	struct reading r = ask(db, "SELECT user_id, id, project_id, kind, language, written, said"
				   " FROM lexicon WHERE NOT gone ORDER BY user_id, id");

	out->entries_n = r.n;
	out->entries = pool_array(pool, r.n + 1, sizeof out->entries[0]);
	for (size_t i = 0; i < r.n; i++) {
		next(&r);
		out->entries[i] = (struct entry_row){.user = number(&r, 0),
		    .entry = {.id = number(&r, 1),
			.project = number(&r, 2),
			.match = lexicon_match_named(r.row[3]),
			.language = string(&r, pool, 4),
			.from = string(&r, pool, 5),
			.to = string(&r, pool, 6)}};
	}
	mysql_free_result(r.result);
}

static const char *
string_or_none(const struct reading *r, struct pool *pool, unsigned column)
{
	return r->row[column] != NULL ? string(r, pool, column) : "";
}

static void
read_events(MYSQL *db, struct pool *pool, struct snapshot *out)
{
	struct reading r =
	    ask(db, "SELECT user_id, seq, COALESCE(project_id, 0), COALESCE(audio_id, 0),"
		    " JSON_VALUE(data, '$.revision'), JSON_VALUE(data, '$.duration_ms'),"
		    " type, JSON_VALUE(data, '$.path'), JSON_VALUE(data, '$.change')"
		    " FROM event WHERE user_id IN"
		    " (SELECT id FROM user WHERE deleted_at IS NULL)"
		    " ORDER BY user_id, seq");

	out->events_n = r.n;
	out->events = pool_array(pool, r.n + 1, sizeof out->events[0]);
	for (size_t i = 0; i < r.n; i++) {
		next(&r);
		out->events[i] = (struct event_row){number(&r, 0), number(&r, 1), number(&r, 2),
		    number(&r, 3), number(&r, 4), number(&r, 5), string(&r, pool, 6),
		    string_or_none(&r, pool, 7), string_or_none(&r, pool, 8)};
	}
	mysql_free_result(r.result);
	r = ask(db, "SELECT u.id, s.seq, s.oldest, s.user_id IS NOT NULL FROM user u"
		    " LEFT JOIN user_seq s ON s.user_id = u.id WHERE u.deleted_at IS NULL"
		    " ORDER BY u.id");
	out->counters_n = r.n;
	out->counters = pool_array(pool, r.n + 1, sizeof out->counters[0]);
	for (size_t i = 0; i < r.n; i++) {
		next(&r);
		out->counters[i] = (struct counter_row){
		    number(&r, 0), number(&r, 1), number(&r, 2), number(&r, 3) != 0};
	}
	mysql_free_result(r.result);
}

void
db_snapshot(const struct conf *conf, struct pool *pool, struct snapshot *out)
{
	static const char *const begin[] = {"SET time_zone = '+00:00'",
	    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
	    "START TRANSACTION WITH CONSISTENT SNAPSHOT"};
	MYSQL *db = open_db(conf);

	for (size_t i = 0; i < sizeof begin / sizeof begin[0]; i++)
		if (mysql_query(db, begin[i]) != 0)
			give_up("cannot read the database: %s", mysql_error(db));
	read_rows(conf, db, pool, out);
	read_projects(db, pool, out);
	read_small(conf, db, pool, out);
	read_entries(db, pool, out);
	read_events(db, pool, out);
	mysql_close(db);
}

static int
row_order(const void *key, const void *element)
{
	uint64_t id = *(const uint64_t *)key, other = ((const struct row *)element)->id;

	return id < other ? -1 : id > other;
}

const struct row *
row_find(const struct snapshot *s, uint64_t id)
{
	return bsearch(&id, s->rows, s->rows_n, sizeof s->rows[0], row_order);
}

static int
project_order(const void *key, const void *element)
{
	uint64_t id = *(const uint64_t *)key, other = ((const struct project_row *)element)->id;

	return id < other ? -1 : id > other;
}

const struct project_row *
project_find(const struct snapshot *s, uint64_t id)
{
	return bsearch(&id, s->projects, s->projects_n, sizeof s->projects[0], project_order);
}

/* ---------------------------------------------------------------- I4, I5 */

void
check_waiting(const struct snapshot *s)
{
	for (size_t i = 0; i < s->rows_n; i++) {
		const struct row *row = &s->rows[i];

		if (row->late)
			broken(I4, "audio %" PRIu64 " is claimed beyond its lease", row->id);
		if (strcmp(row->state, "ready") != 0 && strcmp(row->state, "failed") != 0)
			broken(I5, "audio %" PRIu64 " is still %s", row->id, row->state);
	}
}

/* ---------------------------------------------------------------- I7 */

static void
differ(const struct project_row *p, const char *what, uint64_t count, uint64_t rows)
{
	if (count != rows)
		broken(I7, "project %" PRIu64 " says %" PRIu64 " %s, its rows say %" PRIu64, p->id,
		    count, what, rows);
}

/* The stretches of a project against the positions of its rows. */
static void
check_stretches(const struct snapshot *s, const struct project_row *p)
{
	for (size_t i = 0; i < s->stretches_n; i++) {
		const struct stretch_row *stretch = &s->stretches[i], *after = stretch + 1;
		bool last = i + 1 == s->stretches_n || after->project != p->id;
		uint64_t n = 0;

		if (stretch->project != p->id)
			continue;
		for (size_t j = 0; j < s->rows_n; j++)
			n += s->rows[j].project == p->id && s->rows[j].position >= stretch->first &&
			     (last || s->rows[j].position < after->first);
		differ(p, "sentences in a stretch", stretch->n, n);
	}
}

void
check_counts(const struct snapshot *s)
{
	for (size_t i = 0; i < s->projects_n; i++) {
		const struct project_row *p = &s->projects[i];
		uint64_t sentences = 0, ready = 0, failed = 0, ms = 0;

		for (size_t j = 0; j < s->rows_n; j++) {
			const struct row *row = &s->rows[j];
			bool is_ready = strcmp(row->state, "ready") == 0;

			if (row->project != p->id)
				continue;
			sentences++;
			ready += is_ready;
			failed += strcmp(row->state, "failed") == 0;
			ms += is_ready ? row->duration_ms : 0;
			if (row->position < 0)
				broken(I7, "audio %" PRIu64 " has no place", row->id);
			if (row->user != p->user)
				broken(I7, "audio %" PRIu64 " has another owner than its project",
				    row->id);
		}
		differ(p, "sentences", p->sentences, sentences);
		differ(p, "ready ones", p->ready, ready);
		differ(p, "failed ones", p->failed, failed);
		differ(p, "milliseconds", p->duration_ms, ms);
		check_stretches(s, p);
	}
	for (size_t i = 0; i < s->users_n; i++) {
		uint64_t n = 0;

		for (size_t j = 0; j < s->projects_n; j++)
			n += s->projects[j].user == s->users[i].id;
		if (n != s->users[i].projects)
			broken(I7, "user %" PRIu64 " says %" PRIu64 " projects, there are %" PRIu64,
			    s->users[i].id, s->users[i].projects, n);
	}
}
