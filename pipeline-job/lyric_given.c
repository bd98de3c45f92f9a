#include "engine.h"

#include <string.h>

/* The request brings the lyric. */

static void
send(const struct engine_input *in, struct engine_answer *out)
{
	out->class = CLASS_OK;
	out->text = in->lyric;
	if (in->lyric[strspn(in->lyric, " \t\r\n")] != '\0')
		return;
	out->class = CLASS_PERMANENT;
	out->message = "the lyric is empty";
}

const struct engine lyric_given = {
    .name = "given",
    .stage = STAGE_LYRIC,
    .send = send,
};
