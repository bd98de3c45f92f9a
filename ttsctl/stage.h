#ifndef TTS_CTL_STAGE_H
#define TTS_CTL_STAGE_H

#include "../store/pipeline_admin.h"

/* One object of JSON for each, as in "stage list" and "engine list". */
void stage_put_json(enum stage stage, const struct admin_queue *queue);
void engine_put_json(const struct admin_engine *engine);

#endif
