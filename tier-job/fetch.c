#include <inttypes.h>
#include <string.h>

#include "../common/base/log.h"
#include "../store/tier.h"
#include "count.h"
#include "fetch.h"
#include "fetch_read.h"

struct fetch_counting {
	const struct fetch_env *env;
	bool first; /* nothing was ever read on this host */
	uint64_t broken;
};

static enum rc
counting_write(void *arg, const struct fetch_batch *batch, const struct fetch_position *before,
    const struct fetch_position *after)
{
	struct fetch_counting *counting = arg;
	const struct fetch_env *env = counting->env;
	enum rc rc;

	rc = tier_count(env->db, env->conf->scheduler.host, counting->first ? NULL : before, after,
	    batch->v, batch->n);
	if (rc != RC_OK)
		return rc;
	counting->first = false;
	counting->broken += batch->broken;
	count_fetches(batch->lines, batch->counted, batch->dropped);
	return RC_OK;
}

enum rc
fetch_count(const struct fetch_env *env)
{
	const struct conf *conf = env->conf;
	struct fetch_counting counting = {.env = env};
	struct fetch_reading reading = {.path = conf->levels.fetch_log,
	    .repeat_sec = conf->levels.repeat_sec,
	    .daily_max = conf->levels.daily_max,
	    .stop = env->stop,
	    .until = env->until,
	    .write = counting_write,
	    .arg = &counting};
	struct fetch_position position;
	struct fetch_result result;
	bool found;
	enum rc rc;

	rc = tier_position(env->db, conf->scheduler.host, &position, &found);
	if (rc != RC_OK)
		return rc;
	counting.first = !found;
	rc = fetch_read(&reading, &position, &result);
	if (result.error != 0)
		log_error("cannot read the fetch log %s: %s", reading.path, strerror(result.error));
	if (result.lost)
		log_warn("the file that the last run read is neither %s nor a rotated one: "
			 "what it did not read is not counted",
		    reading.path);
	if (counting.broken > 0)
		log_warn("%" PRIu64 " lines of %s were not written by nginx as configured",
		    counting.broken, reading.path);
	count_fetch_log(result.error == 0, result.lag);
	return rc;
}
