#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/utf8.h"
#include "../common/base/log.h"
#include "../common/base/mem.h"
#include "../common/text/text.h"
#include "out.h"
#include "ctl.h"
#include "ttsctl.h"

#define MAX_CHARS 1000 /* the default of limits.sentence_chars */

struct options {
	bool json;
	const char *language;
	size_t max;
	const char *path;
};

/* Parse the command line into OPTIONS; false if it is not valid. */
static bool
split_parse(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"lang", required_argument, NULL, 'l'},
	    {"max", required_argument, NULL, 'm'},
	    {NULL, 0, NULL, 0},
	};
	uint64_t max;
	int option;

	*options = (struct options){.language = "", .max = MAX_CHARS};
	while ((option = getopt_long(argc, argv, "jl:m:", longs, NULL)) != -1) {
		switch (option) {
		case 'j':
			options->json = true;
			break;
		case 'l':
			options->language = optarg;
			break;
		case 'm':
			if (!ctl_number("--max", optarg, SIZE_MAX, &max))
				return false;
			options->max = max;
			break;
		default:
			return false;
		}
	}
	if (optind + 1 != argc)
		return false;
	options->path = argv[optind];
	return true;
}

/* Read all of PATH ("-": standard input) into BUF; false, logged, if it cannot be read. */
static bool
read_file(const char *path, struct buf *buf)
{
	char chunk[65536];
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	bool ok = file != NULL;
	size_t n;

	while (ok && (n = fread(chunk, 1, sizeof chunk, file)) > 0)
		buf_add(buf, chunk, n);
	if (ok && ferror(file))
		ok = false;
	if (!ok)
		log_error("cannot read %s: %s", path, strerror(errno));
	if (file && file != stdin)
		fclose(file);
	return ok;
}

/* Write a string as RFC 8259 wants it. */
static void
put_json(const struct slice *s)
{
	putchar('"');
	for (size_t i = 0; i < s->len; i++) {
		unsigned char c = (unsigned char)s->data[i];

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < ' ' || c == 0x7f)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void
put_array(const struct sentences *sentences)
{
	printf("[");
	for (size_t i = 0; i < sentences->n; i++) {
		printf(i == 0 ? "\n " : ",\n ");
		put_json(&sentences->v[i]);
	}
	printf(sentences->n > 0 ? "\n]\n" : "]\n");
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Write one sentence on one line: white space that contains a line break becomes a space. */
static void
put_line(const struct slice *s)
{
	for (size_t at = 0, end; at < s->len; at = end) {
		for (end = at; end < s->len && !is_blank(s->data[end]);)
			end++;
		fwrite_unlocked(s->data + at, 1, end - at, stdout);
		for (at = end; end < s->len && is_blank(s->data[end]);)
			end++;
		if (memchr(s->data + at, '\n', end - at) || memchr(s->data + at, '\r', end - at))
			putchar_unlocked(' ');
		else
			fwrite_unlocked(s->data + at, 1, end - at, stdout);
	}
	putchar_unlocked('\n');
}

static void
put_lines(const struct sentences *sentences)
{
	for (size_t i = 0; i < sentences->n; i++)
		put_line(&sentences->v[i]);
}

int
cmd_split(const char *conf_path, int argc, char **argv)
{
	struct options options;
	struct pool *pool;
	struct buf text;
	struct sentences sentences;
	size_t good;
	int status = EX_OK;

	if (!split_parse(argc, argv, &options))
		return ctl_usage("split");
	pool = pool_new();
	buf_init(&text, pool, 65536);
	if (!read_file(options.path, &text)) {
		status = EX_NOINPUT;
		goto out;
	}
	good = utf8_check(text.data, text.len);
	if (good < text.len) {
		log_error("cannot split %s: byte %zu is not UTF-8", options.path, good);
		status = EX_DATAERR;
		goto out;
	}
	sentences = text_split(pool, text.data, text.len, options.language, options.max);
	(options.json ? put_array : put_lines)(&sentences);
	if (!out_written())
		status = EX_IOERR;
out:
	pool_free(pool);
	return status;
}
