#ifndef TTS_NOTIFY_ALERT_H
#define TTS_NOTIFY_ALERT_H

#include <stdbool.h>

#include "../common/base/conf.h"
#include "../common/net/send.h"
#include "../store/db/db.h"

/*
 * Tells an administrator of what went wrong, at alerts.webhook_url, one thing after the other. What
 * cannot be sent now is sent later; see alert_claim.
 */
struct alerts;

struct alerts *alerts_new(const struct conf *conf, struct sender *sender);
void alerts_free(struct alerts *alerts);

/* Send the next one, if there is one and none is being sent. */
enum rc alerts_begin(struct alerts *alerts, struct db *db);

/* Whether SENDING, which is over, is ours. Then note what became of it in *RC. */
bool alerts_take(struct alerts *alerts, struct db *db, const struct sending *sending, enum rc *rc);

/* Nothing is sent any more; see sender_stop. */
void alerts_stop(struct alerts *alerts);

#endif
