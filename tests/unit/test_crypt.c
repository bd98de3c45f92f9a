#include "capture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../../common/base/crypt.h"

static const char *
hex(const void *data, size_t len)
{
	static char s[129];

	assert_true(len <= 64);
	crypt_hex(s, data, len);
	return s;
}

static void
sha256_is_that_of_the_standard(void **state)
{
	uint8_t hash[CRYPT_SHA256_SIZE];

	crypt_sha256(hash, "abc", 3);
	assert_string_equal(hex(hash, sizeof hash),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	crypt_sha256(hash, NULL, 0);
	assert_string_equal(hex(hash, sizeof hash),
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void
a_file_has_the_hash_of_its_bytes(void **state)
{
	static uint8_t data[200000];
	uint8_t hash[CRYPT_SHA256_SIZE], of_data[CRYPT_SHA256_SIZE];
	FILE *file = tmpfile();
	int fd = fileno(file);
	uint64_t len;

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 7);
	crypt_sha256(of_data, data, sizeof data);
	assert_int_equal(write(fd, data, sizeof data), sizeof data);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_true(crypt_sha256_file(hash, fd, sizeof data, &len));
	assert_int_equal(len, sizeof data);
	assert_memory_equal(hash, of_data, sizeof hash);
	/* At its end there is nothing; and of what never ends, not much more than the maximum is
	 * read. */
	assert_true(crypt_sha256_file(hash, fd, sizeof data, &len));
	assert_int_equal(len, 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_true(crypt_sha256_file(hash, fd, 10, &len));
	assert_in_range(len, 11, 100000);
	fclose(file);
	errno = 0;
	assert_false(crypt_sha256_file(hash, -1, 10, &len));
	assert_int_equal(errno, EBADF);
}

static void
keyed_hash_is_blake2b(void **state)
{
	uint8_t key[64], out[64];

	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)i;
	crypt_keyed_hash(out, 16, "abc", 3, key, 32);
	assert_string_equal(hex(out, 16), "1a64be47e4729d951c302ee543f97cf3");
	/* The first vector of the reference implementation. */
	crypt_keyed_hash(out, 64, NULL, 0, key, 64);
	assert_string_equal(hex(out, 64),
	    "10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f02871799aaa4786"
	    "b5e996e8f0f4eb981fc214b005f42d2ff4233499391653df7aefcbc13fc51568");
}

static void
a_password_fits_its_own_hash_only(void **state)
{
	struct pool *pool = pool_new();
	const char *hash = crypt_password_hash(pool, "correct horse", 13);
	const char *other = crypt_password_hash(pool, "correct horse", 13);
	static const char params[] = "$argon2id$v=19$m=19456,t=2,p=1$";

	assert_memory_equal(hash, params, sizeof params - 1);
	assert_true(strlen(hash) <= 255); /* the size of the database column */
	assert_string_not_equal(hash, other);
	assert_true(crypt_password_verify(hash, "correct horse", 13));
	assert_true(crypt_password_verify(other, "correct horse", 13));
	assert_false(crypt_password_verify(hash, "correct horsf", 13));
	assert_false(crypt_password_verify(hash, "correct hors", 12));
	assert_false(crypt_password_verify(hash, "correct horse\0", 14));
	assert_false(crypt_password_verify(hash, "", 0));
	assert_false(crypt_password_verify("", "", 0));
	assert_false(crypt_password_verify("not a hash", "correct horse", 13));
	pool_free(pool);
}

static double
cpu_of_verifying(const char *hash)
{
	struct timespec a, b;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	for (int i = 0; i < 4; i++)
		assert_false(crypt_password_verify(hash, "wrong", 5));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

static void
an_unknown_user_costs_what_a_known_one_costs(void **state)
{
	struct pool *pool = pool_new();
	double known, unknown;

	known = cpu_of_verifying(crypt_password_hash(pool, "right", 5));
	unknown = cpu_of_verifying(NULL);
	assert_true(unknown > known / 3 && known > unknown / 3);
	pool_free(pool);
}

static void
a_long_password_counts_to_its_end(void **state)
{
	struct pool *pool = pool_new();
	char password[1024];
	const char *hash;

	memset(password, 'p', sizeof password);
	hash = crypt_password_hash(pool, password, sizeof password);
	assert_true(crypt_password_verify(hash, password, sizeof password));
	password[sizeof password - 1] = 'q';
	assert_false(crypt_password_verify(hash, password, sizeof password));
	pool_free(pool);
}

static void
random_numbers_stay_below_their_bound(void **state)
{
	unsigned seen[7] = {0};

	for (int i = 0; i < 7000; i++) {
		uint32_t n = crypt_uniform(7);

		assert_in_range(n, 0, 6);
		seen[n]++;
	}
	for (size_t i = 0; i < 7; i++)
		assert_in_range(seen[i], 700, 1300); /* 1000 ± 10 standard deviations */
	assert_int_equal(crypt_uniform(1), 0);
}

static void
random_bytes_differ(void **state)
{
	uint8_t a[16], b[16];

	crypt_random(a, sizeof a);
	crypt_random(b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
}

static void
wipe_leaves_zeros(void **state)
{
	char secret[] = "secret", zeros[sizeof secret] = {0};

	crypt_wipe(secret, sizeof secret);
	assert_memory_equal(secret, zeros, sizeof secret);
}

static int
prepare(void **state)
{
	crypt_init();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sha256_is_that_of_the_standard),
	    cmocka_unit_test(a_file_has_the_hash_of_its_bytes),
	    cmocka_unit_test(keyed_hash_is_blake2b),
	    cmocka_unit_test(a_password_fits_its_own_hash_only),
	    cmocka_unit_test(an_unknown_user_costs_what_a_known_one_costs),
	    cmocka_unit_test(a_long_password_counts_to_its_end),
	    cmocka_unit_test(random_numbers_stay_below_their_bound),
	    cmocka_unit_test(random_bytes_differ),
	    cmocka_unit_test(wipe_leaves_zeros),
	};

	return cmocka_run_group_tests(tests, prepare, NULL);
}
