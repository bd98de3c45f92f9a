#include "oracle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../common/media/media_level.h"
#include "../../common/say/say.h"
#include "../../common/text/text.h"
#include "../../common/work/lock.h"
#include "../../render-job/outcome.h"
#include "../../render-job/engine/worker.h"

#define WAIT_MS 120000
#define ENDINGS 64

/* Choose N of the ready rows. */
static size_t
choose(const struct snapshot *s, struct pool *pool, size_t n, uint64_t seed,
    const struct row ***chosen)
{
	const struct row **v = pool_array(pool, s->rows_n + 1, sizeof v[0]);
	size_t ready = 0;

	for (size_t i = 0; i < s->rows_n; i++)
		if (strcmp(s->rows[i].state, "ready") == 0)
			v[ready++] = &s->rows[i];
	if (n > ready)
		n = ready;
	for (size_t i = 0; i < n; i++) {
		size_t j = i + draw(&seed) % (ready - i);
		const struct row *row = v[i];

		v[i] = v[j];
		v[j] = row;
	}
	*chosen = v;
	return n;
}

static struct workers *
start(const struct conf *conf, struct pool *pool)
{
	char *path = pool_printf(pool, "/tmp/oracle-XXXXXX");
	int fd = mkstemp(path);
	struct speaking *speaking;
	struct workers *workers = NULL;

	if (fd < 0)
		give_up("cannot make %s", path);
	speaking = speaking_open(path, workers_slots(conf), 1);
	unlink(path);
	if (speaking != NULL)
		workers = workers_start(conf, speaking, fd);
	if (workers == NULL)
		give_up("cannot start the engine");
	close(fd);
	return workers;
}

/* The dictionary entries that apply to a sentence. */
static struct lexicon *
lexicon_of(struct pool *pool, const struct snapshot *s, const struct row *row)
{
	struct lexicon_entry *v = pool_array(pool, s->entries_n + 1, sizeof v[0]);
	size_t n = 0;

	for (size_t i = 0; i < s->entries_n; i++)
		if (s->entries[i].user == row->user)
			v[n++] = s->entries[i].entry;
	return lexicon_make(pool, v, n, row->project);
}

static void
speak(const struct conf *conf, struct pool *pool, const struct snapshot *s, struct workers *workers,
    const struct row *row)
{
	const struct project_row *project = project_find(s, row->project);
	struct claim claim = {.text = row->text,
	    .text_len = row->text_len,
	    .crashes = (unsigned)row->crashes,
	    .lexicon = lexicon_of(pool, s, row)};
	struct utterance what;
	const struct voice *voice;
	struct said said;

	claim.language = project->language;
	claim.voice = project->voice;
	claim.context = project->context;
	voice = outcome_voice(conf, &claim);
	if (voice == NULL)
		give_up("nobody speaks audio %" PRIu64 " any more", row->id);
	said = outcome_said(conf, pool, &claim, voice);
	what = outcome_utterance(pool, &said, voice, (int)row->speed);
	if (workers_speak(workers, &what, false, row->id, (void *)(uintptr_t)row) != ACCEPTED)
		give_up("cannot have audio %" PRIu64 " spoken again", row->id);
}

static void
compare(const struct conf *conf, const struct ending *e)
{
	const struct row *row = e->owner;
	struct pool *own = pool_new();
	size_t len = 0;
	uint8_t *data = file_read(own, media_find_absolute(conf, own, row->path), &len);

	if (e->ended != ENDED_SPOKEN)
		broken(I10, "audio %" PRIu64 " r%" PRIu64 " is ready but cannot be spoken now",
		    row->id, row->revision);
	else if (data != NULL && (len != e->mp3_len || memcmp(data, e->mp3, len) != 0))
		broken(I10, "audio %" PRIu64 " r%" PRIu64 " sounds otherwise when spoken again",
		    row->id, row->revision);
	pool_free(own);
}

void
check_renders(
    const struct conf *conf, struct pool *pool, const struct snapshot *s, size_t n, uint64_t seed)
{
	struct ending endings[ENDINGS];
	const struct row **chosen;
	struct workers *workers;
	size_t begun = 0, ended = 0, got;

	n = choose(s, pool, n, seed, &chosen);
	if (n == 0)
		return;
	workers = start(conf, pool);
	while (ended < n) {
		while (begun < n && workers_room(workers, false) > 0)
			speak(conf, pool, s, workers, chosen[begun++]);
		got = workers_wait(workers, WAIT_MS, -1, endings, ENDINGS);
		if (got == 0)
			give_up("the engine does not end");
		for (size_t i = 0; i < got; i++) {
			compare(conf, &endings[i]);
			workers_release(workers, endings[i].slot);
		}
		ended += got;
	}
	workers_stop(workers);
}
