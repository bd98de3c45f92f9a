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
 * The children that speak, as seen from the renderer. There is a fixed number of slots, each with
 * the memory that is shared with the child in it: four times as many as children at once, and one
 * for urgent sentences. So the next sentences start while the renderer publishes the previous ones,
 * which involves several waits for the disk and the database, and a short sentence takes less time
 * than those.
 */
struct workers;

/* The number of slots for this configuration. */
size_t workers_slots(const struct conf *conf);

/*
 * Prepare the slots and fork the fork server. Call it before any secret is read or any connection
 * opened: the children inherit everything this process has, except LOCK_FD and the contents of the
 * slots. NULL, logged, on failure.
 */
struct workers *workers_start(const struct conf *conf, struct speaking *speaking, int lock_fd);

/*
 * Let the children exit if no slot is in use, kill them otherwise, and free the slots. The CPU time
 * of children that exited is added to RUSAGE_CHILDREN. NULL is ignored.
 */
void workers_stop(struct workers *workers);

enum accepted {
	ACCEPTED,
	ACCEPTED_NOT_NOW,  /* no slot is free; wait for a child */
	ACCEPTED_NO_VOICE, /* the engine cannot load that voice */
	ACCEPTED_NEVER,	   /* the engine is not usable; logged */
};

/* A sentence for a child to speak. */
struct utterance {
	const struct voice *voice;
	int percent; /* of normal speed */
	const char *text;
	size_t len;    /* at most SLOT_TEXT_MAX */
	bool phonemes; /* [[...]] in TEXT are phonemes */
	const struct speak_part *parts;
	size_t parts_n; /* at most SLOT_PARTS_MAX; 0: VOICE speaks the whole text */
};

/*
 * Have a sentence spoken. OWNER is returned with the outcome. ID is in the table of sentences being
 * spoken as soon as its child runs. An URGENT sentence does not wait for those given earlier: its
 * child starts at once, in addition to the scheduler.workers that may be running, and with a higher
 * priority; at most scheduler.workers urgent ones run at a time.
 */
enum accepted workers_speak(
    struct workers *workers, const struct utterance *what, bool urgent, uint64_t id, void *owner);

enum ended {
	ENDED_SPOKEN,  /* MP3 is a complete file */
	ENDED_REFUSED, /* CHILD tells why */
	ENDED_CRASHED, /* with SIGNAL or STATUS, in PHASE */
	ENDED_LATE,    /* killed for exceeding its time limit, in PHASE */
	ENDED_LOST,    /* its zygote died: the sentence is not to blame */
};

/* How a child ended. */
struct ending {
	void *owner;
	size_t slot;
	enum ended ended;
	enum child_end child;
	enum phase phase;
	int signal; /* 0: it exited with STATUS */
	int status;
	uint64_t samples;
	int sample_rate;
	const uint8_t *mp3; /* valid until workers_release */
	size_t mp3_len;
	const struct slot_word *words; /* likewise; the child may have written anything */
	size_t words_n;
	int64_t loudness; /* in hundredths of LUFS; SLOT_LOUDNESS_NONE if unknown */
};

/*
 * Wait at most TIMEOUT_MS for children to end, or until the descriptor WAKE (-1: none) is readable.
 * Put up to MAX endings into V and return their number; 0 after a signal or a timeout. Each slot
 * must be released afterwards.
 */
size_t workers_wait(
    struct workers *workers, int timeout_ms, int wake, struct ending *v, size_t max);

/* Clear the slot and its entry in the table of sentences being spoken; it can be used again. */
void workers_release(struct workers *workers, size_t slot);

/* The number of slots in use, and how many more sentences can be accepted. One slot is reserved
 * for urgent ones. */
size_t workers_busy(const struct workers *workers);
size_t workers_room(const struct workers *workers, bool urgent);

#endif
