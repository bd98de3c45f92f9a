#include "auth.h"

#include <errno.h>
#include <inttypes.h>
#include <jwt.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "crypt.h"
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
	char *signed_token, session[2 * AUTH_SESSION_SIZE + 1];

	crypt_hex(session, login->session, AUTH_SESSION_SIZE);

	if ((*error = jwt_set_alg(jwt, JWT_ALG_HS256, auth->key.data, (int)auth->key.len)) != 0 ||
	    (*error = jwt_add_grant(jwt, "sub", user)) != 0 ||
	    (*error = jwt_add_grant_int(jwt, "iat", (long)now)) != 0 ||
	    (*error = jwt_add_grant_int(jwt, "exp", (long)login->expires)) != 0 ||
	    (*error = jwt_add_grant_int(jwt, "auth_time", (long)login->since)) != 0 ||
	    (*error = jwt_add_grant(jwt, "sid", session)) != 0 ||
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
auth_issue(struct pool *pool, const struct auth *auth, const struct login *login, time_t now,
    int *expires_in)
{
	struct login issued = *login;
	const char *token = NULL;
	jwt_t *jwt = NULL;
	int error;

	if (auth->key.len < CONF_KEY_MIN) {
		log_error("cannot issue a token: the key has fewer than %d bytes", CONF_KEY_MIN);
		return NULL;
	}
	issued.expires = now + auth->expire_sec;
	if (login->since == 0) {
		issued.since = now;
		crypt_random(issued.session, sizeof issued.session);
	} else if (issued.expires > login->since + auth->refresh_sec) {
		issued.expires = login->since + auth->refresh_sec;
	}
	if (expires_in != NULL)
		*expires_in = (int)(issued.expires - now);
	error = jwt_new(&jwt);
	if (error == 0)
		token = token_sign(pool, auth, jwt, &issued, now, &error);
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

/* Read a claim that consists of the LEN bytes at OUT in hexadecimal. */
static bool
read_hex_claim(jwt_t *jwt, const char *name, uint8_t *out, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const char *s = jwt_get_grant(jwt, name);

	if (s == NULL || strlen(s) != 2 * len || strspn(s, digits) != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)((strchr(digits, s[2 * i]) - digits) << 4 |
				   (strchr(digits, s[2 * i + 1]) - digits));
	return true;
}

/*
 * Find out which login a token came from. Those of earlier versions do not say it: each is a login
 * of its own, known by what was signed.
 */
static bool
session_valid(jwt_t *jwt, const char *token, uint64_t issued, struct login *out)
{
	uint8_t hash[CRYPT_SHA256_SIZE];
	char *sid = jwt_get_grants_json(jwt, "sid");
	bool has_sid = sid != NULL;
	uint64_t since;

	free(sid);
	if (has_sid) {
		if (!read_hex_claim(jwt, "sid", out->session, sizeof out->session) ||
		    !read_int_claim(jwt, "auth_time", 1, issued, &since))
			return false;
		out->since = (int64_t)since;
		return true;
	}
	crypt_sha256(hash, token, (size_t)(strrchr(token, '.') - token));
	memcpy(out->session, hash, sizeof out->session);
	out->since = (int64_t)issued;
	return true;
}

static bool
claims_valid(jwt_t *jwt, const char *token, time_t now, struct login *out)
{
	const char *user = jwt_get_grant(jwt, "sub");
	uint64_t issued, ends, epoch;

	if (jwt_get_alg(jwt) != JWT_ALG_HS256 ||
	    !read_int_claim(jwt, "iat", 0, (uint64_t)now + AUTH_SKEW_SEC, &issued) ||
	    !read_int_claim(jwt, "exp", (uint64_t)now + 1, INT64_MAX, &ends) || ends <= issued ||
	    !read_int_claim(jwt, "epoch", 0, UINT32_MAX, &epoch) ||
	    !session_valid(jwt, token, issued, out))
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
		claims_valid(jwt, token, now, out);
	jwt_free(jwt);
	return valid;
}

#define KEY_PREFIX "tts_"
#define KEY_BYTES 32

_Static_assert(AUTH_KEY_HASH_SIZE == CRYPT_SHA256_SIZE, "a key is hashed with SHA-256");

const char *
auth_key_new(struct pool *pool)
{
	uint8_t bytes[KEY_BYTES];
	char hex[2 * KEY_BYTES + 1];

	crypt_random(bytes, sizeof bytes);
	crypt_hex(hex, bytes, sizeof bytes);
	return pool_printf(pool, KEY_PREFIX "%s", hex);
}

bool
auth_key_hash(const char *authorization, uint8_t hash[AUTH_KEY_HASH_SIZE])
{
	const char *key = skip_scheme(authorization);
	const size_t prefix = strlen(KEY_PREFIX), digits = (size_t)2 * KEY_BYTES;

	if (strncmp(key, KEY_PREFIX, prefix) != 0 ||
	    strspn(key + prefix, "0123456789abcdef") != digits || key[prefix + digits] != '\0')
		return false;
	crypt_sha256(hash, key, prefix + digits);
	return true;
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
