#ifndef TTS_CHILD_H
#define TTS_CHILD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sandbox.h"
#include "sound.h"

/* What a child inherits, ready for use, from the process that was forked for its voice. */
struct child_terms {
	struct sound_terms sound;
	size_t slot_size;
	struct sandbox_limits limits;
};

/*
 * Be the child that speaks the one sentence in the slot behind SLOT_FD, and end. Before it looks at
 * the text it has gone to prison. PARENT is the process that forked it.
 */
_Noreturn void child_speak(const struct child_terms *terms, int slot_fd, pid_t parent);

#endif
