#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <time.h>

#include "../../common/say/say.h"

#define SHORT 3000
#define LONG 30000

/* The processor time in seconds to say LEN bytes of repetitions of PIECE, the best of three. */
static double
seconds_to_say(const char *piece, size_t len, const char *language, bool softened)
{
	static char text[LONG + 1];
	struct pool *pool = pool_new();
	size_t n = strlen(piece);
	double best = 1e9;

	for (size_t at = 0; at + n <= len; at += n)
		memcpy(text + at, piece, n);
	len -= len % n;
	for (int i = 0; i < 3; i++) {
		clock_t from = clock();
		double took;

		(softened ? say_text_softened : say_text)(pool, text, len, language, NULL);
		took = (double)(clock() - from) / CLOCKS_PER_SEC;
		best = took < best ? took : best;
		pool_reset(pool);
	}
	pool_free(pool);
	return best;
}

/* Ten times the text takes ten times as long, not a hundred times. */
static void
the_time_grows_with_the_length_alone(void **state)
{
	static const char *const pieces[] = {"-", "--1", "- ", "a-", "-a-1", "1-", "–", ".", "..1",
	    "@", "a@b.c-", "www.", "a.b-", ":1", "/", "①", "½", "२", "2⅛", "$1-", "I-", "'", "[["};
	static const char *const languages[] = {"en", "ko", "de", "fr", "es", "it", "ru", "sv"};

	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
		for (size_t k = 0; k < 2 * sizeof languages / sizeof languages[0]; k++) {
			const char *language = languages[k / 2];
			double few = seconds_to_say(pieces[i], SHORT, language, k % 2 == 1);
			double many = seconds_to_say(pieces[i], LONG, language, k % 2 == 1);

			if (many > 35 * few + 0.01)
				fail_msg("\"%s\" in %s: %.1f ms, ten times as much %.1f ms",
				    pieces[i], language, few * 1000, many * 1000);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_time_grows_with_the_length_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
