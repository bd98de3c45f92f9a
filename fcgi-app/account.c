#include <string.h>
#include <time.h>

#include "../common/base/auth.h"
#include "../common/base/clock.h"
#include "../common/base/json.h"
#include "../common/text/password.h"
#include "../common/work/kick.h"
#include "../store/account.h"
#include "body.h"
#include "guess.h"
#include "handlers.h"
#include "precond.h"
#include "query.h"
#include "user.h"

static struct answer
answer_user(const struct req *req, enum rc rc, const struct user *user)
{
	struct buf body;

	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 256);
	write_user(&body, user);
	return answer_json(req, &body);
}

static struct answer
answer_done(const struct req *req, enum rc rc)
{
	struct buf body;

	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 64);
	json_put_open(&body, NULL, '{');
	json_put_bool(&body, "is_success", true);
	json_put_close(&body, '}');
	return answer_json(req, &body);
}

/*
 * Check the password that is needed for a change, which was in FIELD. A wrong one is not a 401,
 * which would say that the token is none; it counts as a failed login. *HASH is what it matched.
 */
static bool
password_proved(const struct req *req, const char *field, const struct text *password,
    const char **hash, struct answer *problem)
{
	const struct bad_field wrong = {field, "is not the password of this account"};
	const char *account;
	struct user user;
	uint32_t wait_sec;
	bool right;
	enum rc rc = account_get(req->api->db, req->pool, req->user, &user, hash);

	if (rc != RC_OK) {
		*problem = answer_rc(req, rc);
		return false;
	}
	account = user_email_key(req->pool, user.email);
	wait_sec = guess_wait_sec(account, req->client, clock_ms());
	if (wait_sec > 0) {
		*problem = answer_too_soon(req, wait_sec);
		return false;
	}
	right = password_matches(req->pool, *hash, password->s, password->len);
	guess_note(account, req->client, right, clock_ms());
	if (!right)
		*problem = answer_fields(req, &wrong, 1);
	return right;
}

struct answer
handle_user_get(const struct req *req)
{
	struct user user;
	const char *hash;
	enum rc rc = account_get(req->api->db, req->pool, req->user, &user, &hash);

	if (rc != RC_OK)
		return answer_rc(req, rc);
	return answer_tagged(req, answer_user(req, rc, &user), NULL);
}

struct answer
handle_user_rename(const struct req *req)
{
	const struct conf *conf = req->api->conf;
	struct text name = {0};
	const struct field fields[] = {
	    {"name", FIELD_CHARS, true, 1, conf->limits.name_chars, check_line, .text = &name},
	};
	struct answer problem;
	struct user user;
	enum rc rc;

	if (!body_read(req, fields, sizeof fields / sizeof fields[0], &problem))
		return problem;
	rc = account_rename(req->api->db, req->pool, req->user, name.s, &user);
	return answer_user(req, rc, &user);
}

struct answer
handle_user_email(const struct req *req)
{
	const struct conf *conf = req->api->conf;
	struct text email = {0}, password = {0};
	const struct field fields[] = {
	    {"email", FIELD_CHARS, true, 1, conf->limits.email_chars, check_email, .text = &email},
	    {"password", FIELD_CHARS, true, 0, conf->limits.password_max, .text = &password},
	};
	struct answer problem;
	const char *hash;
	struct user user;
	enum rc rc;

	if (!body_read(req, fields, sizeof fields / sizeof fields[0], &problem) ||
	    !password_proved(req, "password", &password, &hash, &problem))
		return problem;
	rc = account_set_email(req->api->db, req->pool, req->user, hash, email.s, &user);
	return answer_user(req, rc, &user);
}

/* The client that changes the password goes on with a new token; all others are logged out. */
struct answer
handle_user_password(const struct req *req)
{
	const struct conf *conf = req->api->conf;
	struct text old = {0}, new = {0};
	const struct field fields[] = {
	    {"old", FIELD_CHARS, true, 0, conf->limits.password_max, .text = &old},
	    {"new", FIELD_CHARS, true, conf->limits.password_min, conf->limits.password_max,
		.text = &new},
	};
	struct login login = {.user = req->user};
	struct answer problem;
	const char *hash;
	enum rc rc;

	if (!body_read(req, fields, sizeof fields / sizeof fields[0], &problem) ||
	    !password_proved(req, "old", &old, &hash, &problem))
		return problem;
	rc = account_set_password(req->api->db, req->pool, req->user, hash,
	    password_hash(req->pool, new.s, new.len), &login.epoch);
	return rc == RC_OK ? answer_token(req, &login) : answer_rc(req, rc);
}

struct answer
handle_user_delete(const struct req *req)
{
	const struct conf *conf = req->api->conf;
	struct text password = {0};
	const struct field fields[] = {
	    {"password", FIELD_CHARS, true, 0, conf->limits.password_max, .text = &password},
	};
	struct answer problem;
	const char *hash;
	enum rc rc;

	if (!body_read(req, fields, sizeof fields / sizeof fields[0], &problem) ||
	    !password_proved(req, "password", &password, &hash, &problem))
		return problem;
	rc = account_delete(req->api->db, req->user);
	if (rc == RC_OK)
		kick_work(conf);
	return answer_done(req, rc);
}

struct answer
handle_logout(const struct req *req)
{
	struct db *db = req->api->db;

	return answer_done(req, query_flag(req, "all") ? account_logout_all(db, req->user)
						       : account_logout(db, &req->login));
}

struct answer
handle_token_refresh(const struct req *req)
{
	if (time(NULL) >= req->login.since + req->api->auth->refresh_sec)
		return answer_unauthorized(req);
	return answer_token(req, &req->login);
}
