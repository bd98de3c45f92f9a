#include "say_parts.h"

struct said
say_text(struct pool *pool, const char *text, size_t len, const char *language,
    const struct lexicon *lexicon)
{
	struct say_out out;

	say_begin(&out, pool, len);
	say_normal(&out, &(struct say_text){text, len, 0, len}, language);
	return (struct said){
	    .text = out.text.data, .len = out.text.len, .runs = out.runs, .runs_n = out.runs_n};
}

/* The run that holds said code point AT, or the last one; there must be one. */
static const struct say_run *
run_at(const struct said *said, uint32_t at)
{
	size_t low = 0, high = said->runs_n;

	while (high - low > 1) {
		size_t mid = (low + high) / 2;

		if (said->runs[mid].said <= at)
			low = mid;
		else
			high = mid;
	}
	return &said->runs[low];
}

static uint32_t
min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

void
say_author(const struct said *said, uint32_t at, uint32_t n, uint32_t *offset, uint32_t *length)
{
	const struct say_run *run;
	uint32_t end;

	*offset = *length = 0;
	if (said->runs_n == 0)
		return;
	run = run_at(said, at);
	*offset = run->author + (run->verbatim ? min(at - run->said, run->author_len)
				    : at < run->said + run->said_len ? 0
								     : run->author_len);
	if (n == 0)
		return;
	n = min(n, UINT32_MAX - at);
	run = run_at(said, at + n - 1);
	end = run->author +
	      (run->verbatim ? min(at + n - run->said, run->author_len) : run->author_len);
	*length = end - *offset;
}
