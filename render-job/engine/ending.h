#ifndef TTS_ENDING_H
#define TTS_ENDING_H

#include "worker.h"

/*
 * Read the results of a child that is dead from its slot of SLOT_SIZE bytes. They must be trusted
 * no more than the text it was given: whatever it wrote, E describes a complete file or an error.
 * E->ended and E->sample_rate are set by the caller.
 */
void ending_read(
    const struct conf *conf, const struct slot *slot, size_t slot_size, struct ending *e);

#endif
