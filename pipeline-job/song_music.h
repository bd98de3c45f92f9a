#ifndef TTS_SONG_MUSIC_H
#define TTS_SONG_MUSIC_H

#include <stdint.h>

#include "engine.h"

/*
 * The music for a song, as an absolute path: a file of the directory pipeline.song.music_dir/GENRE,
 * chosen by the name of the pipeline. GENRE is that of the request, or the first of its parts
 * between commas that has such a directory; case does not matter. NULL if there is none.
 */
const char *music_find(
    struct pool *pool, const char *music_dir, const char *genre, const char *task_id);

/*
 * Mix VOICE, a file of in->directory, with MUSIC to the file RESULT of it, an MP3: the music begins
 * again when it ends, is lowered while somebody speaks, and fades out at the end; the whole has the
 * loudness of all sounds. It is as long as the voice, MS. False: OUT says why.
 */
bool music_mix(const struct engine_input *in, const char *voice, uint64_t ms, const char *music,
    const char *result, struct engine_answer *out);

#endif
