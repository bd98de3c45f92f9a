#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../common/base/clock.h"
#include "../../common/base/log.h"
#include "../../pipeline-job/answer.h"
#include "../../pipeline-job/child.h"

/* Calls of engines in children, and how their answers come back. */

static struct pool *pool;
static struct conf conf;
static struct engine_input input;

/* Run CALL and return what it answered. *ANSWERED: it did. */
static struct engine_answer
run(engine_call *call, int sec, bool *answered)
{
	struct child *child = child_start(call, &input, sec);
	struct engine_answer *a = pool_alloc(pool, sizeof *a);

	assert_non_null(child);
	while (!child_done(child)) {
		struct pollfd fd = {child_fd(child), POLLIN, 0};
		int64_t left = child_until(child) - clock_ms();

		(void)poll(&fd, 1, left > 0 ? (int)left : 0);
	}
	*answered = child_answer(child, pool, a);
	child_free(child);
	return *a;
}

/* ---------------------------------------------------------------- answers */

static struct stage_caption captions[] = {{"하나", 0, 10}, {"two", 10, 20}};

static void
say_much(const struct engine_input *in, struct engine_answer *out)
{
	out->class = CLASS_WAIT;
	out->message = "a message";
	out->status = 202;
	out->excerpt = "{}";
	out->retry_after_sec = 7;
	out->unknown = true;
	out->poll_again = true;
	out->external_id = "id";
	out->external_part = "part";
	out->progress = 42;
	out->prompt = "prompt";
	out->text = in->lyric;
	out->url = "https://example.org/";
	out->files[0] = (struct engine_file){.name = "a.mp3",
	    .type = "audio/mpeg",
	    .duration_ms = 1234,
	    .external_part = "p",
	    .image = 9};
	out->n_files = 1;
	out->captions = captions;
	out->n_captions = 2;
	out->refusals[0] = (struct engine_refusal){3, "no"};
	out->n_refusals = 1;
}

static void
an_answer_comes_back_whole(void **state)
{
	struct engine_answer a;
	bool answered;

	input.lyric = "one\ntwo";
	a = run(say_much, 10, &answered);
	assert_true(answered);
	assert_int_equal(a.class, CLASS_WAIT);
	assert_string_equal(a.message, "a message");
	assert_int_equal(a.status, 202);
	assert_string_equal(a.excerpt, "{}");
	assert_int_equal(a.retry_after_sec, 7);
	assert_true(a.unknown && a.poll_again);
	assert_string_equal(a.external_id, "id");
	assert_string_equal(a.external_part, "part");
	assert_int_equal(a.progress, 42);
	assert_string_equal(a.prompt, "prompt");
	assert_string_equal(a.text, "one\ntwo");
	assert_string_equal(a.url, "https://example.org/");
	assert_int_equal(a.n_files, 1);
	assert_string_equal(a.files[0].name, "a.mp3");
	assert_string_equal(a.files[0].type, "audio/mpeg");
	assert_int_equal(a.files[0].duration_ms, 1234);
	assert_string_equal(a.files[0].external_part, "p");
	assert_int_equal(a.files[0].image, 9);
	assert_int_equal(a.n_captions, 2);
	assert_string_equal(a.captions[0].text, "하나");
	assert_int_equal(a.captions[1].end_ms, 20);
	assert_int_equal(a.n_refusals, 1);
	assert_int_equal(a.refusals[0].image, 3);
}

static void
say_nothing(const struct engine_input *in, struct engine_answer *out)
{
}

static void
without_a_word_it_is_the_systems_fault(void **state)
{
	bool answered;
	struct engine_answer a = run(say_nothing, 10, &answered);

	assert_true(answered);
	assert_int_equal(a.class, CLASS_SYSTEM);
	assert_int_equal(a.progress, -1);
	assert_null(a.text);
}

