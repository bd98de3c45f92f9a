#ifndef TTS_DELETED_H
#define TTS_DELETED_H

#include <stdint.h>

#include "answer.h"
#include "req.h"

/*
 * Answer a DELETE after the store: RC says whether the rows are gone. If so the URLs of a project
 * (AUDIO 0) or of one sentence (PROJECT is then of no account) stop answering first; the files
 * follow.
 */
struct answer answer_deleted(const struct req *req, enum rc rc, uint64_t project, uint64_t audio);

#endif
