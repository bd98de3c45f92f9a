#ifndef TTS_CHILD_H
#define TTS_CHILD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sandbox.h"
#include "sound.h"

/* The data that a child inherits, ready for use, from the zygote of its voice. */
struct child_terms {
	struct sound_terms sound;
	size_t slot_size;
	struct sandbox_limits limits;
};

/*
 * The body of the child process: speak the one sentence in the slot that SLOT_FD refers to, and
 * exit. The child enters the sandbox before it looks at the text. PARENT is the process that forked
 * it.
 */
_Noreturn void child_speak(const struct child_terms *terms, int slot_fd, pid_t parent);

#endif
