/*
 * Make a film as tts-pipeline does, without a server:
 *
 *     film DIRECTORY SONG MS vertical|horizontal PICTURE...     all paths are absolute
 *
 * It has a caption for every three seconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../pipeline-job/engine.h"

int
main(int argc, char **argv)
{
	if (argc < 6)
		return 64;
	struct pool *pool = pool_new();
	struct conf *conf = pool_alloc(pool, sizeof *conf);
	conf->pipeline.stage[STAGE_VIDEO].timeout_sec = 3600;
	conf->pipeline.memory_mib = 4096;
	conf->pipeline.result_mib = 1024;
	struct engine_input in = {.conf = conf,
	    .pool = pool,
	    .stage = STAGE_VIDEO,
	    .language = "Korean",
	    .directory = argv[1],
	    .song = argv[2],
	    .song_ms = strtoull(argv[3], NULL, 10),
	    .vertical = strcmp(argv[4], "vertical") == 0,
	    .n_images = (size_t)argc - 5};
	struct stage_image *images = pool_array(pool, in.n_images, sizeof *images);
	for (size_t i = 0; i < in.n_images; i++)
		images[i].path = argv[5 + i];
	in.images = images;
	in.n_captions = in.song_ms / 3000;
	struct stage_caption *captions = pool_array(pool, in.n_captions + 1, sizeof *captions);
	for (size_t i = 0; i < in.n_captions; i++)
		captions[i] = (struct stage_caption){
		    "당신을 위한 자리를 비워 둘게요", 3000 * i + 200, 3000 * i + 2600};
	in.captions = captions;
	struct engine_answer *out = pool_alloc(pool, sizeof *out);
	engine_ffmpeg.send(&in, out);
	if (out->class == CLASS_OK)
		return 0;
	fprintf(stderr, "film: %s\n", out->message);
	return 1;
}
