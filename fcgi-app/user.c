#include <inttypes.h>
#include <time.h>

#include "../common/base/auth.h"
#include "../common/base/clock.h"
#include "../common/text/password.h"
#include "../store/store.h"
#include "body.h"
#include "guess.h"
#include "handlers.h"
#include "user.h"

void
write_user(struct buf *out, const struct user *user)
{
	json_put_open(out, NULL, '{');
	json_put_uint(out, "id", user->id);
	json_put_str(out, "created_at", user->created_at.s);
	json_put_str(out, "updated_at", user->updated_at.s);
	json_put_str(out, "name", user->name);
	json_put_str(out, "email", user->email);
	json_put_close(out, '}');
}

struct answer
handle_signup(const struct req *req)
{
	const struct conf *conf = req->api->conf;
	struct text name = {0}, email = {0}, password = {0};
	const struct field fields[] = {
	    {"name", FIELD_CHARS, true, 1, conf->limits.name_chars, check_line, .text = &name},
	    {"email", FIELD_CHARS, true, 1, conf->limits.email_chars, check_email, .text = &email},
	    {"password", FIELD_CHARS, true, conf->limits.password_min, conf->limits.password_max,
		.text = &password},
	};
	struct answer problem;
	struct user user = {0};
	struct buf body;
	enum rc rc;

	if (!body_read(req, fields, sizeof fields / sizeof fields[0], &problem))
		return problem;
	rc = user_create(req->api->db, req->pool, name.s, email.s,
	    password_hash(req->pool, password.s, password.len), &user);
	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 256);
	write_user(&body, &user);
	return answer_json(req, &body);
}

struct answer
answer_token(const struct req *req, const struct login *login)
{
	int expires_in = 0;
	const char *token = auth_issue(req->pool, req->api->auth, login, time(NULL), &expires_in);
	struct buf body;

	if (token == NULL)
		return answer_rc(req, RC_FAIL);
	buf_init(&body, req->pool, 512);
	json_put_open(&body, NULL, '{');
	json_put_str(&body, "access", token);
	json_put_str(&body, "token_type", "Bearer");
	json_put_int(&body, "expires_in", expires_in);
	json_put_close(&body, '}');
	return answer_json(req, &body);
}

struct answer
answer_too_soon(const struct req *req, uint32_t wait_sec)
{
	struct answer answer = answer_problem(req, 429,
	    "Too many logins to this account have failed; try again in %" PRIu32 " s.", wait_sec);

	answer_header(req, &answer, "Retry-After", pool_printf(req->pool, "%" PRIu32, wait_sec));
	return answer;
}

/*
 * An unknown user costs the same work as a wrong password and gets the same answer. A password too
 * short for sign-up is simply a wrong one here.
 */
struct answer
handle_login(const struct req *req)
{
	const struct conf *conf = req->api->conf;
	struct text email = {0}, password = {0};
	const struct field fields[] = {
	    {"email", FIELD_CHARS, true, 0, conf->limits.email_chars, .text = &email},
	    {"password", FIELD_CHARS, true, 0, conf->limits.password_max, .text = &password},
	};
	const char *hash = NULL, *account;
	struct answer problem;
	struct login login = {.since = 0};
	struct user user;
	uint32_t wait_sec;
	bool right;
	enum rc rc;

	if (!body_read(req, fields, sizeof fields / sizeof fields[0], &problem))
		return problem;
	account = user_email_key(req->pool, email.s);
	wait_sec = guess_wait_sec(account, req->client, clock_ms());
	if (wait_sec > 0)
		return answer_too_soon(req, wait_sec);
	rc = user_by_email(req->api->db, req->pool, email.s, &user, &hash, &login.epoch);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return answer_rc(req, rc);
	right = password_matches(req->pool, rc == RC_OK ? hash : NULL, password.s, password.len);
	guess_note(account, req->client, right, clock_ms());
	if (!right)
		return answer_unauthorized(req);
	login.user = user.id;
	return answer_token(req, &login);
}
