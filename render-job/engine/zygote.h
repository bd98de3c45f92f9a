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
 *   renderer ── fork server ──┬─ zygote (one voice) ──┬─ child (one sentence)
 *                             ├─ zygote               ├─ child
 *                             …                       …
 *
 * The fork server is forked before the renderer has read any secret or opened the database. When
 * first asked, it loads the engine and prepares an encoder. It forks a zygote for each voice,
 * because setting a voice leaves traces in the engine that are audible with later ones. A zygote
 * sets its voice and forks a child for each sentence. Neither the fork server nor a zygote ever
 * sees a text. Each process dies with its parent.
 */
struct zygote_env {
	const struct conf *conf;
	struct speaking *speaking;
	const int *slot_fd;
	size_t slots;
	size_t slot_size;
};

/*
 * Renderer to fork server: start a zygote for this voice. The answer is the zygote's two sockets,
 * as SCM_RIGHTS: one for requests that wait for their turn, one for urgent requests.
 */
struct zygote_wanted {
	uint32_t voice; /* index in voices[] */
};

/* Zygote to renderer, once. */
struct zygote_hello {
	int32_t sample_rate; /* -1: the voice cannot be set */
};

/* Renderer to zygote: speak the sentence in this slot. */
struct speak_request {
	uint64_t id; /* of the sentence, for the table of sentences being spoken */
	uint32_t slot;
};

/* Zygote to renderer: the child has died. */
struct speak_report {
	uint32_t slot;
	int32_t status; /* as from waitpid(2) */
	uint32_t late;	/* it was killed for exceeding its time limit */
};

/*
 * The body of the fork server, until SOCKET (SOCK_SEQPACKET) is closed. The process must have been
 * forked for this and have closed every descriptor it must not keep.
 */
_Noreturn void forkserver_run(const struct zygote_env *env, int socket, pid_t parent);

/* Send and receive a descriptor, along with one byte. Return -1 with errno on failure. */
int descriptor_send(int socket, int fd);
int descriptor_receive(int socket);

#endif
