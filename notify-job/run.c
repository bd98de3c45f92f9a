#include "run.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "../common/base/clock.h"
#include "../common/base/fault.h"
#include "../common/base/log.h"
#include "../common/net/send.h"
#include "../common/work/kick.h"
#include "../common/work/loop.h"
#include "../store/alert.h"
#include "../store/webhook.h"
#include "alert.h"
#include "count.h"
#include "push.h"
#include "sign.h"

#define CARE_MS 2000	   /* how often other things than claimed work are seen to */
#define FINISH_MS 5	   /* how long a result waits for others */
#define SOON_MS 10000	   /* the run waits for what is due within this time */
#define WAIT_MAX_SEC 86400 /* the longest Retry-After that is obeyed */

/* A claim on its way. */
struct task {
	struct work_task base;
	struct delivery_claim claim;
	struct sending sending;
	struct message message;	       /* to a device */
	struct delivery_result result; /* once it is done */
};

struct run {
	const struct run_env *env;
	struct sender *sender;
	struct push *push;
	struct alerts *alerts;
	struct claimant who;
	bool all; /* look at all endpoints at the next fan-out */
	/* Stay that long although there is nothing to do: more comes soon, and to start costs more
	 * than to wait. */
	int64_t linger, due, until;
	struct task *done[SEND_MAX];
	size_t done_n;
};

/* ---------------------------------------------------------------- claiming */

static enum rc
run_take_over(void *ctx)
{
	struct run *run = ctx;
	const struct run_env *env = run->env;
	uint64_t n = 0;
	enum rc rc = delivery_take_back(env->db, env->conf, env->conf->scheduler.host, &n);

	if (rc != RC_OK)
		return rc;
	count_taken_back(n);
	(void)fault("notify.taken_back");
	if (n > 0)
		log_warn("took back %" PRIu64 " deliveries that may not have been sent", n);
	return RC_OK;
}

static enum rc
run_fan_out(struct run *run)
{
	bool more = true;
	uint64_t n;
	enum rc rc = RC_OK;

	while (more && rc == RC_OK && !*run->env->stop) {
		rc = delivery_fan_out(run->env->db, run->all, &n, &more);
		(void)fault("notify.fanned");
		count_fanned(n);
		if (rc == RC_OK)
			run->all = more && run->all;
	}
	return rc;
}

/* Requests under way, and what waits to become one. */
static size_t
run_under_way(const struct run *run)
{
	return sender_busy(run->sender) + push_waiting(run->push);
}

/* Nothing is due now: when will something be? */
static enum rc
run_look_ahead(struct run *run)
{
	uint64_t ms;
	enum rc rc = delivery_next_ms(run->env->db, &ms);

	if (rc == RC_OK && ms <= SOON_MS) {
		/* Never at once: what is due and not claimed waits for a place. */
		run->due = clock_ms() + (ms < 100 ? 100 : (int64_t)ms + 1);
		if (run->linger < run->due + 100)
			run->linger = run->due + 100;
	}
	return rc;
}

static void
run_add(struct run *run, struct work_loop *loop, struct pool *pool, const struct delivery_claim *v,
    size_t n)
{
	struct work_batch *batch = work_batch(loop, pool);

	for (size_t i = 0; i < n; i++) {
		struct task *task = pool_alloc(pool, sizeof *task);

		task->claim = v[i];
		work_add(loop, batch, &task->base);
	}
	count_claimed(n);
}

static enum rc
run_claim(void *ctx, struct work_loop *loop, bool early)
{
	struct run *run = ctx;
	size_t busy = run_under_way(run), max = busy < SEND_MAX ? SEND_MAX - busy : 0, n = 0;
	struct delivery_claim *v;
	struct pool *pool;
	enum rc rc;

	if (early || max == 0)
		return RC_OK;
	rc = alerts_begin(run->alerts, run->env->db);
	if (rc == RC_OK)
		rc = run_fan_out(run);
	if (rc != RC_OK)
		return rc;
	pool = pool_new();
	v = pool_array(pool, max, sizeof *v);
	rc = delivery_claim(run->env->db, pool, &run->who, max, v, &n);
	if (rc == RC_OK && n > 0) {
		(void)fault("notify.claimed");
		run_add(run, loop, pool, v, n);
		return RC_OK;
	}
	pool_free(pool);
	return rc != RC_OK ? rc : run_look_ahead(run);
}

/* ---------------------------------------------------------------- results */

static void
run_end_task(struct run *run, struct work_loop *loop, struct task *task,
    enum delivery_outcome outcome, const char *error_class, const char *error)
{
	struct delivery_result *r = &task->result;

	r->id = task->claim.id;
	r->webhook = task->claim.webhook;
	r->outcome = outcome;
	r->error_class = error_class;
	r->error = error;
	memcpy(r->token, task->claim.token, sizeof r->token);
	run->done[run->done_n++] = task;
	work_done(loop, &task->base, false);
}

