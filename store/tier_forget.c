#include "tier_internal.h"

enum { PIPELINE, PROJECT, PIN, SENTENCE, FILE_, HEAT, NEWER };

static const struct sql sql[] = {
    [PIPELINE] = {.text = "DELETE FROM content WHERE pipeline_id = ?"},
    [PROJECT] = {.text = "DELETE FROM content WHERE project_id = ?"},
    [PIN] = {.text = "DELETE FROM level_pin WHERE project_id = ?"},
    [SENTENCE] = {.text = "DELETE FROM content WHERE audio_id = ?"},
    [FILE_] = {.text = "DELETE FROM content WHERE name = ?"},
    [HEAT] = {.text = "SELECT total, CONCAT(lw), half_life_sec,"
		      " CAST(UNIX_TIMESTAMP(COALESCE(fetched_at, NOW(3))) * 1000 AS UNSIGNED)"
		      " FROM content WHERE name = ? FOR UPDATE"},
    [NEWER] = {.text = "SELECT path FROM audio WHERE id = ? AND audio_revision > ?"},
};

/* A sound was replaced: the new one has half of its heat. */
static enum rc
inherit(struct db *db, struct pool *pool, const char *name, const struct tier_object *object)
{
	struct tier_heat heat = {.object = {.project = object->project, .audio = object->audio}};
	char newer_name[TIER_NAME_SIZE];
	struct tier_levels levels;
	struct rows old, newer;
	enum rc rc;

	TRY(db_query(db, pool, &old, &sql[HEAT], ARGS(db_text(name))));
	if (old.n == 0)
		return RC_OK;
	TRY(db_query(
	    db, pool, &newer, &sql[NEWER], ARGS(db_u64(object->audio), db_u64(object->revision))));
	rc = tier_levels_read(db, pool, &levels);
	if (rc == RC_NOT_READY) /* the levels are being changed: it starts anew */
		return RC_OK;
	TRY(rc);
	heat.total = db_row(&old, 0)[0].number / 2;
	if (newer.n == 0 || heat.total == 0 ||
	    !tier_name_of_path(db_row(&newer, 0)->s, newer_name) ||
	    !tier_name_parse(newer_name, &heat.object))
		return RC_OK;
	heat.name = newer_name;
	heat.lw = tier_cell_real(&db_row(&old, 0)[1]) - 1;
	heat.at = (int64_t)db_row(&old, 0)[3].number;
	return tier_heat_add(db, pool, &levels, &heat, 1);
}

enum rc
tier_forget(struct db *db, struct pool *pool, const struct trash *trash)
{
	struct tier_object object;
	char name[TIER_NAME_SIZE];
	bool named = tier_name_of_path(trash->path, name) && tier_name_parse(name, &object);

	if (db_conf(db)->levels.n == 0)
		return RC_OK;
	if (trash->pipeline != 0 && trash->path[0] == '\0')
		return db_exec(db, &sql[PIPELINE], ARGS(db_u64(trash->pipeline)));
	if (trash->pipeline == 0 && trash->audio == 0) {
		TRY(db_exec(db, &sql[PROJECT], ARGS(db_u64(trash->project))));
		return db_exec(db, &sql[PIN], ARGS(db_u64(trash->project)));
	}
	/* A tombstone: the sentence itself is gone. */
	if (trash->pipeline == 0 && trash->bury)
		return db_exec(db, &sql[SENTENCE], ARGS(db_u64(trash->audio)));
	if (!named)
		return RC_OK;
	if (trash->pipeline == 0)
		TRY(inherit(db, pool, name, &object));
	return db_exec(db, &sql[FILE_], ARGS(db_text(name)));
}
