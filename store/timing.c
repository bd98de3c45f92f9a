#include "internal.h"

#include <stdlib.h>

enum { GET, PUT };

static const struct sql sql[] = {
    [GET] = {.text = "SELECT a.text, a.revision, a.state, a.error, a.duration_ms, t.words,"
		     " a.audio_revision, a.remade"
		     " FROM audio a JOIN project p ON p.id = a.project_id"
		     " AND p.deleted = 0 LEFT JOIN timing t ON t.audio_id = a.id"
		     " AND t.revision = a.audio_revision"
		     " WHERE a.id = ? AND a.user_id = ?"},
    [PUT] = {.text = "INSERT INTO timing (audio_id, revision, words) VALUES ",
	.item = "(?, ?, ?)",
	.tail = " ON DUPLICATE KEY UPDATE revision = VALUES(revision), words = VALUES(words)"},
};

/* ------------------------------------------------------------------ as the database has it */

static const char *
pack(struct pool *pool, const struct timed_word *v, size_t n)
{
	struct buf out;

	buf_init(&out, pool, 32 * n + 1);
	for (size_t i = 0; i < n; i++) {
		const uint32_t number[] = {v[i].offset, v[i].length, v[i].start_ms, v[i].end_ms};

		for (size_t k = 0; k < 4; k++) {
			if (i + k > 0)
				buf_add(&out, k > 0 ? "," : " ", 1);
			buf_addu(&out, number[k]);
		}
	}
	return out.data;
}

size_t
timing_unpack(struct pool *pool, const struct cell *words, struct timed_word **v)
{
	const char *s = words->s;
	size_t n = 0;

	*v = pool_array(pool, words->len / 4 + 1, sizeof **v);
	while (*s != '\0') {
		uint32_t number[4] = {0};
		char *end = NULL;

		for (int i = 0; i < 4; i++) {
			number[i] = (uint32_t)strtoul(s, &end, 10);
			s = end + (*end != '\0');
		}
		(*v)[n++] = (struct timed_word){number[0], number[1], number[2], number[3]};
	}
	return n;
}

/* ------------------------------------------------------------------ */

enum rc
timing_get(struct db *db, struct pool *pool, uint64_t user, uint64_t id, struct timing *out)
{
	struct rows rows;
	const struct cell *row;

	TRY(db_query(db, pool, &rows, &sql[GET], ARGS(db_u64(id), db_u64(user))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	row = db_row(&rows, 0);
	*out = (struct timing){.text = row[0].s,
	    .text_len = row[0].len,
	    .revision = row[1].number,
	    .error = row[3].s,
	    .duration_ms = row[4].number};
	out->n = timing_unpack(pool, &row[5], &out->words);
	TRY(audio_state_read(&row[2], &out->state));
	if (audio_is_remade(out->revision, row[6].number, row[7].number)) {
		out->state = AUDIO_READY;
		out->revision = row[6].number;
	}
	return RC_OK;
}

enum rc
timing_put(struct db *db, struct pool *pool, struct result *const *v, size_t n)
{
	struct arg args[3 * DB_CHUNK];
	size_t k;

	for (size_t i = 0; i < n; i += k) {
		size_t n_args = 0;

		k = db_chunk(n - i);
		for (size_t j = i; j < i + k; j++) {
			args[n_args++] = db_u64(v[j]->id);
			args[n_args++] = db_u64(v[j]->revision);
			args[n_args++] = db_text(pack(pool, v[j]->words, v[j]->words_n));
		}
		TRY(db_run(db, pool, &sql[PUT], k, args, n_args, NULL));
	}
	return RC_OK;
}
