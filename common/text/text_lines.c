#include "text_parts.h"

#include <string.h>

#define WRAP_MAX 120   /* columns; a longer line is a paragraph by itself */
#define LIST_MAX 45    /* columns; shorter lines of which none ends a sentence are a list */
#define ROW_LINES 6    /* rows of signs and blank lines within a sentence */
#define INDENT_WORD 24 /* maximum columns of a line's first word */

static bool
is_break(uint32_t c)
{
	return c == '\n' || c == '\r' || c == 0x0b || c == 0x0c || c == 0x85 || c == 0x2028 ||
	       c == 0x2029;
}

/* Line breaks that also end a paragraph. */
static bool
is_paragraph(uint32_t c)
{
	return c == 0x0c || c == 0x2029;
}

static void
line_read(const char *s, size_t len, size_t at, struct line *line)
{
	size_t i = at, column = 0, first = 0;
	unsigned dots = 0;

	memset(line, 0, sizeof *line);
	line->begin = line->end = at;
	while (i < len) {
		size_t from = i;
		uint32_t c = utf8_next(s, len, &i);
		enum cls k;

		if (uni_plain(s[from]) && line->end > at) {
			column++;
			dots = 0;
			line->last = c;
			line->end = i;
			line->columns = column - first;
			continue;
		}
		if (is_break(c)) {
			line->paragraph = is_paragraph(c);
			if (c == '\r' && i < len && s[i] == '\n')
				i++;
			break;
		}
		k = uni_cls(c);
		column += k == C_MARK ? 0 : uni_wide(c) ? 2 : 1;
		if (k == C_SPACE)
			continue;
		if (line->end == at) {
			line->first = c;
			line->begin = from;
			first = column > 0 ? column - 1 : 0;
		}
		dots = c == '.' || k == C_ELLIPSIS ? dots + 1 : 0;
		line->leader |= dots >= 4;
		line->last = c;
		line->end = i;
		line->columns = column - first;
	}
	line->next = i;
}

/* Read the line at AT. The last one is cached, as most lines are asked for twice. */
static void
line_at(struct lines *lines, size_t at, struct line *line)
{
	if (lines->ahead_at != at || lines->ahead.next == 0) {
		line_read(lines->s, lines->len, at, &lines->ahead);
		lines->ahead_at = at;
	}
	*line = lines->ahead;
}

/* Whether the line ends with a mark that ends sentences, possibly followed by quotes and
 * brackets. */
static bool
ends_sentence(const char *s, const struct line *line)
{
	size_t i = line->end;

	for (int n = 0; i > line->begin && n < 6; n++) {
		enum cls k = uni_cls(utf8_prev(s, line->begin, &i));

		if (k >= C_DOT && k <= C_STOP)
			return true;
		if (k != C_CLOSE && k != C_QUOTE && k != C_EMOJI && k != C_MARK)
			return false;
	}
	return false;
}

/* Measure the block that begins at lines->at and ends at a blank line. */
static void
block_measure(struct lines *lines)
{
	struct line line = {0};
	size_t longer = 0;

	lines->width = lines->count = 0;
	lines->prose = false;
	for (size_t at = lines->at; at < lines->len && !line.paragraph; at = line.next) {
		if (at == lines->at)
			line_at(lines, at, &line);
		else
			line_read(lines->s, lines->len, at, &line);
		lines->block_end = line.next;
		if (line.end == line.begin)
			break;
		lines->count++;
		if (line.columns > lines->width)
			lines->width = line.columns;
		longer += line.columns > WRAP_MAX;
		lines->prose |= ends_sentence(lines->s, &line);
	}
	lines->unwrapped = longer * 4 > lines->count;
}

/* Columns of the first word of a line. Scripts without spaces can break anywhere. */
static size_t
first_word(const char *s, const struct line *line)
{
	size_t columns = 0;

	for (size_t i = line->begin; i < line->end && columns < INDENT_WORD;) {
		uint32_t c = utf8_next(s, line->end, &i);

		if (uni_cls(c) == C_SPACE)
			break;
		columns += uni_wide(c) ? 2 : 1;
		if (uni_cjk(c))
			break;
	}
	return columns;
}

/* Whether the line begins with an address in brackets, "<https://…>", and not with the name of who
 * speaks in a chat, "<ann>". */
static bool
is_bracketed_address(const char *s, const struct line *line)
{
	bool address = false;

	if (line->first != '<')
		return false;
	for (size_t i = line->begin + 1; i < line->end && s[i] != ' '; i++) {
		if (s[i] == '>')
			return address;
		address |= s[i] == '@' || s[i] == '/';
	}
	return false;
}

