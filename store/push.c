#include "webhook_internal.h"

#include "../common/base/json_put.h"

/* What an app shows of an event, by type. */
enum { EN, KO, LANGUAGES };

static const struct words {
	const char *title, *body;
} words[EVENT_TYPES][LANGUAGES] = {
    [EVENT_AUDIO_READY] = {{"Your sentence is ready", "The sentence you edited can be played."},
	{"문장이 준비되었습니다", "수정한 문장을 들을 수 있습니다."}},
    [EVENT_PROJECT_COMPLETED] = {{"Your text is ready", "All sentences can be played."},
	{"텍스트가 준비되었습니다", "모든 문장을 들을 수 있습니다."}},
    [EVENT_PROJECT_COMPLETED_WITH_ERRORS] = {{"Your text is ready, with errors",
						 "Some sentences could not be spoken."},
	{"텍스트가 준비되었지만 오류가 있습니다", "일부 문장을 음성으로 만들지 못했습니다."}},
    [EVENT_PIPELINE_COMPLETED] = {{"Your task is done", "Its results are available."},
	{"작업이 끝났습니다", "결과를 확인할 수 있습니다."}},
    [EVENT_PIPELINE_FAILED] = {{"Your task failed", "It could not be completed."},
	{"작업이 실패했습니다", "작업을 끝내지 못했습니다."}},
    [EVENT_EXPORT_READY] = {{"Your export is ready", "The file can be downloaded."},
	{"내보내기가 준비되었습니다", "파일을 내려받을 수 있습니다."}},
};

/* Korean for "ko" and "ko-KR"; English for all others. */
static int
language_of(const char *tag)
{
	return (tag[0] == 'k' || tag[0] == 'K') && (tag[1] == 'o' || tag[1] == 'O') &&
		       (tag[2] == '\0' || tag[2] == '-')
		   ? KO
		   : EN;
}

/* The end of the string, number or other value of JSON at S. */
static const char *
value_end(const char *s)
{
	int depth = 0;
	bool quoted = false;

	for (; *s != '\0'; s++) {
		if (quoted) {
			if (*s == '\\' && s[1] != '\0')
				s++;
			else if (*s == '"')
				quoted = false;
		} else if (*s == '"') {
			quoted = true;
		} else if (*s == '{' || *s == '[') {
			depth++;
		} else if (depth == 0 && (*s == ',' || *s == '}' || *s == ':')) {
			break;
		} else if (*s == '}' || *s == ']') {
			depth--;
		}
	}
	return s;
}

/* Append the members of DATA, an object as event_data.c writes it, with strings as values: messages
 * know no others. What is neither a string nor a number is left out. */
static void
put_data(struct buf *out, const char *data)
{
	const char *s = data + 1;

	while (*s == '"') {
		const char *name_end = value_end(s), *value = name_end + 1, *end = value_end(value);

		if (*value != '{' && *value != '[')
			buf_addf(out, *value == '"' ? ",%.*s:%.*s" : ",%.*s:\"%.*s\"",
			    (int)(name_end - s), s, (int)(end - value), value);
		s = *end == ',' ? end + 1 : end;
	}
}

static void
put_number(struct buf *out, struct pool *pool, const char *name, uint64_t n)
{
	if (n != 0)
		json_put_str(out, name, pool_printf(pool, "%ju", (uintmax_t)n));
}

const char *
push_body(struct pool *pool, const struct event *e, const char *language)
{
	const struct words *w = &words[e->type][language_of(language)];
	struct buf out;

	if (w->title == NULL)
		return NULL;
	buf_init(&out, pool, 1024);
	json_put_open(&out, NULL, '{');
	json_put_open(&out, "notification", '{');
	json_put_str(&out, "title", w->title);
	json_put_str(&out, "body", w->body);
	json_put_close(&out, '}');
	json_put_open(&out, "data", '{');
	json_put_str(&out, "type", event_type_name(e->type));
	json_put_str(&out, "created_at", e->created_at.s);
	put_number(&out, pool, "seq", e->seq);
	put_number(&out, pool, "project_id", e->project);
	put_number(&out, pool, "audio_id", e->audio);
	if (e->task[0] != '\0')
		json_put_str(&out, "task_id", e->task);
	put_data(&out, e->data);
	json_put_close(&out, '}');
	json_put_close(&out, '}');
	return out.data;
}
