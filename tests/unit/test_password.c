#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../common/base/crypt.h"
#include "../../common/text/password.h"

#define COMPOSED "Caf\u00e9 \ud55c\uae00"
#define DECOMPOSED "Cafe\u0301 \u1112\u1161\u11ab\u1100\u1173\u11af"

static struct pool *pool;

static bool
opens(const char *hash, const char *password)
{
	return password_matches(pool, hash, password, strlen(password));
}

static const char *
hash_of(const char *password)
{
	return password_hash(pool, password, strlen(password));
}

static void
composed_and_decomposed_are_the_same(void **state)
{
	static const char *const forms[] = {COMPOSED, DECOMPOSED};

	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 2; j++)
			assert_true(opens(hash_of(forms[i]), forms[j]));
	assert_false(opens(hash_of(COMPOSED), "Cafe \ud55c\uae00"));
	assert_false(opens(hash_of("\u2460"), "1")); /* not the compatible ones */
	assert_false(opens(hash_of("Secret"), "secret"));
}

static void
spaces_are_the_same_and_count(void **state)
{
	assert_true(opens(hash_of("a\u00a0b\u3000c"), "a b c"));
	assert_true(opens(hash_of("a b c"), "a\u2003b\u00a0c"));
	assert_false(opens(hash_of("a b"), "ab"));
	assert_false(opens(hash_of(" a"), "a"));
}

/* Hashes of the time before are those of whatever was typed. */
static void
old_hashes_match_as_they_did(void **state)
{
	static const char *const old[] = {COMPOSED, DECOMPOSED, "a\u00a0b", "plain"};

	for (size_t i = 0; i < sizeof old / sizeof *old; i++)
		assert_true(opens(crypt_password_hash(pool, old[i], strlen(old[i])), old[i]));
	assert_true(opens(crypt_password_hash(pool, DECOMPOSED, strlen(DECOMPOSED)), COMPOSED));
	assert_false(opens(crypt_password_hash(pool, "plain", 5), "plainer"));
}

static void
nobody_has_no_password(void **state)
{
	assert_false(opens(NULL, COMPOSED));
	assert_false(opens(NULL, ""));
	assert_true(opens(hash_of(""), ""));
}

static int
setup(void **state)
{
	crypt_init();
	pool = pool_new();
	return 0;
}

static int
teardown(void **state)
{
	pool_free(pool);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(composed_and_decomposed_are_the_same),
	    cmocka_unit_test(spaces_are_the_same_and_count),
	    cmocka_unit_test(old_hashes_match_as_they_did),
	    cmocka_unit_test(nobody_has_no_password),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