/* Whether the line begins like a list item, a line of dialogue or a heading. */
static bool
begins_item(const char *s, const struct line *line)
{
	struct label label;
	size_t i = line->begin;
	enum cls k = uni_cls(utf8_next(s, line->end, &i)), then;

	then = i < line->end ? uni_cls(utf8_at(s, line->end, i)) : C_SPACE;
	if (k == C_BULLET || k == C_ENUM)
		return true;
	if ((line->first == '/' && cls_letter(then)) || is_bracketed_address(s, line))
		return false;
	if (k == C_DASH || k == C_OTHER)
		return then == C_SPACE || then == k || k == C_OTHER || then == C_UPPER;
	return label_parse(s, line->end, line->begin, &label) > 0;
}

/* Whether the line begins with a number and a full stop that end nothing: "7. of the book". */
static bool
begins_number(const char *s, const struct line *line)
{
	size_t i = line->begin;

	while (i < line->end && s[i] >= '0' && s[i] <= '9')
		i++;
	return i > line->begin && line->end - i > 2 && s[i] == '.' && s[i + 1] == ' ' &&
	       uni_cls(utf8_at(s, line->end, i + 2)) == C_LOWER;
}

/* Whether the line ends with a comma, or with a word that never ends a sentence. */
static bool
line_hangs(const struct lines *lines, const struct line *line)
{
	struct word_before b;
	size_t i = line->end;

	if (uni_cls(line->last) == C_CLAUSE)
		return line->last != ':' && line->last != 0xff1a;
	if (uni_cjk(line->last)) {
		utf8_prev(lines->s, line->begin, &i);
		return wordlist_find(lines->wordlist, lines->s + i, line->end - i) >> W_HANGING & 1;
	}
	before_read(&b, lines->wordlist, lines->s, line->begin, line->end);
	return wordlist_find(lines->wordlist, b.word, b.len) >> W_HANGING & 1;
}

/* Tell whether a sentence may continue from line A into line B. */
static bool
line_continues(const struct lines *lines, const struct line *a, const struct line *b)
{
	bool lower = uni_cls(b->first) == C_LOWER;
	bool list = !lines->prose && lines->width < LIST_MAX;
	size_t slack = lines->width < LIST_MAX ? 0 : lines->width / 4;
	bool full = a->columns + 1 + first_word(lines->s, b) + slack > lines->width;

	if (full && slack > 0 && begins_number(lines->s, b) && !ends_sentence(lines->s, a) &&
	    uni_cls(a->last) == C_LOWER)
		return !lines->unwrapped;
	if (a->leader || begins_item(lines->s, b))
		return false;
	if (lines->unwrapped || a->columns > WRAP_MAX)
		return lower && cls_letter(uni_cls(a->last));
	if (list)
		return lower && lines->count == 2;
	if (lines->width < LIST_MAX && uni_cls(b->first) == C_UPPER)
		return line_hangs(lines, a);
	return lower || full || line_hangs(lines, a);
}

/* Whether the line is a row of signs, as between scenes: "* * *", "----". */
static bool
is_row(const struct lines *lines, const struct line *line)
{
	for (size_t i = line->begin; i < line->end; i++)
		if (lines->s[i] == '\0' || strchr("*=_~#-+. ", lines->s[i]) == NULL)
			return false;
	return line->end > line->begin && lines->s[line->begin] != '.';
}

/* If rows of signs follow LINE, and then a line that goes on with its sentence, where that line
 * is; otherwise 0. */
static size_t
over_rows(const struct lines *lines, const struct line *line)
{
	struct line next;
	bool rows = false;

	if (ends_sentence(lines->s, line) || line->columns > WRAP_MAX)
		return 0;
	for (size_t at = line->next, n = 0; at < lines->len && n < ROW_LINES; at = next.next, n++) {
		line_read(lines->s, lines->len, at, &next);
		if (next.end > next.begin && !is_row(lines, &next))
			return rows && uni_cls(next.first) == C_LOWER ? at : 0;
		rows |= next.end > next.begin;
	}
	return 0;
}

/* Take the line at lines->at. */
static void
take_line(struct lines *lines, struct line *line)
{
	if (lines->at >= lines->block_end)
		block_measure(lines);
	line_at(lines, lines->at, line);
	lines->at = line->next;
}

bool
lines_next(struct lines *lines, size_t *begin, size_t *end)
{
	struct line line, next;
	size_t over;

	do {
		if (lines->at >= lines->len)
			return false;
		take_line(lines, &line);
	} while (line.end == line.begin);
	*begin = line.begin;
	for (;;) {
		while (lines->at < lines->block_end) {
			line_at(lines, lines->at, &next);
			if (next.end == next.begin || !line_continues(lines, &line, &next))
				break;
			line = next;
			lines->at = line.next;
		}
		over = over_rows(lines, &line);
		if (over == 0)
			break;
		lines->at = over;
		take_line(lines, &line);
	}
	*end = line.end;
	return true;
}
