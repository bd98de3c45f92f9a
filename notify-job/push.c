#include "push.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "../common/base/auth.h"
#include "../common/base/clock.h"
#include "../common/base/crypt.h"
#include "../common/base/json.h"
#include "../common/base/log.h"

#define SCOPE "https://www.googleapis.com/auth/firebase.messaging"
#define GRANT "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
#define ANSWER_MAX 16384 /* bytes of an answer that are looked at */
#define EARLY_SEC 300	 /* a token is used until so long before its end */
#define SOON_SEC 10	 /* first time to the next try after a failure of the service */
#define LATER_SEC 60	 /* and after a limit was reached, or no token given */
#define REST_MAX_SEC 3600
#define WAIT_MAX_SEC 86400 /* the longest Retry-After that is obeyed */

struct push {
	const struct conf *conf;
	struct sender *sender;
	struct pool *pool; /* of the service account */
	const char *url, *token_url;
	struct assertion assertion;

	struct pool *token_pool;   /* of the request for a token, and its answer */
	const char *authorization; /* the header with the token */
	int64_t valid_until;	   /* monotonic time in ms; 0: there is no token */
	unsigned generation;	   /* of the token */
	struct sending asked;
	bool asking;
	int64_t refused_until; /* until then no token is asked for again */
	const char *refused_class, *refused;
	unsigned refused_sec;

	struct message *waiting, *over;
	size_t n_waiting;
};

/* What an answer means. The first row that fits. */
static const struct verdict {
	int status;	  /* of HTTP; 0: any */
	const char *code; /* of FCM; NULL: any, and none */
	enum delivery_outcome outcome;
	unsigned rest_sec;	 /* to the next try, for the first time */
	const char *error_class; /* see count.c */
} verdicts[] = {
    {404, "UNREGISTERED", DELIVERY_OUTCOME_GONE, 0, "unregistered"},
    {0, "INVALID_ARGUMENT", DELIVERY_OUTCOME_FAILED, 0, "invalid"},
    {0, "SENDER_ID_MISMATCH", DELIVERY_OUTCOME_FAILED, 0, "sender"},
    {0, "THIRD_PARTY_AUTH_ERROR", DELIVERY_OUTCOME_FAILED, 0, "third_party"},
    {0, "QUOTA_EXCEEDED", DELIVERY_OUTCOME_AGAIN, LATER_SEC, "quota"},
    {0, "UNAVAILABLE", DELIVERY_OUTCOME_AGAIN, SOON_SEC, "service"},
    {0, "INTERNAL", DELIVERY_OUTCOME_AGAIN, SOON_SEC, "service"},
    {0, "UNSPECIFIED_ERROR", DELIVERY_OUTCOME_AGAIN, SOON_SEC, "service"},
    {401, NULL, DELIVERY_OUTCOME_AGAIN, LATER_SEC, "auth"},
    {429, NULL, DELIVERY_OUTCOME_AGAIN, LATER_SEC, "quota"},
    {400, NULL, DELIVERY_OUTCOME_FAILED, 0, "invalid"},
    {403, NULL, DELIVERY_OUTCOME_FAILED, 0, "sender"},
    {404, NULL, DELIVERY_OUTCOME_FAILED, 0, "not_found"},
};
static const struct verdict unavailable = {0, NULL, DELIVERY_OUTCOME_AGAIN, SOON_SEC, "service"};
static const struct verdict unknown = {0, NULL, DELIVERY_OUTCOME_FAILED, 0, "http"};

/* ---------------------------------------------------------------- the service account */

static const char *
account_member(const struct push *p, const struct secret *file, const char *name)
{
	const char *s = json_find(p->pool, (const char *)file->data, file->len, name);

	if (s == NULL || s[0] == '\0')
		fatal(EX_CONFIG, "cannot use service account %s: it has no \"%s\"",
		    p->conf->fcm.service_account_file, name);
	return s;
}