static enum rc
run_write(void *ctx)
{
	struct run *run = ctx;
	struct delivery_result v[SEND_MAX];
	enum rc rc;

	for (size_t i = 0; i < run->done_n; i++)
		v[i] = run->done[i]->result;
	rc = delivery_finish(run->env->db, v, run->done_n);
	for (size_t i = 0; i < run->done_n; i++)
		run->done[i]->result = v[i];
	return rc;
}

static void
run_report(const struct task *task, bool first)
{
	const struct delivery_result *r = &task->result;

	if (r->unwritten)
		return;
	count_result(r);
	if (r->disabled != NULL && task->claim.is_device && first)
		log_notice("device %" PRIu64 " of user %" PRIu64 " is removed: %s", r->webhook,
		    task->claim.user, r->error);
	else if (r->disabled != NULL && first)
		log_warn("webhook %" PRIu64 " of user %" PRIu64 " is disabled: %s", r->webhook,
		    task->claim.user,
		    strcmp(r->disabled, "gone") == 0 ? "it answered 410"
						     : "nothing but failures for 5 days");
	if (r->dead && !r->stale)
		log_notice("delivery %" PRIu64 " to %s %" PRIu64 " is dead: %s", r->id,
		    task->claim.is_device ? "device" : "webhook", r->webhook, r->error);
}

static enum rc
run_finish(void *ctx, struct work_loop *loop)
{
	struct run *run = ctx;
	enum rc rc;

	(void)fault("notify.finish");
	rc = work_insist(loop, run_write, run);
	(void)fault("notify.finished");
	for (size_t i = 0; i < run->done_n && rc == RC_OK; i++) {
		bool first = true;

		for (size_t j = 0; j < i; j++)
			first &= run->done[j]->claim.webhook != run->done[i]->claim.webhook;
		run_report(run->done[i], first);
	}
	run->done_n = 0;
	work_more(loop); /* there is room for another */
	return rc;
}

static void
run_give_back(void *ctx, struct work_loop *loop, struct work_task *base)
{
	run_end_task(ctx, loop, (struct task *)base, DELIVERY_OUTCOME_RELEASED, "", "");
}

/* ---------------------------------------------------------------- sending */

static void
run_begin_message(struct run *run, struct task *task)
{
	task->sending = (struct sending){.pool = task->base.batch->pool};
	task->message = (struct message){
	    .claim = &task->claim, .sending = &task->sending, .result = &task->result, .ctx = task};
	(void)fault("notify.push");
	push_begin(run->push, &task->message);
}

static enum work_begun
run_begin(void *ctx, struct work_loop *loop, struct work_task *base)
{
	struct run *run = ctx;
	struct task *task = (struct task *)base;
	const struct delivery_claim *c = &task->claim;
	struct pool *pool = base->batch->pool;
	int64_t now = time(NULL);
	const char *id;

	if (c->is_device) {
		run_begin_message(run, task);
		return WORK_STARTED;
	}
	id = c->seq != 0 ? pool_printf(pool, "msg_%" PRIu64 "_%" PRIu64, c->webhook, c->seq)
			 : pool_printf(pool, "msg_%" PRIu64 "_test_%" PRIu64, c->webhook, c->id);
	task->sending = (struct sending){.pool = pool,
	    .url = c->url,
	    .body = c->body,
	    .body_len = c->body_len,
	    .http = run->env->conf->webhooks.allow_http != 0,
	    .ctx = task};
	task->sending.headers[0] = "Content-Type: application/json";
	task->sending.headers[1] = pool_printf(pool, "webhook-id: %s", id);
	task->sending.headers[2] = pool_printf(pool, "webhook-timestamp: %" PRId64, now);
	task->sending.headers[3] = pool_printf(pool, "webhook-signature: %s",
	    sign_webhook(pool, c->secrets, c->n_secrets, id, now, c->body, c->body_len));
	(void)fault("notify.send");
	sender_begin(run->sender, &task->sending);
	return WORK_STARTED;
}

/* A request is over: what does the answer mean? */
static void
run_sent(struct run *run, struct work_loop *loop, struct task *task)
{
	const struct sending *s = &task->sending;
	enum delivery_outcome outcome = DELIVERY_OUTCOME_AGAIN;
	const char *error = s->error, *error_class = s->error_class;

	(void)fault("notify.sent");
	task->result.status = s->status;
	task->result.answer = s->answer;
	if (s->complete && s->status >= 200 && s->status < 300) {
		run_end_task(run, loop, task, DELIVERY_OUTCOME_DONE, "", "");
		return;
	}
	if (s->complete) {
		error_class = "http";
		error = pool_printf(s->pool, "it answered %d", s->status);
		if (s->status == 410)
			outcome = DELIVERY_OUTCOME_GONE;
		if ((s->status == 429 || s->status == 503) && s->retry_after_sec > 0)
			task->result.wait_ms =
			    1000 * (uint64_t)(s->retry_after_sec < WAIT_MAX_SEC ? s->retry_after_sec
										: WAIT_MAX_SEC);
	}
	run_end_task(run, loop, task, outcome, error_class, error);
}

