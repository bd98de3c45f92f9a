#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jwt.h>

#include "../../common/base/auth.h"

#define NOW 1769851800
#define LIFE 3600
#define REFRESH (10 * LIFE + 600)

static uint8_t key_bytes[] = "0123456789abcdef0123456789abcdef";
static const struct auth auth = {{32, key_bytes}, LIFE, REFRESH};
static const struct login ada = {.user = 42, .epoch = 7};
static struct pool *pool;

static int
setup(void **state)
{
	pool = pool_new();
	return 0;
}

static int
teardown(void **state)
{
	pool_free(pool);
	return 0;
}

static bool
good(const char *authorization)
{
	struct login login;

	return auth_verify(&auth, authorization, NOW, &login);
}

/* A token with these claims (as JSON), signed with ALG and LEN bytes of the key; in the pool. */
static const char *
forge_with(int len, jwt_alg_t alg, const char *claims)
{
	char *token;
	const char *copy;
	jwt_t *jwt;

	assert_int_equal(jwt_new(&jwt), 0);
	assert_int_equal(jwt_add_grants_json(jwt, claims), 0);
	assert_int_equal(jwt_set_alg(jwt, alg, alg == JWT_ALG_NONE ? NULL : key_bytes,
			     alg == JWT_ALG_NONE ? 0 : len),
	    0);
	token = jwt_encode_str(jwt);
	assert_non_null(token);
	copy = pool_strdup(pool, token);
	free(token);
	jwt_free(jwt);
	return copy;
}

static const char *
forge(jwt_alg_t alg, const char *claims)
{
	return forge_with((int)auth.key.len, alg, claims);
}

#define CLAIMS(sub, iat, exp, epoch)                                                               \
	"{\"sub\":" sub ",\"iat\":" iat ",\"exp\":" exp ",\"epoch\":" epoch "}"

static void
an_issued_token_is_accepted(void **state)
{
	const char *token = auth_issue(pool, &auth, &ada, NOW, NULL);
	struct login login = {0};

	assert_non_null(token);
	assert_true(auth_verify(&auth, token, NOW, &login));
	assert_int_equal(login.user, 42);
	assert_int_equal(login.epoch, 7);
	assert_true(good(pool_printf(pool, "Bearer %s", token)));
	assert_true(good(pool_printf(pool, "bearer   %s", token)));
	assert_false(good(pool_printf(pool, "Basic %s", token)));
	assert_false(good(pool_printf(pool, "Bearer %s ", token)));
	assert_false(good(pool_printf(pool, "Bearer%s", token)));
	assert_false(good(pool_printf(pool, "%s.%s", token, token)));
	assert_false(good("Bearer "));
	assert_false(good(""));
}

static void
the_largest_user_id_fits(void **state)
{
	const struct login far = {.user = INT64_MAX, .epoch = UINT32_MAX};
	struct login login;

	assert_true(auth_verify(&auth, auth_issue(pool, &auth, &far, NOW, NULL), NOW, &login));
	assert_int_equal(login.user, INT64_MAX);
	assert_int_equal(login.epoch, UINT32_MAX);
}

static void
a_token_expires(void **state)
{
	const char *token = auth_issue(pool, &auth, &ada, NOW, NULL);
	struct login login;

	assert_true(auth_verify(&auth, token, NOW + LIFE - 1, &login));
	assert_false(auth_verify(&auth, token, NOW + LIFE, &login));
	assert_false(auth_verify(&auth, token, NOW + 10 * LIFE, &login));
	assert_true(auth_verify(&auth, token, NOW - AUTH_SKEW_SEC, &login));
	assert_false(auth_verify(&auth, token, NOW - AUTH_SKEW_SEC - 1, &login));
}

static void
a_login_is_known_by_all_its_tokens(void **state)
{
	struct login first = {.user = 0}, second = {.user = 0}, refreshed = {.user = 0};
	int expires_in = 0;
	const char *token;

	assert_true(auth_verify(&auth, auth_issue(pool, &auth, &ada, NOW, NULL), NOW, &first));
	assert_true(auth_verify(&auth, auth_issue(pool, &auth, &ada, NOW, NULL), NOW, &second));
	assert_int_equal(first.since, NOW);
	assert_memory_not_equal(first.session, second.session, AUTH_SESSION_SIZE);

	token = auth_issue(pool, &auth, &first, NOW + 1800, &expires_in);
	assert_int_equal(expires_in, LIFE);
	assert_true(auth_verify(&auth, token, NOW + 1800, &refreshed));
	assert_int_equal(refreshed.since, NOW);
	assert_int_equal(refreshed.expires, NOW + 1800 + LIFE);
	assert_memory_equal(refreshed.session, first.session, AUTH_SESSION_SIZE);

	/* None is valid for longer than it may be refreshed. */
	token = auth_issue(pool, &auth, &first, NOW + REFRESH - 600, &expires_in);
	assert_int_equal(expires_in, 600);
	assert_true(auth_verify(&auth, token, NOW + REFRESH - 1, &refreshed));
	assert_false(auth_verify(&auth, token, NOW + REFRESH, &refreshed));
}

