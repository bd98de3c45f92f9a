#ifndef TTS_ADOPT_H
#define TTS_ADOPT_H

#include "move.h"

/*
 * Files that were never fetched have no row, and only a walk finds them. Give some of LEVEL one,
 * so that they can make room: about BYTES of them. The walk is bounded and begins each time at
 * another place.
 */
enum rc adopt_files(struct mover *m, unsigned level, uint64_t bytes);

#endif
