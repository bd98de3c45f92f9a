#ifndef TTS_ZYGOTE_H
#define TTS_ZYGOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../../common/base/conf.h"
#include "../../common/work/lock.h"

/*
 * The processes between the renderer and the children that speak:
 *
 *   renderer ── nursery ──┬─ zygote (one voice) ──┬─ child (one sentence)
 *                         ├─ zygote               ├─ child
 *                         …                       …
 *
 * The nursery is forked before the renderer has read any secret or opened the database. It loads
 * the engine when first asked, prepares an encoder, and forks a zygote for each voice, because a
 * voice leaves traces in the engine that later ones can be heard to have. A zygote sets its voice
 * and forks a child for each sentence. Neither ever sees a text. Each dies with its parent.
 */
struct zygote_env {
	const struct conf *conf;
	struct speaking *speaking;
	const int *slot_fd;
	size_t slots;
	size_t slot_size;
};

/*
 * Renderer to nursery: a zygote for this voice. The answer is its two sockets, as SCM_RIGHTS: one
 * for requests that wait for their turn, one for urgent requests.
 */
struct zygote_wanted {
	uint32_t voice; /* index in voices[] */
};

/* Zygote to renderer, once. */
struct zygote_hello {
	int32_t sample_rate; /* -1: the voice cannot be set */
};

/* Renderer to zygote: speak what is in this slot. */
struct speak_request {
	uint64_t id; /* of the sentence, for the table of those being spoken */
	uint32_t slot;
};

/* Zygote to renderer: the child is dead. */
struct speak_report {
	uint32_t slot;
	int32_t status; /* as of waitpid(2) */
	uint32_t late;	/* it was killed because its time was over */
};

/*
 * Be the nursery, until SOCKET (SOCK_SEQPACKET) ends. The process must have been forked for this
 * and closed what it should not have.
 */
_Noreturn void nursery_run(const struct zygote_env *env, int socket, pid_t parent);

/* Send and receive a descriptor with one byte. -1 with errno if that fails. */
int descriptor_send(int socket, int fd);
int descriptor_receive(int socket);

#endif
