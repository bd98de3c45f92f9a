#include "timing.h"

#include "../common/text/text_words.h"

#define NOBODY UINT32_MAX

/* The state of finding the words of a text. */
struct reading {
	uint8_t *marks; /* for each code point of the author's text */
	size_t chars;
	struct timed_word *words;
	size_t n;
	uint32_t *word_at; /* for each code point: its word, or the next one */
};

/* A report of the engine: a word of the author's text begins. */
struct told {
	uint32_t word, ms;
};

/* In scripts without spaces, a word begins where the engine begins one. */
static void
words_cut_dense(struct reading *r, const struct said *said, const struct slot_word *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t offset, length;
		say_author(said, v[i].at, v[i].n, &offset, &length);
		if (offset < r->chars && (r->marks[offset] & WORD_MAY_CUT))
			r->marks[offset] |= WORD_BEGINS;
	}
}

/* The text that corresponds to one run of the spoken text is a single word. */
static void
words_join_runs(struct reading *r, const struct said *said)
{
	for (size_t i = 0; i < said->runs_n; i++) {
		const struct say_run *run = &said->runs[i];
		size_t first = run->author, end = first + run->author_len;
		bool word = false;
		if (run->verbatim || end > r->chars)
			continue;
		while (first < end && (r->marks[first] & WORD_SPACE))
			first++;
		while (end > first && (r->marks[end - 1] & WORD_SPACE))
			end--;
		for (size_t k = first; k < end; k++)
			word |= (r->marks[k] & WORD_IN) != 0;
		for (size_t k = first; word && k < end; k++)
			r->marks[k] = k == first ? r->marks[k] | WORD_IN : WORD_IN;
	}
}

static void
words_find(struct reading *r, struct pool *pool)
{
	r->words = pool_array(pool, r->chars + 1, sizeof(r->words[0]));
	r->word_at = pool_array(pool, r->chars + 1, sizeof(r->word_at[0]));
	for (size_t i = 0; i < r->chars; i++) {
		bool in = r->marks[i] & WORD_IN;
		bool goes_on = i > 0 && (r->marks[i - 1] & WORD_IN);
		if (in && (!goes_on || (r->marks[i] & WORD_BEGINS)))
			r->words[r->n++] = (struct timed_word){.offset = (uint32_t)i};
		if (in)
			r->words[r->n - 1].length++;
		r->word_at[i] = (uint32_t)(in ? r->n - 1 : r->n);
	}
}

/* Convert the reports to words of the author's text, in the order of time. */
static size_t
reports_to_words(const struct reading *r, const struct said *said, const struct ending *e,
    uint32_t duration_ms, struct told *told)
{
	size_t n = 0;
	for (size_t i = 0; i < e->words_n; i++) {
		uint32_t offset, length;
		uint64_t sample = e->words[i].sample;
		say_author(said, e->words[i].at, e->words[i].n, &offset, &length);
		if (offset >= r->chars || sample > e->samples)
			continue;
		uint32_t word = r->word_at[offset],
			 ms = (uint32_t)(sample * 1000 / (uint64_t)e->sample_rate);
		if (word < r->n && ms < duration_ms && (n == 0 || ms >= told[n - 1].ms))
			told[n++] = (struct told){word, ms};
	}
	return n;
}

/*
 * Take the longest series of words that only moves forward (patience sorting): for numbers, the
 * positions that the engine reports move back and forth. Words without a report keep NOBODY.
 */
static void
words_take_forward(struct reading *r, struct pool *pool, const struct told *told, size_t n)
{
	size_t *tail = pool_array(pool, n + 1, sizeof(tail[0])), piles = 0;
	size_t *before = pool_array(pool, n + 1, sizeof(before[0]));
	for (size_t i = 0; i < r->n; i++)
		r->words[i].start_ms = NOBODY;
	for (size_t i = 0; i < n; i++) {
		size_t low = 0, high = piles;
		while (low < high) {
			size_t mid = (low + high) / 2;
			if (told[tail[mid]].word <= told[i].word)
				low = mid + 1;
			else
				high = mid;
		}
		before[i] = low > 0 ? tail[low - 1] : n;
		tail[low] = i;
		piles += low == piles;
	}
	for (size_t i = piles > 0 ? tail[piles - 1] : n; i < n; i = before[i])
		r->words[told[i].word].start_ms = told[i].ms;
}

/* Divide the time from word FROM to END_MS among the words from FROM to before TO, by length. */
static void
words_share_time(struct timed_word *v, size_t from, size_t to, uint32_t end_ms)
{
	uint64_t all = 0, so_far = 0, time = end_ms - v[from].start_ms;
	for (size_t i = from; i < to; i++)
		all += v[i].length;
	for (size_t i = from; i + 1 < to; i++) {
		so_far += v[i].length;
		v[i + 1].start_ms = v[from].start_ms + (uint32_t)(time * so_far / all);
	}
}

static void
words_fill_gaps(struct timed_word *v, size_t n, uint32_t duration_ms)
{
	size_t from = 0;
	if (v[0].start_ms == NOBODY)
		v[0].start_ms = 0;
	for (size_t i = 1; i < n; i++)
		if (v[i].start_ms != NOBODY) {
			words_share_time(v, from, i, v[i].start_ms);
			from = i;
		}
	words_share_time(v, from, n, duration_ms);
	/* Each has at least a millisecond. */
	for (size_t i = 1; i < n; i++)
		if (v[i].start_ms <= v[i - 1].start_ms)
			v[i].start_ms = v[i - 1].start_ms + 1;
	uint32_t end_ms = duration_ms;
	for (size_t i = n; i-- > 0; end_ms = v[i].start_ms) {
		v[i].end_ms = end_ms;
		if (v[i].start_ms >= end_ms)
			v[i].start_ms = end_ms - 1;
	}
}

const struct timed_word *
timing_words(struct pool *pool, const char *text, size_t len, const struct said *said,
    const struct ending *ending, uint32_t duration_ms, size_t *n)
{
	struct reading r = {0};
	struct told *told = pool_array(pool, ending->words_n + 1, sizeof(told[0]));
	r.marks = text_words(pool, text, len, &r.chars);
	words_cut_dense(&r, said, ending->words, ending->words_n);
	words_join_runs(&r, said);
	words_find(&r, pool);
	*n = r.n <= duration_ms ? r.n : 0;
	if (*n == 0)
		return r.words;
	words_take_forward(&r, pool, told, reports_to_words(&r, said, ending, duration_ms, told));
	words_fill_gaps(r.words, r.n, duration_ms);
	return r.words;
}
