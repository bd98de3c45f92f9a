#include "alert.h"

#include <inttypes.h>
#include <string.h>

#include "../common/base/fault.h"
#include "../common/base/json_put.h"
#include "../common/base/log.h"
#include "../store/alert.h"

struct alerts {
	struct sender *sender;
	struct pool *own;  /* as long as this */
	const char *url;   /* "": nobody is told */
	struct pool *pool; /* of what is being sent; NULL: nothing is */
	struct alert alert;
	struct sending sending;
};

/* The URL of the configuration, or the first line of the file that it names. */
static const char *
url_of(const struct conf *conf, struct pool *pool)
{
	struct secret file;

	if (conf->alerts.webhook_url_file[0] == '\0')
		return conf->alerts.webhook_url;
	file = conf_secret(conf->alerts.webhook_url_file, 1);
	return pool_printf(
	    pool, "%.*s", (int)strcspn((const char *)file.data, "\r\n"), (const char *)file.data);
}

struct alerts *
alerts_new(const struct conf *conf, struct sender *sender)
{
	struct pool *own = pool_new();
	struct alerts *a = pool_alloc(own, sizeof *a);

	*a = (struct alerts){.sender = sender, .own = own};
	a->url = url_of(conf, own);
	return a;
}

void
alerts_free(struct alerts *a)
{
	alerts_stop(a);
	pool_free(a->own);
}

enum rc
alerts_begin(struct alerts *a, struct db *db)
{
	struct buf body;
	bool found;
	enum rc rc;

	if (a->url[0] == '\0' || a->pool != NULL)
		return RC_OK;
	a->pool = pool_new();
	rc = alert_claim(db, a->pool, &a->alert, &found);
	if (!found) {
		alerts_stop(a);
		return rc;
	}
	(void)fault("notify.alert");
	buf_init(&body, a->pool, 256);
	json_put_open(&body, NULL, '{');
	json_put_str(&body, "text", a->alert.text);
	json_put_close(&body, '}');
	a->sending = (struct sending){.pool = a->pool,
	    .url = a->url,
	    .body = body.data,
	    .body_len = body.len,
	    .headers = {"Content-Type: application/json"},
	    .http = true,
	    .trusted = true,
	    .ctx = a};
	sender_begin(a->sender, &a->sending);
	return RC_OK;
}

bool
alerts_take(struct alerts *a, struct db *db, const struct sending *s, enum rc *rc)
{
	*rc = RC_OK;
	if (s != &a->sending)
		return false;
	(void)fault("notify.alerted");
	if (s->complete && s->status >= 200 && s->status < 300)
		*rc = alert_sent(db, a->alert.id);
	else
		log_warn("alert %" PRIu64 " could not be sent, try %u: %s", a->alert.id,
		    a->alert.tries,
		    s->complete ? pool_printf(a->pool, "it was answered with %d", s->status)
				: s->error);
	alerts_stop(a);
	return true;
}

void
alerts_stop(struct alerts *a)
{
	if (a->pool != NULL)
		pool_free(a->pool);
	a->pool = NULL;
}
