#include "listener.h"

#include "internal.h"

static const struct sql sql_check = {
    .text = "SELECT u.id, s.seq, u.token_epoch FROM user u JOIN user_seq s ON s.user_id = u.id"
	    " WHERE u.disabled = 0 AND u.id IN (",
    DB_IDS};
static const struct sql sql_logouts = {
    .text = "SELECT user_id, session FROM logout WHERE user_id IN (", DB_IDS};

enum rc
listener_check(struct db *db, struct pool *pool, const uint64_t *users, size_t n,
    struct listener_state *v, size_t *found)
{
	size_t k;

	*found = 0;
	for (size_t i = 0; i < n; i += k) {
		struct rows rows;

		k = db_chunk(n - i);
		TRY(db_run_ids(db, pool, &rows, &sql_check, users + i, k, NO_ARGS));
		for (size_t j = 0; j < rows.n; j++) {
			const struct cell *row = db_row(&rows, j);

			v[(*found)++] = (struct listener_state){
			    row[0].number, row[1].number, (uint32_t)row[2].number};
		}
	}
	return RC_OK;
}

enum rc
listener_logouts(struct db *db, struct pool *pool, const uint64_t *users, size_t n,
    struct listener_logout **v, size_t *found)
{
	size_t k;

	*v = NULL;
	*found = 0;
	for (size_t i = 0; i < n; i += k) {
		struct listener_logout *more;
		struct rows rows;

		k = db_chunk(n - i);
		TRY(db_run_ids(db, pool, &rows, &sql_logouts, users + i, k, NO_ARGS));
		if (rows.n == 0)
			continue;
		more = pool_array(pool, *found + rows.n, sizeof *more);
		if (*found > 0)
			memcpy(more, *v, *found * sizeof *more);
		*v = more;
		for (size_t j = 0; j < rows.n; j++) {
			const struct cell *row = db_row(&rows, j);
			struct listener_logout *l = &more[(*found)++];

			*l = (struct listener_logout){.user = row[0].number};
			memcpy(l->session, row[1].s,
			    row[1].len < sizeof l->session ? row[1].len : sizeof l->session);
		}
	}
	return RC_OK;
}