#define SID "0123456789abcdef0123456789abcdef"

static void
a_token_that_names_no_login_is_one_of_its_own(void **state)
{
	const char *token = forge(JWT_ALG_HS256, CLAIMS("\"42\"", "1769851800", "1769855400", "7"));
	const char *other = forge(JWT_ALG_HS256, CLAIMS("\"42\"", "1769851799", "1769855400", "7"));
	struct login login = {.user = 0}, again = {.user = 0};

	assert_true(auth_verify(&auth, token, NOW, &login));
	assert_int_equal(login.since, NOW);
	assert_true(auth_verify(&auth, pool_printf(pool, "Bearer %s", token), NOW, &again));
	assert_memory_equal(login.session, again.session, AUTH_SESSION_SIZE);
	assert_true(auth_verify(&auth, other, NOW, &again));
	assert_memory_not_equal(login.session, again.session, AUTH_SESSION_SIZE);
}

static void
a_token_that_names_its_login_wrongly_is_refused(void **state)
{
	static const struct {
		const char *claims;
		bool good;
	} rows[] = {
	    {"\"sid\":\"" SID "\",\"auth_time\":1769851000", true},
	    {"\"sid\":\"" SID "\"", false},
	    {"\"sid\":\"" SID "\",\"auth_time\":1769851801", false},
	    {"\"sid\":\"" SID "\",\"auth_time\":0", false},
	    {"\"sid\":\"" SID "0\",\"auth_time\":1769851000", false},
	    {"\"sid\":\"0123456789ABCDEF0123456789abcdef\",\"auth_time\":1769851000", false},
	    {"\"sid\":\"\",\"auth_time\":1769851000", false},
	    {"\"sid\":5,\"auth_time\":1769851000", false},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *claims = pool_printf(pool,
		    "{\"sub\":\"42\",\"iat\":1769851800,\"exp\":1769855400,\"epoch\":7,%s}",
		    rows[i].claims);

		if (good(forge(JWT_ALG_HS256, claims)) != rows[i].good)
			fail_msg("%s", claims);
	}
}

static void
a_key_is_known_by_its_hash(void **state)
{
	const char *key = auth_key_new(pool), *other = auth_key_new(pool);
	uint8_t hash[AUTH_KEY_HASH_SIZE], again[AUTH_KEY_HASH_SIZE];

	assert_int_equal(strlen(key), 68);
	assert_string_not_equal(key, other);
	assert_true(auth_key_hash(key, hash));
	assert_true(auth_key_hash(pool_printf(pool, "bearer  %s", key), again));
	assert_memory_equal(hash, again, sizeof hash);
	assert_true(auth_key_hash(other, again));
	assert_memory_not_equal(hash, again, sizeof hash);
	assert_false(auth_key_hash(pool_printf(pool, "%s0", key), again));
	assert_false(auth_key_hash(pool_printf(pool, "%s ", key), again));
	assert_false(auth_key_hash(pool_printf(pool, "%.67s", key), again));
	assert_false(auth_key_hash(pool_printf(pool, "TTS_%s", key + 4), again));
	assert_false(auth_key_hash(pool_printf(pool, "Basic %s", key), again));
	assert_false(auth_key_hash(auth_issue(pool, &auth, &ada, NOW, NULL), again));
	assert_false(auth_key_hash("tts_", again));
	assert_false(good(key));
}

/* Flip every bit of every byte, and remove every byte. */
static void
every_changed_token_is_refused(void **state)
{
	const char *token = auth_issue(pool, &auth, &ada, NOW, NULL);
	size_t i, len = strlen(token);
	char *changed = pool_strdup(pool, token);
	int bit;

	for (i = 0; i < len; i++) {
		for (bit = 0; bit < CHAR_BIT; bit++) {
			changed[i] = (char)(token[i] ^ (1 << bit));
			if (good(changed))
				fail_msg("bit %d of byte %zu", bit, i);
		}
		changed[i] = token[i];
	}
	for (i = 0; i < len; i++) {
		const char *shorter = pool_printf(pool, "%.*s%s", (int)i, token, token + i + 1);

		if (good(shorter))
			fail_msg("without byte %zu", i);
	}
	assert_true(good(changed));
}

