#include "capture.h"

#include <malloc.h>
#include <stdalign.h>
#include <stdlib.h>
#include <sysexits.h>

#include "../../common/base/mem.h"

static void
memory_is_zeroed_and_aligned(void **state)
{
	struct pool *pool = pool_new();

	for (int round = 0; round < 3; round++) {
		for (size_t size = 0; size < 20000; size += 7 + size / 3) {
			unsigned char *p = pool_alloc(pool, size);

			assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
			for (size_t i = 0; i < size; i++)
				assert_int_equal(p[i], 0);
			memset(p, 0xa5, size);
		}
		pool_reset(pool);
	}
	pool_free(pool);
}

static void
allocations_do_not_overlap(void **state)
{
	enum { N = 3000 };
	struct pool *pool = pool_new();
	static unsigned char *v[N];

	for (size_t i = 0; i < N; i++) {
		v[i] = pool_alloc(pool, i % 97 + (i % 500 == 0 ? 10000 : 0) + 1);
		memset(v[i], (int)(i % 251), i % 97 + 1);
	}
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < i % 97 + 1; j++)
			assert_int_equal(v[i][j], i % 251);
	pool_free(pool);
}

static void
two_empty_allocations_differ(void **state)
{
	struct pool *pool = pool_new();

	assert_ptr_not_equal(pool_alloc(pool, 0), pool_alloc(pool, 0));
	pool_free(pool);
}

static void
reset_gives_memory_back(void **state)
{
#ifdef __SANITIZE_ADDRESS__
	skip(); /* it has its own allocator */
#else
	struct pool *pool = pool_new();
	struct mallinfo2 before = mallinfo2(), after;

	for (int i = 0; i < 100; i++) {
		for (int j = 0; j < 200; j++)
			pool_alloc(pool, 1000);
		pool_alloc(pool, 1 << 20);
		pool_reset(pool);
	}
	after = mallinfo2();
	assert_true(
	    after.uordblks + after.hblkhd <= before.uordblks + before.hblkhd + (size_t)32 * 1024);
	pool_free(pool);
#endif
}

static void
strings_are_copied(void **state)
{
	struct pool *pool = pool_new();
	char s[] = "one";
	char *copy = pool_strdup(pool, s), *part;

	s[0] = 'X';
	assert_string_equal(copy, "one");
	part = pool_strndup(pool, "a\0bcd", 4);
	assert_memory_equal(part, "a\0bc", 5);
	assert_string_equal(pool_strndup(pool, NULL, 0), "");
	pool_free(pool);
}

static void
printf_has_no_limit(void **state)
{
	struct pool *pool = pool_new();
	char *s = pool_printf(pool, "%s %d %0*d", "x", 42, 50000, 7);

	assert_int_equal(strlen(s), 50005);
	assert_memory_equal(s, "x 42 0000", 9);
	assert_string_equal(s + 50003, "07");
	pool_free(pool);
}

static void
buf_grows_and_is_terminated(void **state)
{
	struct pool *pool = pool_new();
	struct buf buf;

	buf_init(&buf, pool, 0);
	assert_string_equal(buf.data, "");
	for (int i = 0; i < 5000; i++) {
		buf_adds(&buf, "ab");
		buf_addf(&buf, "%d,", i % 10);
		assert_int_equal(buf.data[buf.len], '\0');
	}
	buf_add(&buf, "\0z", 2);
	assert_int_equal(buf.len, 5000 * 4 + 2);
	for (size_t i = 0; i < 5000; i++) {
		char expected[] = {'a', 'b', (char)('0' + i % 10), ','};

		assert_memory_equal(buf.data + 4 * i, expected, 4);
	}
	assert_memory_equal(buf.data + 20000, "\0z", 3);
	pool_free(pool);
}

static void
buf_addu_writes_every_number_of_digits(void **state)
{
	struct pool *pool = pool_new();
	struct buf buf;

	buf_init(&buf, pool, 1);
	buf_addu(&buf, 0);
	buf_adds(&buf, " ");
	buf_addu(&buf, 9);
	buf_adds(&buf, " ");
	buf_addu(&buf, 10);
	buf_adds(&buf, " ");
	buf_addu(&buf, UINT64_MAX);
	assert_string_equal(buf.data, "0 9 10 18446744073709551615");
	pool_free(pool);
}

static void
buf_addf_fits_at_every_length(void **state)
{
	struct pool *pool = pool_new();

	for (int n = 0; n < 300; n++) {
		struct buf buf;

		buf_init(&buf, pool, 100);
		buf_addf(&buf, "%0*d", n, 0);
		buf_addf(&buf, "end");
		assert_int_equal(buf.len, (n == 0 ? 1 : n) + 3);
		assert_string_equal(buf.data + buf.len - 3, "end");
	}
	pool_free(pool);
}

static void
ask_too_much(void *how)
{
	struct pool *pool = pool_new();
	volatile size_t most = SIZE_MAX;

	if (strcmp(how, "array") == 0)
		pool_array(pool, most / 2, 3);
	else if (strcmp(how, "wrapped") == 0)
		pool_array(pool, most / 2 + 2, 2); /* two bytes, if it is let to wrap */
	else
		pool_alloc(pool, most);
}

static void
too_much_ends_the_process(void **state)
{
	char array[] = "array", alloc[] = "alloc", wrapped[] = "wrapped";

	assert_exits_with(run_child(ask_too_much, array), EX_OSERR);
	assert_non_null(strstr(captured, "cannot allocate"));
	assert_int_equal(lines_in(captured), 1);
	assert_exits_with(run_child(ask_too_much, alloc), EX_OSERR);
	assert_exits_with(run_child(ask_too_much, wrapped), EX_OSERR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(memory_is_zeroed_and_aligned),
	    cmocka_unit_test(allocations_do_not_overlap),
	    cmocka_unit_test(two_empty_allocations_differ),
	    cmocka_unit_test(reset_gives_memory_back),
	    cmocka_unit_test(strings_are_copied),
	    cmocka_unit_test(printf_has_no_limit),
	    cmocka_unit_test(buf_grows_and_is_terminated),
	    cmocka_unit_test(buf_addu_writes_every_number_of_digits),
	    cmocka_unit_test(buf_addf_fits_at_every_length),
	    cmocka_unit_test(too_much_ends_the_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
