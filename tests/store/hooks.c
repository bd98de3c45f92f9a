#include "hooks.h"

#include "../../store/event.h"
#include "../../store/internal.h"

const uint8_t hooks_secret[WEBHOOK_SECRET_SIZE] = "a secret";
const uint8_t hooks_other[WEBHOOK_SECRET_SIZE] = "b";

int
hooks_nothing_to_send(void **state)
{
	fixture_clear();
	fixture_run("DELETE FROM delivery");
	fixture_run("DELETE FROM webhook");
	fixture_run("DELETE FROM webhook_secret");
	fixture_run("DELETE FROM device");
	return 0;
}

struct webhook
hooks_make(uint64_t user, const char *types)
{
	const struct webhook_new in = {
	    .url = "https://example.org/", .types = types, .description = "", .enabled = 1};
	struct webhook w;

	assert_rc(webhook_create(api, pool, user, &in, hooks_secret, &w), RC_OK);
	return w;
}

struct happening {
	const struct event_new *v;
	size_t n;
};

static enum rc
happen_body(struct db *db, void *ctx)
{
	const struct happening *h = ctx;

	return event_record(db, pool, h->v, h->n);
}

void
hooks_happen(uint64_t user, size_t n)
{
	static const struct txn txn = {.body = happen_body, .before_commit = "", .committed = ""};
	struct event_new *v = pool_array(pool, n, sizeof *v);

	for (size_t i = 0; i < n; i++)
		v[i] = (struct event_new){.user = user,
		    .type = i % 2 == 0 ? EVENT_AUDIO_READY : EVENT_PROJECT_COMPLETED,
		    .project = 7};
	assert_rc(db_transact(api, &txn, &(struct happening){v, n}), RC_OK);
}

/* Fan out all there is. How many deliveries were made. */
uint64_t
hooks_fan(void)
{
	uint64_t n, sum = 0;
	bool more = true;

	while (more) {
		assert_rc(delivery_fan_out(notifier, false, &n, &more), RC_OK);
		sum += n;
	}
	return sum;
}

size_t
hooks_claim(const char *host, size_t max, struct delivery_claim *v)
{
	struct claimant who = fixture_claimant(host, 60);
	size_t n;

	assert_rc(delivery_claim(notifier, pool, &who, max, v, &n), RC_OK);
	return n;
}

struct delivery_result
hooks_result(const struct delivery_claim *c, enum delivery_outcome outcome, int status)
{
	struct delivery_result r = {.id = c->id,
	    .webhook = c->webhook,
	    .outcome = outcome,
	    .error_class = outcome == DELIVERY_OUTCOME_AGAIN ? "http" : "",
	    .error = outcome == DELIVERY_OUTCOME_AGAIN ? "it said no" : "",
	    .status = status,
	    .answer = "an answer"};

	memcpy(r.token, c->token, sizeof r.token);
	return r;
}

struct delivery_result
hooks_finish(const struct delivery_claim *c, enum delivery_outcome outcome, int status)
{
	struct delivery_result r = hooks_result(c, outcome, status);

	assert_rc(delivery_finish(notifier, &r, 1), RC_OK);
	return r;
}

struct delivery
hooks_newest(uint64_t user, uint64_t webhook)
{
	struct delivery v[DELIVERY_PAGE];
	size_t n;

	assert_rc(delivery_list(api, pool, user, webhook, DELIVERY_STATES, 0, DELIVERY_PAGE, v, &n),
	    RC_OK);
	assert_true(n > 0);
	return v[0];
}

const char *
hooks_event_after(uint64_t user, uint64_t n)
{
	struct rows rows = fixture_rows("SELECT CONCAT(type, ' ', data) FROM event WHERE user_id ="
					" %ju AND seq > %ju",
	    (uintmax_t)user, (uintmax_t)n);

	return rows.n > 0 ? db_row(&rows, 0)->s : "";
}