static void
account_read(struct push *p)
{
	static const char allowed[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:";
	struct secret file = conf_secret(p->conf->fcm.service_account_file, 1);
	const char *project = account_member(p, &file, "project_id");

	if (project[strspn(project, allowed)] != '\0')
		fatal(EX_CONFIG, "cannot use service account %s: \"project_id\" is no name",
		    p->conf->fcm.service_account_file);
	p->assertion = (struct assertion){.key = account_member(p, &file, "private_key"),
	    .key_id = json_find(p->pool, (const char *)file.data, file.len, "private_key_id"),
	    .issuer = account_member(p, &file, "client_email"),
	    .scope = SCOPE,
	    .audience = account_member(p, &file, "token_uri")};
	if (auth_assert(p->pool, &p->assertion, time(NULL)) == NULL)
		fatal(EX_CONFIG, "cannot use service account %s: \"private_key\" is no RSA key",
		    p->conf->fcm.service_account_file);
	p->url = pool_printf(p->pool, "%s/v1/projects/%s/messages:send", p->conf->fcm.url, project);
	p->token_url =
	    p->conf->fcm.token_url[0] != '\0' ? p->conf->fcm.token_url : p->assertion.audience;
}

struct push *
push_new(const struct conf *conf, struct sender *sender)
{
	struct pool *pool = pool_new();
	struct push *p = pool_alloc(pool, sizeof *p);

	*p = (struct push){.conf = conf, .sender = sender, .pool = pool, .token_pool = pool_new()};
	if (conf->fcm.service_account_file[0] != '\0')
		account_read(p);
	return p;
}

void
push_free(struct push *p)
{
	pool_free(p->token_pool);
	pool_free(p->pool);
}

/* ---------------------------------------------------------------- the end of a message */

/* The time to the next try after N before: doubling, with jitter. */
static uint64_t
rest_ms(unsigned first_sec, unsigned n)
{
	uint64_t sec = (uint64_t)first_sec << (n < 16 ? n : 16);
	uint64_t ms = 1000 * (sec < REST_MAX_SEC ? sec : REST_MAX_SEC);

	return ms + crypt_uniform((uint32_t)(ms / 4) + 1);
}

static void
end(struct push *p, struct message *m, const struct verdict *v, const char *error)
{
	struct delivery_result *r = m->result;

	r->outcome = v->outcome;
	r->error_class = v->error_class;
	r->error = error;
	if (v->outcome == DELIVERY_OUTCOME_AGAIN)
		r->rest_ms = rest_ms(v->rest_sec, m->claim->tries);
	m->next = p->over;
	p->over = m;
	p->n_waiting++;
}

struct message *
push_next(struct push *p)
{
	struct message *m = p->over;

	if (m != NULL) {
		p->over = m->next;
		p->n_waiting--;
	}
	return m;
}

/* ---------------------------------------------------------------- sending */

static void
send_message(struct push *p, struct message *m)
{
	struct pool *pool = m->sending->pool;
	struct buf body;

	/* The body of the delivery is an object with the rest of the message. */
	buf_init(&body, pool, 512);
	json_put_open(&body, NULL, '{');
	json_put_open(&body, "message", '{');
	json_put_str(&body, "token", m->claim->device_token);
	buf_addf(&body, ",%s", m->claim->body + 1);
	json_put_close(&body, '}');
	*m->sending = (struct sending){.pool = pool,
	    .url = p->url,
	    .body = body.data,
	    .body_len = body.len,
	    .headers = {"Content-Type: application/json", p->authorization},
	    .http = true,
	    .trusted = true,
	    .keep = ANSWER_MAX,
	    .ctx = m};
	m->generation = p->generation;
	sender_begin(p->sender, m->sending);
}

/* The waiting messages can be sent, or fail with V. */
static void
go_on(struct push *p, const struct verdict *v)
{
	struct message *m = p->waiting, *next;

	p->waiting = NULL;
	for (; m != NULL; m = next) {
		next = m->next;
		p->n_waiting--;
		if (v == NULL)
			send_message(p, m);
		else
			end(p, m, v, p->refused);
	}
}

static void
refuse(struct push *p, const char *error_class, unsigned sec, const char *why)
{
	const struct verdict v = {0, NULL, DELIVERY_OUTCOME_AGAIN, sec, error_class};

	p->refused_class = error_class;
	p->refused_sec = sec;
	p->refused = pool_printf(p->pool, "no access token: %s", why);
	p->refused_until = clock_ms() + sec * INT64_C(1000);
	log_error("no access token for push messages from %s: %s", p->token_url, why);
	go_on(p, &v);
}

/* ---------------------------------------------------------------- the access token */

static void
ask(struct push *p)
{
	const char *assertion;

	pool_free(p->token_pool);
	p->token_pool = pool_new();
	p->valid_until = 0;
	assertion = auth_assert(p->token_pool, &p->assertion, time(NULL));
	if (assertion == NULL) {
		refuse(p, "auth", LATER_SEC, "the assertion cannot be signed");
		return;
	}
	p->asked = (struct sending){.pool = p->token_pool,
	    .url = p->token_url,
	    .body = pool_printf(p->token_pool, "grant_type=%s&assertion=%s", GRANT, assertion),
	    .headers = {"Content-Type: application/x-www-form-urlencoded"},
	    .http = true,
	    .trusted = true,
	    .keep = ANSWER_MAX};
	p->asked.body_len = strlen(p->asked.body);
	p->asking = true;
	sender_begin(p->sender, &p->asked);
}

/* Whether TOKEN can be the value of a header. */
static bool
is_token(const char *token)
{
	for (const char *s = token; *s != '\0'; s++)
		if (*s <= ' ' || *s > '~')
			return false;
	return token[0] != '\0';
}

static void
token_answered(struct push *p)
{
	const struct sending *s = &p->asked;
	const char *token = json_find(s->pool, s->buffer, s->kept, "access_token");
	const char *sec = json_find(s->pool, s->buffer, s->kept, "expires_in");
	const char *error = json_find(s->pool, s->buffer, s->kept, "error");

	p->asking = false;
	if (!s->complete) {
		refuse(p, "service", SOON_SEC, s->error);
	} else if (s->status == 200 && token != NULL && is_token(token)) {
		int64_t life = sec != NULL ? strtoll(sec, NULL, 10) : 0;

		p->authorization = pool_printf(p->token_pool, "Authorization: Bearer %s", token);
		p->generation++;
		p->valid_until = clock_ms() + (life - EARLY_SEC) * INT64_C(1000);
		go_on(p, NULL);
	} else {
		bool later = s->status < 500 && s->status != 429;

		refuse(p, later ? "auth" : "service", later ? LATER_SEC : SOON_SEC,
		    pool_printf(
			s->pool, "it answered %d %s", s->status, error != NULL ? error : ""));
	}
}

static void
wait_for_token(struct push *p, struct message *m)
{
	m->next = p->waiting;
	p->waiting = m;
	p->n_waiting++;
	if (!p->asking)
		ask(p);
}

void
push_begin(struct push *p, struct message *m)
{
	static const struct verdict off = {0, NULL, DELIVERY_OUTCOME_FAILED, 0, "config"};
	static const struct verdict gone = {0, NULL, DELIVERY_OUTCOME_GONE, 0, "unregistered"};
	int64_t now = clock_ms();

	m->renewed = false;
	if (p->url == NULL) {
		end(p, m, &off, "no service account is configured");
	} else if (m->claim->device_token[0] == '\0') {
		end(p, m, &gone, "the device was removed");
	} else if (now < p->valid_until) {
		send_message(p, m);
	} else if (now < p->refused_until) {
		const struct verdict v = {
		    0, NULL, DELIVERY_OUTCOME_AGAIN, p->refused_sec, p->refused_class};

		end(p, m, &v, p->refused);
	} else {
		wait_for_token(p, m);
	}
}

/* ---------------------------------------------------------------- the answer to a message */

static const struct verdict *
judge(const struct sending *s, const char *code)
{
	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
		const struct verdict *v = &verdicts[i];

		if ((v->status == 0 || v->status == s->status) &&
		    (v->code == NULL || (code != NULL && strcmp(v->code, code) == 0)))
			return v;
	}
	return s->status >= 500 ? &unavailable : &unknown;
}

