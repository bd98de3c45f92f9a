#include "stage_internal.h"

/* What a run is made from: read anew each time, so that a retry sees the newest. */

enum {
	ABOUT,
	LYRIC_OF,
	LYRIC,
	PROJECT,
	PROJECT_TEXT,
	SOUNDS,
	SONG,
	CAPTIONS,
	IMAGES,
	OURS,
	PICTURE,
};

static const struct sql sql[] = {
    [ABOUT] = {.text = "SELECT task_id, customer_name, region, detail, language, genre,"
		       " orientation = 'vertical', COALESCE(lyric, ''), COALESCE(project_id, 0),"
		       " stages + 0 FROM pipeline WHERE id = ?"},
    [LYRIC_OF] = {.text = "SELECT COALESCE(text, '') FROM stage_lyric WHERE id = ?"},
    [LYRIC] = {.text = "SELECT COALESCE(text, '') FROM stage_lyric WHERE pipeline_id = ?"
		       " AND state = 'done' ORDER BY run DESC LIMIT 1"},
    [PROJECT] = {.text = "SELECT id FROM project WHERE id = ? AND user_id = ? AND deleted = 0"},
    [PROJECT_TEXT] = {.text = "SELECT text FROM audio WHERE project_id = ? ORDER BY position"},
    [SOUNDS] = {.text =
		    "SELECT a.state, a.path, a.text, a.duration_ms, COALESCE(t.words, ''),"
		    " a.error FROM audio a LEFT JOIN timing t ON t.audio_id = a.id AND"
		    " t.revision = a.audio_revision WHERE a.project_id = ? ORDER BY a.position"},
    [SONG] = {.text = "SELECT path, duration_ms FROM asset WHERE stage_id = ?"
		      " ORDER BY chosen DESC, n LIMIT 1"},
    [CAPTIONS] = {.text = "SELECT text, start_ms, end_ms FROM caption WHERE stage_id = ?"
			  " ORDER BY position"},
    [IMAGES] = {.text = "SELECT id, type, inbox, path, error FROM image WHERE pipeline_id = ?"
			" ORDER BY position LIMIT ?"},
    [OURS] = {.text = "SELECT id FROM stage_video WHERE id = ?" QUEUE_GUARD " FOR UPDATE"},
    [PICTURE] = {.text = "UPDATE image SET state = IF(? = '', 'failed', 'ready'), path = ?,"
			 " error = LEFT(?, 255), inbox = '' WHERE id = ? AND pipeline_id = ?"
			 " AND state = 'new'"},
};

struct inputs {
	struct db *db;
	struct pool *pool;
	const struct stage_claim *claim;
	struct stage_input *out;
	uint64_t project; /* of the user, whose sentences are the song; 0: none */
	bool has_lyric;	  /* the stage was asked for */
};

static enum rc
read_about(struct inputs *in)
{
	struct stage_input *out = in->out;
	const struct cell *row;
	struct rows rows;

	TRY(db_query(in->db, in->pool, &rows, &sql[ABOUT], ARGS(db_u64(in->claim->pipeline))));
	if (rows.n == 0)
		return RC_NOT_FOUND;
	row = db_row(&rows, 0);
	*out = (struct stage_input){.task_id = row[0].s,
	    .customer_name = row[1].s,
	    .region = row[2].s,
	    .detail = row[3].s,
	    .language = row[4].s,
	    .genre = row[5].s,
	    .vertical = row[6].number != 0,
	    .lyric = row[7].s,
	    .song = ""};
	in->project = row[8].number;
	in->has_lyric = (row[9].number >> STAGE_LYRIC & 1) != 0;
	return RC_OK;
}