/* Every prefix of an answer, and every byte changed: refused, or read without harm. */
static void
what_is_no_answer_is_refused(void **state)
{
	struct engine_answer answer = {.class = CLASS_OK, .progress = -1}, got;
	struct buf out;
	char *copy;

	input.lyric = "x";
	say_much(&input, &answer);
	buf_init(&out, pool, 1024);
	answer_pack(&out, &answer);
	assert_true(answer_unpack(pool, out.data, out.len, &got));
	for (size_t n = 0; n < out.len; n++) {
		copy = malloc(n + 1); /* so that a sanitizer sees a byte too many */
		memcpy(copy, out.data, n);
		assert_false(answer_unpack(pool, copy, n, &got));
		free(copy);
	}
	for (size_t i = 0; i < out.len; i++) {
		copy = malloc(out.len);
		memcpy(copy, out.data, out.len);
		copy[i] = (char)0xff;
		(void)answer_unpack(pool, copy, out.len, &got);
		free(copy);
	}
	buf_adds(&out, "x");
	assert_false(answer_unpack(pool, out.data, out.len, &got));
}

static bool
taken(struct engine_answer answer)
{
	struct engine_answer got;
	struct buf out;

	buf_init(&out, pool, 1024);
	answer_pack(&out, &answer);
	return answer_unpack(pool, out.data, out.len, &got);
}

static void
names_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const names[] = {"../x", "a/b", "", ".hidden", "/etc/passwd", "a b"};
	struct engine_answer a = {.class = CLASS_OK, .progress = -1, .n_files = 1};

	a.files[0] = (struct engine_file){.name = "x.mp3", .type = "audio/mpeg"};
	assert_true(taken(a));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		a.files[0].name = names[i];
		assert_false(taken(a));
	}
	a.files[0] = (struct engine_file){.name = "x.mp3", .type = "text/html"};
	assert_false(taken(a));
	a.n_files = 0;
	a.text = "\xff";
	assert_false(taken(a));
}

static void
what_people_read_is_cut(void **state)
{
	struct engine_answer a = {.class = CLASS_AUTH, .progress = -1}, got;
	struct buf out;

	a.excerpt = pool_printf(pool, "%01023dé", 1);
	buf_init(&out, pool, 2048);
	answer_pack(&out, &a);
	assert_true(answer_unpack(pool, out.data, out.len, &got));
	assert_int_equal(strlen(got.excerpt), 1023);
}

/* ---------------------------------------------------------------- children that fail */

static void
crash(const struct engine_input *in, struct engine_answer *out)
{
	(void)signal(SIGSEGV, SIG_DFL); /* not that of the tests */
	(void)raise(SIGSEGV);
}

static void
leave(const struct engine_input *in, struct engine_answer *out)
{
	_exit(3);
}

static void
sleep_long(const struct engine_input *in, struct engine_answer *out)
{
	pid_t pid = fork();

	if (pid == 0)
		sleep(100);
	if (in->directory[0] != '\0') {
		FILE *f = fopen("pid", "w");

		fprintf(f, "%d", (int)pid);
		fclose(f);
	}
	sleep(100);
}

static void
talk(const struct engine_input *in, struct engine_answer *out)
{
	static char block[65536];

	memset(block, 'x', sizeof block);
	while (write(3, block, sizeof block) > 0)
		continue;
}

static void
a_child_that_fails_is_tried_again(void **state)
{
	struct engine_answer a;
	bool answered;
	int64_t began = clock_ms();

	a = run(crash, 10, &answered);
	assert_false(answered);
	assert_int_equal(a.class, CLASS_TRANSIENT);
	assert_string_equal(a.message, "it was ended by signal 11");
	a = run(leave, 10, &answered);
	assert_string_equal(a.message, "it ended with status 3");
	a = run(talk, 10, &answered);
	assert_string_equal(a.message, "it gave no proper answer");
	a = run(sleep_long, 1, &answered);
	assert_false(answered);
	assert_string_equal(a.message, "it took longer than 1 s");
	assert_in_range(clock_ms() - began, 1000, 5000);
}

