#include "pipeline_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/say/voice.h"

/* ------------------------------------------------------------------ languages */

/* Languages that clients call by another name than that of a voice. */
static const struct {
	const char *name, *tag;
} languages[] = {
    {"Korean", "ko"},
    {"English", "en"},
};

const char *
text_language_name(const char *tag)
{
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
		if (strcasecmp(languages[i].tag, tag) == 0)
			return languages[i].name;
	return tag;
}

const char *
text_language_tag(const char *name)
{
	const struct voice *voice;

	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
		if (strcasecmp(languages[i].name, name) == 0)
			return languages[i].tag;
	for (const struct voice *v = voices; v < voices + voices_n; v++)
		if (voice_offered(v) && strcasecmp(v->name, name) == 0)
			return v->language;
	voice = voice_by_language(name);
	return voice != NULL && voice_offered(voice) ? name : NULL;
}

/* Whether the LEN characters at S are the tag of LANGUAGE or of a kind of it: "ko", "ko-KR". */
static bool
is_kind_of(const char *s, size_t len, const char *language)
{
	size_t n = strlen(language);

	return len >= n && strncasecmp(s, language, n) == 0 && (len == n || s[n] == '-');
}

/* The weight of the LEN characters of an item of Accept-Language: "ko;q=0.8". */
static double
weight_of(const char *s, size_t len)
{
	const char *q = memmem(s, len, "q=", 2);

	return q != NULL ? strtod(q + 2, NULL) : 1;
}

enum text_language
text_language_for(const struct req *req, const char *pipeline_language)
{
	const char *s = req->accept_language != NULL ? req->accept_language : "";
	enum text_language best =
	    is_kind_of(pipeline_language, strlen(pipeline_language), "ko") ? TEXT_KO : TEXT_EN;
	double most = 0;

	while (*s != '\0') {
		size_t len = strcspn(s, ","), skip = strspn(s, " \t");
		const char *item = s + (skip < len ? skip : len);
		size_t tag = strcspn(item, ",; \t");
		bool ko = is_kind_of(item, tag, "ko");
		double weight = weight_of(item, (size_t)(s + len - item));

		if ((ko || is_kind_of(item, tag, "en")) && weight > most) {
			most = weight;
			best = ko ? TEXT_KO : TEXT_EN;
		}
		s += len + (s[len] == ',');
	}
	return best;
}

/* ------------------------------------------------------------------ the table */

typedef const char *texts[TEXT_LANGUAGES];

/* Of a stage, if it has one of its own; of any stage. */
static const texts by_stage[STAGES][PIPELINE_WORDS] = {
    [STAGE_LYRIC] =
	{
	    [PIPELINE_PROCESSING] = {"가사 생성을 시작합니다.", "The lyric is being written."},
	    [PIPELINE_COMPLETED] = {"가사 생성이 완료되었습니다.", "The lyric is complete."},
	    [PIPELINE_FAILED] = {"가사 생성에 실패했습니다.", "The lyric failed."},
	},
    [STAGE_SONG] =
	{
	    [PIPELINE_PROCESSING] = {"노래 생성을 시작합니다.", "The song is being made."},
	    [PIPELINE_UPLOADING] = {"오디오 파일을 업로드 중입니다.",
		"The audio file is being stored."},
	    [PIPELINE_COMPLETED] = {"노래 생성이 완료되었습니다.", "The song is complete."},
	    [PIPELINE_FAILED] = {"노래 생성에 실패했습니다.", "The song failed."},
	},
    [STAGE_VIDEO] =
	{
	    [PIPELINE_PROCESSING] = {"비디오 생성을 시작합니다.", "The video is being made."},
	    [PIPELINE_UPLOADING] = {"비디오 파일을 업로드 중입니다.",
		"The video file is being stored."},
	    [PIPELINE_COMPLETED] = {"비디오 생성이 완료되었습니다. 파이프라인 종료.",
		"The video is complete. End of the pipeline."},
	    [PIPELINE_FAILED] = {"비디오 생성에 실패했습니다.", "The video failed."},
	},
};

static const texts by_word[PIPELINE_WORDS] = {
    [PIPELINE_PENDING] = {"대기 중입니다.", "It is waiting for its turn."},
    [PIPELINE_STALE] = {"입력이 변경되어 다시 생성해야 합니다.",
	"What it was made from has changed since: it has to be made again."},
    [PIPELINE_CANCELLED] = {"취소되었습니다.", "It was cancelled."},
    [PIPELINE_PAUSED] = {"일시 정지되었습니다.", "It is paused."},
    [PIPELINE_SKIPPED] = {"요청되지 않은 단계입니다.", "This stage was not asked for."},
};

