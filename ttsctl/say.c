#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "../common/base/utf8.h"
#include "../common/base/log.h"
#include "../common/say/say.h"
#include "../common/text/text.h"
#include "out.h"
#include "ttsctl.h"

struct options {
	bool json;
	const char *language; /* NULL: detected for each line */
	const char *path;
};

/* Parse the command line into OPTIONS; false if it is not valid. */
static bool
say_parse(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"lang", required_argument, NULL, 'l'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	*options = (struct options){.language = NULL};
	while ((option = getopt_long(argc, argv, "jl:", longs, NULL)) != -1) {
		switch (option) {
		case 'j':
			options->json = true;
			break;
		case 'l':
			options->language = optarg;
			break;
		default:
			return false;
		}
	}
	options->path = argv[optind];
	return optind + 1 == argc;
}

static void
put_json(const struct said *said, const char *text)
{
	out_open(NULL, '{');
	out_string("text", text);
	out_string("said", said->text);
	out_open("runs", '[');
	for (size_t i = 0; i < said->runs_n; i++) {
		const struct say_run *run = &said->runs[i];

		out_open(NULL, '{');
		out_uint("said", run->said);
		out_uint("said_length", run->said_len);
		out_uint("offset", run->author);
		out_uint("length", run->author_len);
		out_bool("verbatim", run->verbatim);
		out_close('}');
	}
	out_close(']');
	out_close('}');
}

/* Convert line N of the file; EX_DATAERR, logged, if it is not text that can be spoken. */
static int
say_line(const struct options *options, struct pool *pool, const char *line, size_t len, size_t n)
{
	const char *language = options->language;
	struct said said;

	if (utf8_check(line, len) < len || memchr(line, '\0', len) != NULL) {
		log_error("cannot say line %zu of %s: it is not UTF-8", n, options->path);
		return EX_DATAERR;
	}
	if (len > SAY_TEXT_MAX) {
		log_error("cannot say line %zu of %s: it has more than %d bytes", n, options->path,
		    SAY_TEXT_MAX);
		return EX_DATAERR;
	}
	if (language == NULL)
		language = text_language(line, len, "en");
	said = say_text(pool, line, len, language, NULL);
	if (options->json)
		put_json(&said, line);
	else
		puts(said.text);
	return EX_OK;
}

static int
say_lines(const struct options *options, FILE *file)
{
	struct pool *pool = pool_new();
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int status = EX_OK;

	if (options->json)
		out_open(NULL, '[');
	for (size_t n = 1; status == EX_OK && (len = getline(&line, &size, file)) >= 0; n++) {
		if (len > 0 && line[len - 1] == '\n')
			line[--len] = '\0';
		status = say_line(options, pool, line, (size_t)len, n);
		pool_reset(pool);
	}
	if (ferror(file)) {
		log_error("cannot read %s: %s", options->path, strerror(errno));
		status = EX_NOINPUT;
	}
	if (options->json)
		out_close(']');
	free(line);
	pool_free(pool);
	return status;
}

int
cmd_say(const char *conf_path, int argc, char **argv)
{
	struct options options;
	FILE *file;
	int status;

	if (!say_parse(argc, argv, &options))
		return ctl_usage("say");
	file = strcmp(options.path, "-") == 0 ? stdin : fopen(options.path, "re");
	if (file == NULL) {
		log_error("cannot read %s: %s", options.path, strerror(errno));
		return EX_NOINPUT;
	}
	status = say_lines(&options, file);
	if (file != stdin)
		fclose(file);
	return out_written() ? status : EX_IOERR;
}