static void
run_message_over(struct run *run, struct work_loop *loop, struct task *task)
{
	const struct delivery_result *r = &task->result;

	(void)fault("notify.pushed");
	run_end_task(run, loop, task, r->outcome, r->error_class, r->error);
}

/* Whether it was an alert; then the next one can be sent. */
static bool
run_alerted(struct run *run, struct work_loop *loop, const struct sending *s)
{
	enum rc rc;

	if (!alerts_take(run->alerts, run->env->db, s, &rc))
		return false;
	if (rc == RC_OK) /* else the next run sends it again */
		work_more(loop);
	return true;
}

static void
run_wait(void *ctx, struct work_loop *loop, int timeout_ms, int wake)
{
	struct run *run = ctx;
	int64_t now = clock_ms(), end = now + timeout_ms;
	struct message *m;
	struct sending *s;

	if (run->due > now && run->due < end)
		end = run->due;
	if (run_under_way(run) == 0 && run->linger > now && run->linger < end)
		end = run->linger;
	if (sender_busy(run->sender) == 0 && push_waiting(run->push) > 0)
		end = now; /* messages that failed before they were sent */
	sender_wait(run->sender, (int)(end - now), wake);
	while ((s = sender_next(run->sender)) != NULL)
		if (!run_alerted(run, loop, s) && !push_take(run->push, s))
			run_sent(run, loop, s->ctx);
	while ((m = push_next(run->push)) != NULL)
		run_message_over(run, loop, m->ctx);
	if (run->due != 0 && clock_ms() >= run->due) {
		run->due = 0;
		work_more(loop);
	}
}

static size_t
run_busy(const void *ctx)
{
	const struct run *run = ctx;
	int64_t now = clock_ms();

	return run_under_way(run) + (now < run->linger && now < run->until ? 1 : 0);
}

static size_t
run_room(const void *ctx, bool urgent)
{
	const struct run *run = ctx;

	size_t busy = run_under_way(run);

	return busy < SEND_MAX ? SEND_MAX - busy : 0; /* the request for a token takes no place */
}

/* ---------------------------------------------------------------- the rest of a run */

/* Now and then: what other hosts claimed and did not finish in their time, and events that became
 * visible late. */
static enum rc
run_care(void *ctx, struct work_loop *loop)
{
	struct run *run = ctx;
	uint64_t n = 0;
	/* No claim has this host: ours are alive. */
	enum rc rc = delivery_take_back(run->env->db, run->env->conf, "", &n);

	count_taken_back(n);
	run->all = true;
	work_more(loop);
	return rc;
}

static void
run_stop(void *ctx)
{
	struct run *run = ctx;

	sender_stop(run->sender); /* the loop gives them back */
	push_stop(run->push);
	alerts_stop(run->alerts);
	run->linger = 0;
}

/* Where events come one after the other, as while a text is rendered, stay for the next. */
static int64_t
run_linger(const struct conf *conf)
{
	struct timespec kicked = kick_time(conf->events.kick_file), now;
	int64_t ms = conf->webhooks.interval_sec * INT64_C(1000);

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec - kicked.tv_sec <= conf->webhooks.interval_sec ? clock_ms() + ms : 0;
}

enum rc
run_notify(const struct run_env *env)
{
	static const struct work_trade trade = {
	    .take_over = run_take_over,
	    .claim = run_claim,
	    .begin = run_begin,
	    .wait = run_wait,
	    .busy = run_busy,
	    .room = run_room,
	    .finish = run_finish,
	    .care = run_care,
	    .stop = run_stop,
	    .give_back = run_give_back,
	};
	const struct conf *conf = env->conf;
	struct run run = {.env = env,
	    .all = true,
	    .sender = sender_new(conf->webhooks.allow_networks),
	    .linger = run_linger(conf),
	    .until = clock_ms() + conf->webhooks.run_sec * INT64_C(1000)};
	const struct work_terms terms = {
	    .run_sec = conf->webhooks.run_sec,
	    .ahead = 1,
	    .results_max = SEND_MAX,
	    .finish_ms = FINISH_MS,
	    .care_ms = CARE_MS,
	    .kick_file = conf->events.kick_file,
	    .stop = env->stop,
	};
	uint64_t pruned = 0;
	enum rc rc;

	run.push = push_new(conf, run.sender);
	run.alerts = alerts_new(conf, run.sender);
	run.who = (struct claimant){.host = conf->scheduler.host,
	    .run_id = env->run_id,
	    .lease_sec = conf->webhooks.lease_sec};
	rc = work_run(&trade, &run, &terms);
	push_free(run.push);
	sender_free(run.sender);
	alerts_free(run.alerts);
	if (rc == RC_OK && !*env->stop)
		rc = delivery_prune(env->db, conf->webhooks.keep_days, &pruned);
	if (rc == RC_OK && !*env->stop)
		rc = alert_prune(env->db, conf->webhooks.keep_days, &(uint64_t){0});
	count_pruned(pruned);
	return rc;
}
