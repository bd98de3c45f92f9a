#include "capture.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "../../common/base/utf8.h"
#include "../../common/base/log.h"
#include "../../common/base/mem.h"
#include "../../common/text/text.h"

static void
log_at_every_level(void)
{
	log_init("tts-test", 7);
	log_error("cannot publish audio %d: %s", 42, "No space left on device");
	log_warn("w");
	log_notice("n");
	log_info("i");
	log_debug("d");
}

/* Claim, as systemd does, that the journal reads FD (BY is 0) or another stream. */
static void
set_journal_stream(int fd, unsigned by)
{
	char stream[64];
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino + by);
	assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
}

static void
a_line_for_the_journal_has_its_priority(void **state)
{
	capture_begin();
	set_journal_stream(STDERR_FILENO, 0);
	log_at_every_level();
	unsetenv("JOURNAL_STREAM");
	assert_string_equal(capture_end(),
	    "<3>tts-test: cannot publish audio 42: No space left on device\n"
	    "<4>tts-test: w\n<5>tts-test: n\n<6>tts-test: i\n<7>tts-test: d\n");
}

static void
a_line_for_anybody_else_has_none(void **state)
{
	static const char expected[] =
	    "tts-test: cannot publish audio 42: No space left on device\n"
	    "tts-test: w\ntts-test: n\ntts-test: i\ntts-test: d\n";
	static const char *const others[] = {"", "0:0", "x", "1", ":"};

	capture_begin();
	log_at_every_level();
	assert_string_equal(capture_end(), expected);

	/* A service whose standard error was redirected still has the variable. */
	capture_begin();
	set_journal_stream(STDERR_FILENO, 1);
	log_at_every_level();
	assert_string_equal(capture_end(), expected);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		setenv("JOURNAL_STREAM", others[i], 1);
		capture_begin();
		log_at_every_level();
		assert_string_equal(capture_end(), expected);
	}
	unsetenv("JOURNAL_STREAM");
}

static void
what_is_less_urgent_is_dropped(void **state)
{
	for (int level = 3; level <= 7; level++) {
		log_init("t", level);
		capture_begin();
		log_error("e");
		log_warn("w");
		log_notice("n");
		log_info("i");
		log_debug("d");
		assert_int_equal(lines_in(capture_end()), level - 2);
	}
}

static void
one_event_is_one_line(void **state)
{
	static const struct {
		const char *given, *logged;
	} v[] = {
	    {"a\nb\r\n<3>x", "a\\x0ab\\x0d\\x0a<3>x"},
	    {"\x1b[31mred\x7f\t", "\\x1b[31mred\\x7f\\x09"},
	    {"\xc2\x85 \xc2\x80 \xc2\x9f \xc2\xa0", "\\xc2\\x85 \\xc2\\x80 \\xc2\\x9f \xc2\xa0"},
	    {"\xe2\x80\xa8 \xe2\x80\xa9 \xe2\x80\xa6",
		"\\xe2\\x80\\xa8 \\xe2\\x80\\xa9 \xe2\x80\xa6"},
	    {"안녕 세상 😀", "안녕 세상 😀"},
	    {"\xff ok \xc3( \xed\xa0\x80 \xf5", "\\xff ok \\xc3( \\xed\\xa0\\x80 \\xf5"},
	    {"cut \xec\x95", "cut \\xec\\x95"},
	    {"\xc0\x8a", "\\xc0\\x8a"},
	};
	char expected[256];

	log_init("t", 6);
	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		capture_begin();
		log_info("%s", v[i].given);
		snprintf(expected, sizeof expected, "t: %s\n", v[i].logged);
		assert_string_equal(capture_end(), expected);
	}
}

static void
lines_of_a_request_carry_it(void **state)
{
	char id[] = "6c3f\n0a";

	log_init("t", 6);
	capture_begin();
	log_request(id);
	id[0] = 'X';
	log_info("in");
	log_request(NULL);
	log_info("out");
	assert_string_equal(capture_end(), "t: in request=6c3f\\x0a0a\nt: out\n");
}

static void
a_long_message_is_cut_but_carries_its_request(void **state)
{
	static const char *const units[] = {"x", "\x01", "한", "\xff", "é"};
	struct pool *pool = pool_new();

	log_init("t", 6);
	log_request("abc");
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		for (size_t lead = 0; lead < 4; lead++) {
			struct buf buf;
			const char *line;
			size_t len;

			buf_init(&buf, pool, 0);
			buf_add(&buf, "yyyy", lead);
			while (buf.len < 9000)
				buf_adds(&buf, units[i]);
			capture_begin();
			log_info("%s", buf.data);
			line = capture_end();
			len = strlen(line);
			assert_true(len > 1000 && len <= 4096);
			assert_int_equal(lines_in(line), 1);
			assert_string_equal(line + len - 13, " request=abc\n");
			assert_int_equal(utf8_check(line, len), len);
		}
	}
	log_request(NULL);
	pool_free(pool);
}

/* On a packet socket, each write is one read. */
static void
a_line_is_one_write(void **state)
{
	int pair[2], saved = dup(STDERR_FILENO);
	char packet[8192];
	ssize_t n;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	dup2(pair[0], STDERR_FILENO);
	log_init("t", 6);
	log_info("%01500d", 1);
	log_info("next");
	dup2(saved, STDERR_FILENO);
	close(saved);
	n = read(pair[1], packet, sizeof packet);
	assert_int_equal(n, 3 + 1500 + 1);
	assert_int_equal(packet[n - 1], '\n');
	assert_int_equal(read(pair[1], packet, sizeof packet), 8);
	close(pair[0]);
	close(pair[1]);
}

static void
errno_is_kept(void **state)
{
	int saved = dup(STDERR_FILENO);

	log_init("t", 6);
	close(STDERR_FILENO);
	errno = ENOSPC;
	log_error("nobody reads this");
	assert_int_equal(errno, ENOSPC);
	dup2(saved, STDERR_FILENO);
	close(saved);
}

static void
die(void *argument)
{
	log_init("t", 3);
	fatal(EX_CONFIG, "cannot %s", "start");
}

static void
fatal_logs_and_exits(void **state)
{
	assert_exits_with(run_child(die, NULL), EX_CONFIG);
	assert_string_equal(captured, "t: cannot start\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_for_the_journal_has_its_priority),
	    cmocka_unit_test(a_line_for_anybody_else_has_none),
	    cmocka_unit_test(what_is_less_urgent_is_dropped),
	    cmocka_unit_test(one_event_is_one_line),
	    cmocka_unit_test(lines_of_a_request_carry_it),
	    cmocka_unit_test(a_long_message_is_cut_but_carries_its_request),
	    cmocka_unit_test(a_line_is_one_write),
	    cmocka_unit_test(errno_is_kept),
	    cmocka_unit_test(fatal_logs_and_exits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