/* The sentences of the user's project, one a line. */
static enum rc
read_project_text(struct inputs *in)
{
	struct rows rows;
	struct buf text;

	TRY(db_query(in->db, in->pool, &rows, &sql[PROJECT],
	    ARGS(db_u64(in->project), db_u64(in->claim->user))));
	if (rows.n == 0)
		return RC_OK;
	TRY(db_query(in->db, in->pool, &rows, &sql[PROJECT_TEXT], ARGS(db_u64(in->project))));
	buf_init(&text, in->pool, 4096);
	for (size_t i = 0; i < rows.n; i++) {
		if (i > 0)
			buf_adds(&text, "\n");
		buf_add(&text, db_row(&rows, i)->s, db_row(&rows, i)->len);
	}
	in->out->lyric = text.data;
	return RC_OK;
}

/* The text of the stage before; or that of the request, if there was no such stage. */
static enum rc
read_lyric(struct inputs *in)
{
	struct rows rows;

	if (in->claim->stage == STAGE_SONG && in->claim->input != 0)
		TRY(db_query(
		    in->db, in->pool, &rows, &sql[LYRIC_OF], ARGS(db_u64(in->claim->input))));
	else
		TRY(db_query(
		    in->db, in->pool, &rows, &sql[LYRIC], ARGS(db_u64(in->claim->pipeline))));
	if (rows.n > 0)
		in->out->lyric = db_row(&rows, 0)->s;
	else if (in->has_lyric && in->claim->stage == STAGE_SONG && in->project == 0)
		return RC_NOT_FOUND;
	return RC_OK;
}

/* From the beginning of the first word to the end of the last. */
static void
read_span(struct pool *pool, const struct cell *words, struct stage_sound *s)
{
	struct timed_word *v;
	size_t n = timing_unpack(pool, words, &v);

	s->to_ms = (uint32_t)s->duration_ms;
	if (n == 0)
		return;
	s->from_ms = v[0].start_ms;
	s->to_ms = v[n - 1].end_ms;
}

static enum rc
read_sounds(struct inputs *in)
{
	struct stage_input *out = in->out;
	struct rows rows;

	if (in->claim->project == 0)
		return RC_OK;
	TRY(db_query(in->db, in->pool, &rows, &sql[PROJECT],
	    ARGS(db_u64(in->claim->project), db_u64(in->claim->user))));
	if (rows.n == 0) {
		out->sound_error = "the project is gone";
		return RC_OK;
	}
	TRY(db_query(in->db, in->pool, &rows, &sql[SOUNDS], ARGS(db_u64(in->claim->project))));
	out->sounds = pool_array(in->pool, rows.n + 1, sizeof *out->sounds);
	for (size_t i = 0; i < rows.n; i++) {
		const struct cell *row = db_row(&rows, i);
		enum audio_state state;

		TRY(audio_state_read(&row[0], &state));
		if (state == AUDIO_FAILED && out->sound_error == NULL)
			out->sound_error = pool_printf(
			    in->pool, "sentence %zu cannot be spoken: %s", i + 1, row[5].s);
		out->unfinished += state != AUDIO_FAILED && state != AUDIO_READY;
		out->sounds[i] = (struct stage_sound){
		    .path = row[1].s, .text = row[2].s, .duration_ms = row[3].number};
		read_span(in->pool, &row[4], &out->sounds[i]);
	}
	out->n_sounds = rows.n;
	return RC_OK;
}

static enum rc
read_song(struct inputs *in)
{
	struct stage_input *out = in->out;
	struct rows rows;

	if (in->claim->input == 0)
		return RC_NOT_FOUND;
	TRY(db_query(in->db, in->pool, &rows, &sql[SONG], ARGS(db_u64(in->claim->input))));
	if (rows.n > 0) {
		out->song = db_row(&rows, 0)[0].s;
		out->song_ms = db_row(&rows, 0)[1].number;
	}
	TRY(db_query(in->db, in->pool, &rows, &sql[CAPTIONS], ARGS(db_u64(in->claim->input))));
	out->captions = pool_array(in->pool, rows.n + 1, sizeof *out->captions);
	for (size_t i = 0; i < rows.n; i++) {
		const struct cell *row = db_row(&rows, i);

		out->captions[i] = (struct stage_caption){
		    .text = row[0].s, .start_ms = row[1].number, .end_ms = row[2].number};
	}
	out->n_captions = rows.n;
	return RC_OK;
}

