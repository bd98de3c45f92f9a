#ifndef TTS_PIPELINE_SERVICES_H
#define TTS_PIPELINE_SERVICES_H

#include "engine.h"

/* Engines that are services elsewhere; see tts-services(7). */
extern const struct engine engine_openai_chat; /* lyric_openai.c */
extern const struct engine engine_suno;	       /* song_suno.c */
extern const struct engine engine_creatomate;  /* video_creatomate.c */

#endif
