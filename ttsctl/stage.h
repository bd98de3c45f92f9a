#ifndef TTS_CTL_STAGE_H
#define TTS_CTL_STAGE_H

#include <stdbool.h>

#include "../store/pipeline_admin.h"

/* The stage of that name, and whether there is a class of errors of that name. False is reported.
 */
bool stage_read(const char *name, enum stage *out);
bool class_is_known(const char *name);

/* One object of JSON for each, as in "stage list" and "engine list". */
void stage_put_json(enum stage stage, const struct admin_queue *queue);
void engine_put_json(const struct admin_engine *engine);

#endif