static void
only_hs256(void **state)
{
	static const char claims[] = CLAIMS("\"42\"", "1769851800", "1769855400", "7");

	assert_true(good(forge(JWT_ALG_HS256, claims)));
	assert_false(good(forge(JWT_ALG_HS384, claims)));
	assert_false(good(forge(JWT_ALG_HS512, claims)));
	assert_false(good(forge(JWT_ALG_NONE, claims)));
}

static void
claims_are_needed(void **state)
{
	static const char *const bad[] = {
	    "{\"sub\":\"42\",\"iat\":1769851800,\"epoch\":7}",
	    "{\"sub\":\"42\",\"exp\":1769855400,\"epoch\":7}",
	    "{\"iat\":1769851800,\"exp\":1769855400,\"epoch\":7}",
	    "{\"sub\":\"42\",\"iat\":1769851800,\"exp\":1769855400}",
	    CLAIMS("42", "1769851800", "1769855400", "7"),
	    CLAIMS("\"0\"", "1769851800", "1769855400", "7"),
	    CLAIMS("\"042\"", "1769851800", "1769855400", "7"),
	    CLAIMS("\"-42\"", "1769851800", "1769855400", "7"),
	    CLAIMS("\"42x\"", "1769851800", "1769855400", "7"),
	    CLAIMS("\"\"", "1769851800", "1769855400", "7"),
	    CLAIMS("\"9223372036854775808\"", "1769851800", "1769855400", "7"),
	    CLAIMS("\"99999999999999999999\"", "1769851800", "1769855400", "7"),
	    CLAIMS("\"42\"", "\"1769851800\"", "1769855400", "7"),
	    CLAIMS("\"42\"", "1769851800", "\"1769855400\"", "7"),
	    CLAIMS("\"42\"", "1769851800", "1769855400.5", "7"),
	    CLAIMS("\"42\"", "1769851800", "null", "7"),
	    CLAIMS("\"42\"", "1769851800", "true", "7"),
	    CLAIMS("\"42\"", "-1", "1769855400", "7"),
	    CLAIMS("\"42\"", "1769851861", "1769855400", "7"),
	    CLAIMS("\"42\"", "1769851850", "1769851850", "7"),
	    CLAIMS("\"42\"", "1769851800", "1769855400", "-1"),
	    CLAIMS("\"42\"", "1769851800", "1769855400", "4294967296"),
	};
	size_t i;

	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (good(forge(JWT_ALG_HS256, bad[i])))
			fail_msg("%s", bad[i]);
}

static void
other_keys_and_short_keys_are_refused(void **state)
{
	static const char good_claims[] = CLAIMS("\"42\"", "1769851800", "1769855400", "7");
	uint8_t other_bytes[] = "0123456789abcdef0123456789abcdeF";
	const struct auth other = {{32, other_bytes}, LIFE, REFRESH},
			  weak = {{31, key_bytes}, LIFE, REFRESH};
	const char *token = auth_issue(pool, &auth, &ada, NOW, NULL);
	struct login login;

	assert_false(auth_verify(&other, token, NOW, &login));
	assert_false(auth_verify(&weak, token, NOW, &login));
	assert_null(auth_issue(pool, &weak, &ada, NOW, NULL));
	/* Not even a token that was signed with such a key. */
	assert_true(good(forge_with(32, JWT_ALG_HS256, good_claims)));
	token = forge_with(31, JWT_ALG_HS256, good_claims);
	assert_false(auth_verify(&weak, token, NOW, &login));
}

static void
a_token_that_is_too_long_is_refused(void **state)
{
	const char *pad = pool_printf(pool, "%0*d", AUTH_TOKEN_MAX, 0);
	const char *claims = pool_printf(pool,
	    "{\"sub\":\"42\",\"iat\":1769851800,\"exp\":1769855400,\"epoch\":7,\"x\":\"%s\"}", pad);

	assert_false(good(forge(JWT_ALG_HS256, claims)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_issued_token_is_accepted, setup, teardown),
	    cmocka_unit_test_setup_teardown(the_largest_user_id_fits, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_token_expires, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_login_is_known_by_all_its_tokens, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		a_token_that_names_no_login_is_one_of_its_own, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		a_token_that_names_its_login_wrongly_is_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_key_is_known_by_its_hash, setup, teardown),
	    cmocka_unit_test_setup_teardown(every_changed_token_is_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(only_hs256, setup, teardown),
	    cmocka_unit_test_setup_teardown(claims_are_needed, setup, teardown),
	    cmocka_unit_test_setup_teardown(other_keys_and_short_keys_are_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_token_that_is_too_long_is_refused, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
