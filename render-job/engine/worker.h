#ifndef TTS_WORKER_H
#define TTS_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../common/base/conf.h"
#include "../../common/say/voice.h"
#include "../../common/work/lock.h"
#include "slot.h"

/*
 * The children that speak, seen from the renderer: a number of places, each with the memory that is
 * shared with the child in it. There are four times as many places as children at once, and
 * one for what is urgent: the next sentences begin while the renderer publishes the last, which is
 * several waits for the disk and the database, and a short sentence is spoken in less.
 */
struct workers;

/* Places for so many children at once. */
size_t workers_places(const struct conf *conf);

/*
 * Prepare the places and fork the nursery. Call before any secret is read and any connection is
 * open: the children have what this process has now, but LOCK_FD and the places. NULL (logged) if
 * it cannot be done.
 */
struct workers *workers_start(const struct conf *conf, struct speaking *speaking, int lock_fd);

/*
 * Let them go when no place is taken, kill them all otherwise, and free the places. Those let go
 * have their time added to RUSAGE_CHILDREN. NULL is ignored.
 */
void workers_stop(struct workers *workers);

enum accepted {
	ACCEPTED,
	ACCEPTED_NOT_NOW,  /* no place is free; wait for a child */
	ACCEPTED_NO_VOICE, /* the engine does not have that voice after all */
	ACCEPTED_NEVER,	   /* the engine is not usable (logged) */
};

/* What a child is to say. */
struct utterance {
	const struct voice *voice;
	int percent; /* of the normal rate */
	const char *text;
	size_t len;    /* at most SLOT_TEXT_MAX */
	bool phonemes; /* [[...]] in TEXT means them */
	const struct speak_part *parts;
	size_t parts_n; /* at most SLOT_PARTS_MAX; 0: VOICE speaks all of it */
};

/*
 * Have a sentence spoken. OWNER comes back with its outcome. ID goes into the table of what is
 * being spoken as soon as it is. An URGENT one does not wait for those that were given before: its
 * child starts at once, beside the scheduler.workers that may be running already, and with a higher
 * priority than theirs; up to scheduler.workers of them at a time.
 */
enum accepted workers_speak(
    struct workers *workers, const struct utterance *what, bool urgent, uint64_t id, void *owner);

enum ended {
	ENDED_SPOKEN,  /* MP3 is a whole file */
	ENDED_REFUSED, /* CHILD says why */
	ENDED_CRASHED, /* SIGNAL or STATUS, doing PHASE */
	ENDED_LATE,    /* killed when its time was over, doing PHASE */
	ENDED_LOST,    /* its zygote died: nobody knows, and it is not to blame */
};

/* How a child ended. */
struct ending {
	void *owner;
	size_t place;
	enum ended ended;
	enum child_end child;
	enum phase phase;
	int signal; /* 0: it exited, with STATUS */
	int status;
	uint64_t samples;
	int sample_rate;
	const uint8_t *mp3; /* lives until workers_release */
	size_t mp3_len;
	const struct slot_word *words; /* likewise; whatever the child wrote there */
	size_t words_n;
	int64_t loudness; /* in hundredths of LUFS; SLOT_LOUDNESS_NONE if it cannot be told */
};

/*
 * Wait at most TIMEOUT_MS for children to end, or until WAKE is readable (a descriptor, -1 for
 * none). Put up to MAX endings into V and return how many; 0 after a signal or in vain. Each place
 * has to be released.
 */
size_t workers_wait(
    struct workers *workers, int timeout_ms, int wake, struct ending *v, size_t max);

/* Empty the place, and the table of what is being spoken of it; the next sentence may come. */
void workers_release(struct workers *workers, size_t place);

/* How many places are taken, and how many more sentences can be given. One is kept for urgent ones.
 */
size_t workers_busy(const struct workers *workers);
size_t workers_room(const struct workers *workers, bool urgent);

#endif
