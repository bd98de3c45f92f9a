#include <time.h>

#include "../common/base/auth.h"
#include "../common/base/crypt.h"
#include "../store/store.h"
#include "body.h"
#include "handlers.h"
#include "json.h"

static void
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
	    {"name", FIELD_CHARS, true, 1, conf->limits.name_chars, check_not_blank, .text = &name},
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
	    crypt_password_hash(req->pool, password.s, password.len), &user);
	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 256);
	write_user(&body, &user);
	return answer_json(req, &body);
}

static struct answer
answer_token(const struct req *req, const struct login *login)
{
	const struct auth *auth = req->api->auth;
	const char *token = auth_issue(req->pool, auth, login, time(NULL));
	struct buf body;

	if (token == NULL)
		return answer_rc(req, RC_FAIL);
	buf_init(&body, req->pool, 512);
	json_put_open(&body, NULL, '{');
	json_put_str(&body, "access", token);
	json_put_str(&body, "token_type", "Bearer");
	json_put_int(&body, "expires_in", auth->expire_sec);
	json_put_close(&body, '}');
	return answer_json(req, &body);
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
	const char *hash = NULL;
	struct answer problem;
	struct login login;
	struct user user;
	enum rc rc;

	if (!body_read(req, fields, sizeof fields / sizeof fields[0], &problem))
		return problem;
	rc = user_by_email(req->api->db, req->pool, email.s, &user, &hash, &login.epoch);
	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return answer_rc(req, rc);
	if (!crypt_password_verify(rc == RC_OK ? hash : NULL, password.s, password.len))
		return answer_unauthorized(req);
	login.user = user.id;
	return answer_token(req, &login);
}
