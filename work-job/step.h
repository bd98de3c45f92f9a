#ifndef TTS_STEP_H
#define TTS_STEP_H

#include "../common/base/conf.h"
#include "../store/db/db.h"
#include "../store/work.h"

/* Do one step of CLAIM, whatever kind it is; see store/work.h for what comes back. */
enum rc step_do(
    const struct conf *conf, struct db *db, struct work_claim *claim, enum work_step *step);

#endif
