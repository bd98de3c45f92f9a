#ifndef TTS_PIPELINE_JSON_H
#define TTS_PIPELINE_JSON_H

#include "answer.h"
#include "body.h"
#include "pipeline_text.h"

/* The pipeline of the path, as its owner asks for it. */
struct pipeline_key pipeline_key_of(const struct req *req);

/* The lines of a song; none in lists. */
struct captions {
	const struct pipeline_caption *v;
	size_t n;
};

/* Write a pipeline as clients see it. With CAPTIONS NULL it is an item of a list, without what is
 * long. */
void pipeline_put(const struct req *req, struct buf *out, const struct pipeline *p,
    const struct captions *captions);

/* Write the members of one stage into an object that is open. */
void pipeline_put_stage(const struct req *req, struct buf *out, const struct pipeline *p,
    enum stage stage, const struct captions *captions);

/* Write the answer to whoever asked for one stage only, which run RUN makes. */
void pipeline_put_generated(const struct req *req, struct buf *out, const struct pipeline *p,
    enum stage stage, uint64_t run, bool existing);

/* Checks of fields. */
#define PIPELINE_NAME_CHARS 255
const char *pipeline_check_task(const struct field *field);
const char *pipeline_check_orientation(const struct field *field);

/* Answer a request for something that this server does not do. */
struct answer pipeline_none_made(const struct req *req);

/* Answer the outcome of a change of the pipeline in the path, other than RC_OK. */
struct answer pipeline_problem(const struct req *req, enum rc rc);

/* Begin and end an answer with "success", "task_id" and what the caller adds. */
struct buf pipeline_answer_begin(const struct req *req);
struct answer pipeline_answer_end(const struct req *req, struct buf *body);

#endif
