#include "internal.h"

enum { ENTRIES };

static const struct sql sql[] = {
    [ENTRIES] = {.text = "SELECT user_id, id, project_id, kind, language, written, said"
			 " FROM lexicon WHERE NOT gone AND user_id IN (",
	.item = "?",
	.tail = ") ORDER BY user_id, id"},
};

/* The distinct users of these claims. */
static size_t
users_of(const struct claim *v, size_t n, uint64_t *users)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		size_t j = 0;

		while (j < found && users[j] != v[i].user)
			j++;
		if (j == found)
			users[found++] = v[i].user;
	}
	return found;
}

/* Set the lexicon of a claim: that of an earlier claim in the same project, or a new one. */
static void
claim_set_lexicon(
    struct pool *pool, struct claim *v, size_t i, const struct lexicon_entry *entries, size_t n)
{
	for (size_t j = 0; j < i; j++)
		if (v[j].project == v[i].project) {
			v[i].lexicon = v[j].lexicon;
			return;
		}
	v[i].lexicon = lexicon_make(pool, entries, n, v[i].project);
}

static void
claims_add_entries(struct pool *pool, const struct rows *rows, struct claim *v, size_t n)
{
	struct lexicon_entry *entries = pool_array(pool, rows->n, sizeof entries[0]);

	for (size_t i = 0; i < rows->n; i++) {
		const struct cell *row = db_row(rows, i);

		entries[i] = (struct lexicon_entry){.id = row[1].number,
		    .project = row[2].number,
		    .match = lexicon_match_named(row[3].s),
		    .language = row[4].s,
		    .from = row[5].s,
		    .to = row[6].s};
	}
	for (size_t i = 0; i < n; i++) {
		size_t first = 0, end;

		while (first < rows->n && db_row(rows, first)->number != v[i].user)
			first++;
		for (end = first; end < rows->n && db_row(rows, end)->number == v[i].user;)
			end++;
		if (end > first)
			claim_set_lexicon(pool, v, i, entries + first, end - first);
	}
}

enum rc
lexicon_for_claims(struct db *db, struct pool *pool, struct claim *v, size_t n)
{
	uint64_t *users = pool_array(pool, n, sizeof users[0]);
	size_t users_n = users_of(v, n, users), k;

	for (size_t i = 0; i < users_n; i += k) {
		struct rows rows;

		k = db_chunk(users_n - i);
		TRY(db_run_ids(db, pool, &rows, &sql[ENTRIES], users + i, k, NO_ARGS));
		if (rows.n > 0)
			claims_add_entries(pool, &rows, v, n);
	}
	return RC_OK;
}
