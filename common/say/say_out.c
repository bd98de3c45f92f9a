#include "say_parts.h"

#include <string.h>

#include "../text/text_uni.h"

#define RUNS_FIRST 8

void
say_begin(struct say_out *out, struct pool *pool, size_t len)
{
	*out = (struct say_out){.pool = pool, .left = len};
	buf_init(&out->text, pool, len + 1);
}

static struct say_run *
add_run(struct say_out *out)
{
	if (out->runs_n == out->runs_cap) {
		size_t cap = out->runs_cap > 0 ? 2 * out->runs_cap : RUNS_FIRST;
		struct say_run *runs = pool_array(out->pool, cap, sizeof *runs);

		if (out->runs_n > 0)
			memcpy(runs, out->runs, out->runs_n * sizeof *runs);
		out->runs = runs;
		out->runs_cap = cap;
	}
	return &out->runs[out->runs_n++];
}

/* C0, DEL, C1, line and paragraph separators must not reach the engine. */
static bool
is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

uint32_t
say_clean(struct buf *to, const char *text, size_t len)
{
	uint32_t n = 0;

	for (size_t i = 0, from = 0; i < len; n++, from = i) {
		uint32_t c = utf8_next(text, len, &i);
		bool again = to->len > 0 && to->data[to->len - 1] == '[';

		if (is_control(c))
			buf_adds(to, " ");
		else if (c == '[' && (again || utf8_at(text, len, i) == '['))
			buf_adds(to, "(");
		else
			buf_add(to, text + from, i - from);
	}
	return n;
}

void
say_keep(struct say_out *out, const char *text, size_t len)
{
	struct say_run *last = out->runs_n > 0 ? &out->runs[out->runs_n - 1] : NULL;
	uint32_t n = say_clean(&out->text, text, len);

	if (n == 0)
		return;
	if (last != NULL && last->verbatim) {
		last->said_len += n;
		last->author_len += n;
	} else
		*add_run(out) = (struct say_run){out->said, n, out->author, n, true};
	out->said += n;
	out->author += n;
	out->left -= len;
}

bool
say_replace(struct say_out *out, const char *text, size_t len, const struct buf *said)
{
	uint32_t n = (uint32_t)utf8_count(said->data, said->len),
		 author = (uint32_t)utf8_count(text, len);

	if (n == 0 || out->text.len + said->len + (out->left - len) > SAY_TEXT_MAX)
		return false;
	if (said->data[0] == '[' && out->text.len > 0 && out->text.data[out->text.len - 1] == '[')
		said->data[0] = '(';
	buf_add(&out->text, said->data, said->len);
	*add_run(out) = (struct say_run){out->said, n, out->author, author, false};
	out->said += n;
	out->author += author;
	out->left -= len;
	return true;
}

/* To the engine, phonemes are a separate word, so spaces are added around them where there are
 * none. */
bool
say_phonemes(struct say_out *out, const char *text, size_t len, const char *mnemonics)
{
	struct buf said;

	buf_init(&said, out->pool, 64);
	if (out->text.len > 0 && out->text.data[out->text.len - 1] != ' ')
		buf_adds(&said, " ");
	buf_adds(&said, "[[");
	buf_adds(&said, mnemonics);
	buf_adds(&said, "]]");
	if (out->left > len && cls_word(uni_cls(utf8_at(text, out->left, len))))
		buf_adds(&said, " ");
	if (!say_replace(out, text, len, &said))
		return false;
	out->phonemes = true;
	return true;
}