/* Whether the process is dead; who buries it does not matter. */
static bool
is_dead(int pid)
{
	char text[256] = "";
	FILE *f = fopen(pool_printf(pool, "/proc/%d/stat", pid), "r");

	if (f == NULL)
		return true;
	(void)!fgets(text, sizeof text, f);
	fclose(f);
	return strstr(text, ") Z ") != NULL;
}

static void
what_a_child_has_started_ends_with_it(void **state)
{
	char dir[] = "/tmp/tts-child-XXXXXX";
	int64_t until = clock_ms() + 5000;
	bool answered;
	int pid = 0;
	FILE *f;

	assert_non_null(mkdtemp(dir));
	input.directory = dir;
	(void)run(sleep_long, 1, &answered);
	input.directory = "";
	f = fopen(pool_printf(pool, "%s/pid", dir), "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &pid), 1);
	fclose(f);
	while (!is_dead(pid) && clock_ms() < until)
		usleep(10000);
	assert_true(is_dead(pid));
	assert_int_equal(unlink(pool_printf(pool, "%s/pid", dir)), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* ---------------------------------------------------------------- what a child has */

static void
look_around(const struct engine_input *in, struct engine_answer *out)
{
	char here[256];

	for (int fd = 4; fd < 64; fd++)
		if (fcntl(fd, F_GETFD) >= 0) {
			out->message = "a descriptor";
			return;
		}
	if (getcwd(here, sizeof here) == NULL || strcmp(here, in->directory) != 0)
		out->message = "another directory";
	else if (getpgrp() != getpid())
		out->message = "another process group";
	else
		out->class = CLASS_OK;
}

static void
a_child_has_its_directory_and_no_descriptors(void **state)
{
	char dir[] = "/tmp/tts-child-XXXXXX";
	struct engine_answer a;
	bool answered;
	int fd = open("/dev/null", O_RDONLY);

	assert_non_null(mkdtemp(dir));
	input.directory = dir;
	a = run(look_around, 10, &answered);
	input.directory = "";
	assert_true(answered);
	assert_string_equal(a.message != NULL ? a.message : "", "");
	assert_int_equal(a.class, CLASS_OK);
	close(fd);
	assert_int_equal(rmdir(dir), 0);
}

static void
grow(const struct engine_input *in, struct engine_answer *out)
{
	int fd = open("big", O_WRONLY | O_CREAT, 0600);
	static char block[1 << 16];
	ssize_t n = 1;

	for (int i = 0; i < 64 && n > 0; i++)
		n = write(fd, block, sizeof block);
	out->class = n < 0 ? CLASS_OK : CLASS_PERMANENT;
}

static void
a_file_cannot_grow_without_end(void **state)
{
	char dir[] = "/tmp/tts-child-XXXXXX";
	bool answered;

	assert_non_null(mkdtemp(dir));
	input.directory = dir;
	assert_int_equal(run(grow, 10, &answered).class, CLASS_OK);
	input.directory = "";
	assert_true(answered);
	assert_int_equal(unlink(pool_printf(pool, "%s/big", dir)), 0);
	assert_int_equal(rmdir(dir), 0);
}

static int
prepare(void **state)
{
	pool = pool_new();
	log_init("", 3);
	conf.pipeline.result_mib = 1;
	input.conf = &conf;
	input.directory = "";
	return 0;
}

static int
clean_up(void **state)
{
	pool_free(pool);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_answer_comes_back_whole),
	    cmocka_unit_test(without_a_word_it_is_the_systems_fault),
	    cmocka_unit_test(what_is_no_answer_is_refused),
	    cmocka_unit_test(names_that_lead_elsewhere_are_refused),
	    cmocka_unit_test(what_people_read_is_cut),
	    cmocka_unit_test(a_child_that_fails_is_tried_again),
	    cmocka_unit_test(what_a_child_has_started_ends_with_it),
	    cmocka_unit_test(a_child_has_its_directory_and_no_descriptors),
	    cmocka_unit_test(a_file_cannot_grow_without_end),
	};

	return cmocka_run_group_tests(tests, prepare, clean_up);
}
