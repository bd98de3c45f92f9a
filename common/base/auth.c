#include "auth.h"

#include <errno.h>
#include <inttypes.h>
#include <jwt.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "log.h"

#define ASSERTION_SEC 3600 /* the longest that is accepted */

/*
 * libjwt accepts any algorithm that the token names, expired tokens, and keys of one byte. So
 * everything that makes a token valid is checked here.
 */

/* On failure, return NULL with the reason in *ERROR: libjwt returns errors instead of setting
 * errno. */
static const char *
token_sign(struct pool *pool, const struct auth *auth, jwt_t *jwt, const struct login *login,
    time_t now, int *error)
{
	const char *user = pool_printf(pool, "%" PRIu64, login->user);
	const char *token;
	char *signed_token;

	if ((*error = jwt_set_alg(jwt, JWT_ALG_HS256, auth->key.data, (int)auth->key.len)) != 0 ||
	    (*error = jwt_add_grant(jwt, "sub", user)) != 0 ||
	    (*error = jwt_add_grant_int(jwt, "iat", (long)now)) != 0 ||
	    (*error = jwt_add_grant_int(jwt, "exp", (long)now + auth->expire_sec)) != 0 ||
	    (*error = jwt_add_grant_int(jwt, "epoch", (long)login->epoch)) != 0)
		return NULL;
	signed_token = jwt_encode_str(jwt);
	if (signed_token == NULL) {
		*error = errno; /* the only call that sets it */
		return NULL;
	}
	token = pool_strdup(pool, signed_token);
	free(signed_token);
	return token;
}

const char *
auth_issue(struct pool *pool, const struct auth *auth, const struct login *login, time_t now)
{
	const char *token = NULL;
	jwt_t *jwt = NULL;
	int error;

	if (auth->key.len < CONF_KEY_MIN) {
		log_error("cannot issue a token: the key has fewer than %d bytes", CONF_KEY_MIN);
		return NULL;
	}
	error = jwt_new(&jwt);
	if (error == 0)
		token = token_sign(pool, auth, jwt, login, now, &error);
	if (token == NULL)
		log_error("cannot issue a token: %s", strerror(error));
	jwt_free(jwt);
	return token;
}

/* Skip "Bearer " (RFC 6750; the scheme is case-insensitive, RFC 9110). */
static const char *
skip_scheme(const char *authorization)
{
	static const char scheme[] = "Bearer ";
	const size_t len = sizeof scheme - 1;

	if (strncasecmp(authorization, scheme, len) != 0)
		return authorization;
	return authorization + len + strspn(authorization + len, " ");
}

/* Tell whether TOKEN is three parts of base64url and not absurdly long. */
static bool
token_well_formed(const char *token)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	int part;

	if (strnlen(token, AUTH_TOKEN_MAX + 1) > AUTH_TOKEN_MAX)
		return false;
	for (part = 0; part < 3; part++) {
		size_t len = strspn(token, alphabet);

		if (len == 0 || token[len] != (part < 2 ? '.' : '\0'))
			return false;
		token += len + 1;
	}
	return true;
}

/* Parse a decimal number without a sign or leading zeros. */
static bool
parse_number(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	if (*s < '0' || *s > '9' || (*s == '0' && s[1] != '\0') ||
	    s[strspn(s, "0123456789")] != '\0')
		return false;
	errno = 0;
	*out = strtoull(s, NULL, 10);
	return errno == 0 && *out >= min && *out <= max;
}

/* Read a claim that must be present and be an integer in a range. It is parsed from its JSON
 * text, because libjwt returns 0 when asked for the integer of a string. */
static bool
read_int_claim(jwt_t *jwt, const char *name, uint64_t min, uint64_t max, uint64_t *out)
{
	char *s = jwt_get_grants_json(jwt, name);
	bool valid = s != NULL && parse_number(s, min, max, out);

	free(s);
	return valid;
}

static bool
claims_valid(jwt_t *jwt, time_t now, struct login *out)
{
	const char *user = jwt_get_grant(jwt, "sub");
	uint64_t issued, ends, epoch;

	if (jwt_get_alg(jwt) != JWT_ALG_HS256 ||
	    !read_int_claim(jwt, "iat", 0, (uint64_t)now + AUTH_SKEW_SEC, &issued) ||
	    !read_int_claim(jwt, "exp", (uint64_t)now + 1, INT64_MAX, &ends) || ends <= issued ||
	    !read_int_claim(jwt, "epoch", 0, UINT32_MAX, &epoch))
		return false;
	out->epoch = (uint32_t)epoch;
	out->expires = (int64_t)ends;
	return user != NULL && parse_number(user, 1, INT64_MAX, &out->user);
}

bool
auth_verify(const struct auth *auth, const char *authorization, time_t now, struct login *out)
{
	const char *token = skip_scheme(authorization);
	jwt_t *jwt = NULL;
	bool valid;

	if (auth->key.len < CONF_KEY_MIN || !token_well_formed(token))
		return false;
	valid = jwt_decode(&jwt, token, auth->key.data, (int)auth->key.len) == 0 &&
		claims_valid(jwt, now, out);
	jwt_free(jwt);
	return valid;
}

const char *
auth_assert(struct pool *pool, const struct assertion *a, time_t now)
{
	const char *assertion = NULL;
	char *text = NULL;
	jwt_t *jwt = NULL;

	if (jwt_new(&jwt) != 0)
		return NULL;
	if (jwt_set_alg(jwt, JWT_ALG_RS256, (const unsigned char *)a->key, (int)strlen(a->key)) ==
		0 &&
	    (a->key_id == NULL || jwt_add_header(jwt, "kid", a->key_id) == 0) &&
	    jwt_add_grant(jwt, "iss", a->issuer) == 0 &&
	    jwt_add_grant(jwt, "scope", a->scope) == 0 &&
	    jwt_add_grant(jwt, "aud", a->audience) == 0 &&
	    jwt_add_grant_int(jwt, "iat", (long)now) == 0 &&
	    jwt_add_grant_int(jwt, "exp", (long)now + ASSERTION_SEC) == 0)
		text = jwt_encode_str(jwt);
	if (text != NULL)
		assertion = pool_strdup(pool, text);
	free(text);
	jwt_free(jwt);
	return assertion;
}
