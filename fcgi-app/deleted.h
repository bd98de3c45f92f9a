#ifndef TTS_DELETED_H
#define TTS_DELETED_H

#include <stdbool.h>
#include <stdint.h>

#include "answer.h"
#include "req.h"

/*
 * Answer a DELETE after the store; RC tells whether the rows are gone. If so, first the URLs of a
 * project (AUDIO is 0) or of one sentence (PROJECT is ignored) stop answering; the files are
 * removed later. If they could not be stopped the answer has "is_gone": false.
 */
struct answer answer_deleted(const struct req *req, enum rc rc, uint64_t project, uint64_t audio);

/* The same for a pipeline that was deleted. */
struct answer answer_deleted_pipeline(const struct req *req, uint64_t pipeline);

/* The same for one picture, which had a URL if it was SHOWN. */
struct answer answer_deleted_picture(const struct req *req, uint64_t picture, bool shown);

/*
 * The worker starts: make the URLs of everything that was deleted stop answering where a worker has
 * died between the COMMIT and that. False if the database could not be asked; then call it again
 * when it answers.
 */
bool deleted_stay_gone(const struct api *api);

#endif
