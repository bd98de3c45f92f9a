#include "listener.h"

#include "internal.h"

static const struct sql sql_check = {
    .text = "SELECT u.id, s.seq, u.token_epoch FROM user u JOIN user_seq s ON s.user_id = u.id"
	    " WHERE u.disabled = 0 AND u.id IN (",
    DB_IDS};

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
