#ifndef TTS_PIPELINE_TEXT_H
#define TTS_PIPELINE_TEXT_H

#include "../store/pipeline.h"
#include "req.h"

/* What people are told of a pipeline, in Korean or English. */
enum text_language { TEXT_KO, TEXT_EN, TEXT_LANGUAGES };

/*
 * The language for REQ: the one that Accept-Language prefers, otherwise that of a pipeline in
 * PIPELINE_LANGUAGE (a BCP 47 tag, "" for none).
 */
enum text_language text_language_for(const struct req *req, const char *pipeline_language);

/* About one stage, and about the whole, of which STAGE is decisive. */
const char *text_of_stage(
    const struct req *req, enum text_language language, const struct pipeline *p, enum stage stage);
const char *text_of_pipeline(
    const struct req *req, enum text_language language, enum pipeline_word word, enum stage stage);

/* The answers to requests. */
enum text_answer { TEXT_STARTED, TEXT_EXISTS, TEXT_RETRIED, TEXT_RESUMED, TEXT_ANSWERS };
const char *text_of_answer(
    const struct req *req, enum text_language language, enum text_answer answer, enum stage stage);

/* The name that clients use for a language ("Korean" for "ko"), or the tag itself; and the tag for
 * a name or a tag, NULL if no voice speaks it. */
const char *text_language_name(const char *tag);
const char *text_language_tag(const char *name);

#endif
