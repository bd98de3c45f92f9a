#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../../common/base/crypt.h"
#include "../../notify-job/sign.h"

/* The vector of Standard Webhooks: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw. */
static const uint8_t key[] = {0x31, 0xf2, 0x90, 0xf6, 0xbf, 0x06, 0x29, 0x8a, 0xab, 0x4f, 0x08,
    0xd4, 0x3c, 0x3f, 0x08, 0x2c, 0xf6, 0x48, 0xa3, 0x62, 0xda, 0x2d, 0xa4, 0xb0};

static void
the_signature_is_that_of_the_specification(void **state)
{
	static const char body[] = "{\"test\": 2432232314}";
	struct pool *pool = pool_new();

	crypt_init();
	assert_string_equal(
	    crypt_base64(pool, key, sizeof key), "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
	assert_string_equal(sign_with(pool, key, sizeof key, "msg_p5jXN8AQM9LWM0D4loKWxJek",
				1614265330, body, strlen(body)),
	    "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	pool_free(pool);
}

static void
each_secret_has_its_signature(void **state)
{
	static const uint8_t secrets[2][WEBHOOK_SECRET_SIZE] = {"new", "old"};
	struct pool *pool = pool_new();
	const char *one = sign_with(pool, secrets[0], WEBHOOK_SECRET_SIZE, "i", 7, "{}", 2);
	const char *two = sign_with(pool, secrets[1], WEBHOOK_SECRET_SIZE, "i", 7, "{}", 2);

	assert_string_not_equal(one, two);
	assert_string_equal(sign_webhook(pool, secrets, 2, "i", 7, "{}", 2),
	    pool_printf(pool, "v1,%s v1,%s", one, two));
	assert_string_equal(sign_webhook(pool, secrets, 0, "i", 7, "{}", 2), "");
	pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_signature_is_that_of_the_specification),
	    cmocka_unit_test(each_secret_has_its_signature),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
