#include <string.h>

#include "engine.h"
#include "services.h"

const struct engine *const engines[] = {
    &lyric_given,
    &engine_template,
    &engine_openai_chat,
    &engine_speech,
    &engine_suno,
    &engine_ffmpeg,
    &engine_creatomate,
};
const size_t engines_n = sizeof engines / sizeof *engines;

const struct engine *
engine_named(enum stage stage, const char *name)
{
	for (size_t i = 0; i < engines_n; i++)
		if (engines[i]->stage == stage && strcmp(engines[i]->name, name) == 0)
			return engines[i];
	return NULL;
}