/* Of a pipeline; %s is the stage. */
static const texts of_whole[PIPELINE_WORDS] = {
    [PIPELINE_PROCESSING] = {"%s 단계 진행 중...", "Stage %s is in progress..."},
    [PIPELINE_COMPLETED] = {"파이프라인이 완료되었습니다.", "The pipeline is complete."},
    [PIPELINE_FAILED] = {"%s 단계에서 실패했습니다.", "It failed in stage %s."},
    [PIPELINE_CANCELLED] = {"%s 단계에서 취소되었습니다.", "It was cancelled in stage %s."},
    [PIPELINE_PAUSED] = {"%s 단계에서 일시 정지되었습니다.", "It is paused in stage %s."},
    [PIPELINE_WAITING] = {"%s 단계의 요청을 기다리고 있습니다.",
	"It waits for somebody to request stage %s."},
    [PIPELINE_DRAFT] = {"파이프라인이 아직 시작되지 않았습니다.", "The pipeline was not started."},
};

static const texts of_answers[TEXT_ANSWERS] = {
    [TEXT_STARTED] = {"파이프라인이 시작되었습니다.", "The pipeline was started."},
    [TEXT_EXISTS] = {"이미 시작된 파이프라인입니다.", "The pipeline had been started before."},
    [TEXT_RETRIED] = {"%s 단계 재시도가 요청되었습니다.", "A retry of stage %s was requested."},
    [TEXT_RESUMED] = {"%s 단계부터 재개합니다.", "It is resumed from stage %s."},
};

/* While a service is at it; %s seconds have passed. */
static const texts suno_working = {
    "Suno 음악 생성 중... (%s초 경과)", "Suno is making the music... (%s s)"};
static const texts song_working = {
    "음성 생성 중... (%s초 경과)", "The sentences are being spoken... (%s s)"};
static const texts video_sent = {
    "Creatomate에서 비디오를 렌더링 중입니다.", "Creatomate is rendering the video."};
static const texts video_working = {
    "비디오 렌더링 중... (%s초 경과)", "The video is being rendered... (%s s)"};

static const texts too_short = {"생성된 가사가 너무 짧습니다.", "The lyric is too short."};

/* ------------------------------------------------------------------ choosing */

/* TEXT with VALUE in place of its "%s". */
static const char *
fill(const struct req *req, const char *text, const char *value)
{
	const char *at = strstr(text, "%s");

	if (at == NULL)
		return text;
	return pool_printf(req->pool, "%.*s%s%s", (int)(at - text), text, value, at + 2);
}

/* The text while something else works on the stage; NULL if nothing does. */
static const char *
text_of_waiting(const struct req *req, enum text_language language, const struct pipeline_run *r,
    enum stage stage)
{
	const char *const *chosen = NULL;

	if (stage == STAGE_SONG && r->step == STEP_POLL)
		chosen = suno_working;
	else if (stage == STAGE_SONG && r->state == STAGE_WAITING)
		chosen = song_working;
	else if (stage == STAGE_VIDEO && r->step == STEP_POLL)
		chosen =
		    r->elapsed_sec < (uint64_t)req->api->conf->pipeline.stage[STAGE_VIDEO].poll_sec
			? video_sent
			: video_working;
	if (chosen == NULL)
		return NULL;
	return fill(req, chosen[language], pool_printf(req->pool, "%" PRIu64, r->elapsed_sec));
}

const char *
text_of_stage(
    const struct req *req, enum text_language language, const struct pipeline *p, enum stage stage)
{
	const struct pipeline_run *r = &p->runs[stage];
	enum pipeline_word word = pipeline_stage_word(p, stage);
	const char *text = NULL;

	if (word == PIPELINE_RETRYING)
		return pool_printf(req->pool, "Retry #%" PRIu64 ": %s", r->tries, r->error);
	if (word == PIPELINE_FAILED && stage == STAGE_LYRIC &&
	    strcmp(r->error_class, pipeline_class_name(CLASS_TOO_SHORT)) == 0)
		return too_short[language];
	if (word == PIPELINE_PROCESSING || word == PIPELINE_RENDERING)
		text = text_of_waiting(req, language, r, stage);
	if (text == NULL)
		text = by_stage[stage][word][language];
	if (text == NULL)
		text = by_word[word][language];
	return text != NULL ? text : by_stage[stage][PIPELINE_PROCESSING][language];
}

const char *
text_of_pipeline(
    const struct req *req, enum text_language language, enum pipeline_word word, enum stage stage)
{
	const char *text = of_whole[word][language];

	return fill(
	    req, text != NULL ? text : of_whole[PIPELINE_PROCESSING][language], stage_name(stage));
}

const char *
text_of_answer(
    const struct req *req, enum text_language language, enum text_answer answer, enum stage stage)
{
	return fill(req, of_answers[answer][language], stage_name(stage));
}