static void
message_answered(struct push *p, struct message *m)
{
	static const struct verdict done = {0, NULL, DELIVERY_OUTCOME_DONE, 0, ""};
	const struct sending *s = m->sending;
	const struct verdict *v;
	const char *code;

	m->result->status = s->status;
	m->result->answer = s->answer;
	if (s->complete && s->status >= 200 && s->status < 300) {
		end(p, m, &done, "");
		return;
	}
	if (!s->complete) {
		struct verdict lost = unavailable;

		lost.error_class = s->error_class;
		end(p, m, &lost, s->error);
		return;
	}
	code = json_find(s->pool, s->buffer, s->kept, "error/details/errorCode");
	v = judge(s, code);
	if (v->status == 401 && code == NULL && !m->renewed) {
		m->renewed = true;
		if (m->generation == p->generation)
			p->valid_until = 0;
		if (clock_ms() < p->valid_until)
			send_message(p, m); /* there is a new one already */
		else
			wait_for_token(p, m);
		return;
	}
	end(p, m, v,
	    pool_printf(s->pool, "it answered %d %s", s->status, code != NULL ? code : ""));
	if (v->outcome == DELIVERY_OUTCOME_AGAIN && s->retry_after_sec > 0)
		m->result->rest_ms =
		    1000 * (uint64_t)(s->retry_after_sec < WAIT_MAX_SEC ? s->retry_after_sec
									: WAIT_MAX_SEC);
}

bool
push_take(struct push *p, struct sending *s)
{
	if (s == &p->asked)
		token_answered(p);
	else if (s->trusted)
		message_answered(p, s->ctx);
	else
		return false;
	return true;
}

size_t
push_waiting(const struct push *p)
{
	return p->n_waiting;
}

void
push_stop(struct push *p)
{
	p->waiting = NULL;
	p->over = NULL;
	p->n_waiting = 0;
	p->asking = false;
}
