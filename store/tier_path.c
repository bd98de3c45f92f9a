#include "tier_internal.h"

enum { SOUNDS, ASSETS, IMAGES };

static const struct sql sql[] = {
    [SOUNDS] = {.text = "SELECT id, audio_revision, path, size_bytes FROM audio"
			" WHERE path IS NOT NULL AND id IN (",
	DB_IDS},
    [ASSETS] = {.text = "SELECT a.path, a.size_bytes FROM asset a JOIN stage s ON s.id = a.stage_id"
			" WHERE s.pipeline_id IN (",
	DB_IDS},
    [IMAGES] = {.text = "SELECT path, 0 FROM image WHERE path <> '' AND pipeline_id IN (", DB_IDS},
};

static enum rc
paths_of_sounds(struct db *db, struct pool *pool, struct tier_named *const *v, size_t n)
{
	uint64_t ids[DB_CHUNK] = {0};
	struct rows rows;

	for (size_t i = 0; i < n; i++)
		ids[i] = v[i]->object.audio;
	TRY(db_run_ids(db, pool, &rows, &sql[SOUNDS], ids, n, NO_ARGS));
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < rows.n; j++) {
			const struct cell *row = db_row(&rows, j);

			if (row[0].number != v[i]->object.audio ||
			    row[1].number != v[i]->object.revision)
				continue;
			v[i]->path = row[2].s;
			v[i]->bytes = row[3].number;
		}
	return RC_OK;
}

static enum rc
paths_of_pipelines(
    struct db *db, struct pool *pool, const struct sql *find, struct tier_named *const *v, size_t n)
{
	uint64_t ids[DB_CHUNK] = {0};
	struct rows rows;

	for (size_t i = 0; i < n; i++)
		ids[i] = v[i]->object.pipeline;
	TRY(db_run_ids(db, pool, &rows, find, ids, n, NO_ARGS));
	for (size_t j = 0; j < rows.n; j++) {
		const struct cell *row = db_row(&rows, j);
		char name[TIER_NAME_SIZE];

		if (!tier_name_of_path(row[0].s, name))
			continue;
		for (size_t i = 0; i < n; i++)
			if (strcmp(v[i]->name, name) == 0) {
				v[i]->path = row[0].s;
				v[i]->bytes = row[1].number;
			}
	}
	return RC_OK;
}

enum rc
tier_paths(struct db *db, struct pool *pool, struct tier_named *v, size_t n)
{
	struct tier_named **sounds = pool_array(pool, n + 1, sizeof *sounds);
	struct tier_named **others = pool_array(pool, n + 1, sizeof *others);
	size_t n_sounds = 0, n_others = 0, k;

	for (size_t i = 0; i < n; i++) {
		v[i].path = "";
		v[i].bytes = 0;
		if (v[i].object.pipeline > 0)
			others[n_others++] = &v[i];
		else
			sounds[n_sounds++] = &v[i];
	}
	for (size_t i = 0; i < n_sounds; i += k) {
		k = db_chunk(n_sounds - i);
		TRY(paths_of_sounds(db, pool, sounds + i, k));
	}
	for (size_t i = 0; i < n_others; i += k) {
		k = db_chunk(n_others - i);
		TRY(paths_of_pipelines(db, pool, &sql[ASSETS], others + i, k));
		TRY(paths_of_pipelines(db, pool, &sql[IMAGES], others + i, k));
	}
	return RC_OK;
}
