#ifndef TTS_STORE_AUDIO_CHANGE_H
#define TTS_STORE_AUDIO_CHANGE_H

#include "internal.h"

/* What changes of sentences have in common: store/audio_edit.c and audio_move.c. */

/* A requested change and its result. */
struct audio_change {
	struct pool *pool;
	uint64_t user, project, id;
	int64_t index;
	const char *text;
	size_t text_len;
	int speed;
	uint64_t sentences_max;
	const struct if_match *if_match;
	struct idempotency *idem;
	uint64_t revision; /* after the change */
	uint64_t *count;
	struct audio *out;
};

/*
 * Find the project of the sentence c->id, and lock user, project and sentence, in this order.
 * *SENTENCES is how many the project has. RC_STALE if the sentence is not of a wanted revision.
 */
enum rc audio_change_lock(struct db *db, struct audio_change *c, struct locked_user *user,
    struct audio_row *row, uint64_t *sentences);

/* Write the event of this change, as the last thing before the COMMIT. */
enum rc audio_change_tell(
    struct db *db, const struct audio_change *c, enum event_type type, const char *data);

#endif