static enum rc
read_images(struct inputs *in)
{
	static const char *const types[IMAGE_TYPES] = {
	    [IMAGE_PNG] = "png", [IMAGE_JPEG] = "jpeg", [IMAGE_WEBP] = "webp"};
	struct stage_input *out = in->out;
	struct rows rows;

	TRY(db_query(in->db, in->pool, &rows, &sql[IMAGES],
	    ARGS(db_u64(in->claim->pipeline), db_i64(db_conf(in->db)->pipeline.images_max))));
	out->images = pool_array(in->pool, rows.n + 1, sizeof *out->images);
	for (size_t i = 0; i < rows.n; i++) {
		const struct cell *row = db_row(&rows, i);
		struct stage_image *image = &out->images[i];

		*image = (struct stage_image){
		    .id = row[0].number, .inbox = row[2].s, .path = row[3].s, .error = row[4].s};
		while (image->type + 1 < IMAGE_TYPES && strcmp(types[image->type], row[1].s) != 0)
			image->type++;
	}
	out->n_images = rows.n;
	return RC_OK;
}

enum rc
stage_input(
    struct db *db, struct pool *pool, const struct stage_claim *claim, struct stage_input *out)
{
	struct inputs in = {.db = db, .pool = pool, .claim = claim, .out = out};

	TRY(read_about(&in));
	switch (claim->stage) {
	case STAGE_LYRIC:
		return in.project != 0 && out->lyric[0] == '\0' ? read_project_text(&in) : RC_OK;
	case STAGE_SONG:
		TRY(read_lyric(&in));
		return read_sounds(&in);
	default:
		TRY(read_lyric(&in));
		TRY(read_song(&in));
		return read_images(&in);
	}
}

/* ---------------------------------------------------------------- pictures */

struct pictures {
	struct pool *pool;
	const struct stage_claim *claim;
	struct stage_picture *v;
	size_t n;
};

static enum rc
pictures_body(struct db *db, void *ctx)
{
	const struct pictures *p = ctx;
	const struct stage_claim *c = p->claim;
	struct stage_pipeline pipeline;
	struct rows rows;
	enum rc rc = stage_lock_pipeline(db, p->pool, c->pipeline, &pipeline);

	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_STALE : rc;
	TRY(db_query(db, p->pool, &rows, &sql[OURS],
	    ARGS(db_u64(c->id), db_bytes(c->token, CLAIM_TOKEN_SIZE))));
	if (rows.n == 0)
		return RC_STALE;
	for (size_t i = 0; i < p->n; i++) {
		struct stage_picture *v = &p->v[i];
		const char *error = v->error[0] != '\0' ? v->error : "it cannot be read";

		TRY(db_exec(db, &sql[PICTURE],
		    ARGS(db_text(v->path), db_text(v->path),
			db_text(v->path[0] != '\0' ? "" : error), db_u64(v->image),
			db_u64(c->pipeline))));
		v->unwanted = db_changed(db) == 0;
	}
	return RC_OK;
}

/* The paths are named by the rows once that was committed. */
static enum rc
pictures_read_back(struct db *db, void *ctx)
{
	return RC_UNKNOWN;
}

enum rc
stage_pictures(struct db *db, const struct stage_claim *claim, struct stage_picture *v, size_t n)
{
	static const struct txn txn = {.body = pictures_body,
	    .read_back = pictures_read_back,
	    .before_commit = "store.stage.pictures.before_commit",
	    .committed = "store.stage.pictures.committed"};
	struct pictures p = {pool_new(), claim, v, n};
	enum rc rc = db_transact(db, &txn, &p);

	pool_free(p.pool);
	return rc;
}
