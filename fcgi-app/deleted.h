#ifndef TTS_DELETED_H
#define TTS_DELETED_H

#include <stdint.h>

#include "answer.h"
#include "req.h"

/*
 * Answer a DELETE after the store; RC tells whether the rows are gone. If so, first the URLs of a
 * project (AUDIO is 0) or of one sentence (PROJECT is ignored) stop answering; the files are
 * removed later.
 */
struct answer answer_deleted(const struct req *req, enum rc rc, uint64_t project, uint64_t audio);

#endif
