#include "waiting.h"

#include "../common/base/json.h"

const char *const waiting_words[] = {
    [AUDIO_PENDING] = "pending",
    [AUDIO_CLAIMED] = "rendering",
    [AUDIO_READY] = "ready",
    [AUDIO_FAILED] = "failed",
    [AUDIO_DELETED] = NULL, /* nobody sees such a sentence */
};

const char *
waiting_status(enum audio_state state)
{
	return waiting_words[state];
}

static struct answer
answer_not_yet(const struct req *req, enum audio_state state)
{
	struct answer answer;
	struct buf body;

	buf_init(&body, req->pool, 256);
	json_put_open(&body, NULL, '{');
	json_put_str(&body, "status", waiting_words[state]);
	json_put_str(&body, "detail", "The sound is not ready yet; try again later.");
	json_put_close(&body, '}');
	answer = answer_json(req, &body);
	answer.status = 202;
	answer_header(req, &answer, "Retry-After",
	    pool_printf(req->pool, "%d", req->api->conf->scheduler.interval_sec));
	return answer;
}

bool
waiting_for_sound(
    const struct req *req, enum audio_state state, const char *error, struct answer *answer)
{
	if (state == AUDIO_READY)
		return false;
	*answer = state == AUDIO_FAILED ? answer_problem(req, 409, "There is no sound: %s.", error)
					: answer_not_yet(req, state);
	return true;
}
