#include "outcome.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "../common/base/log.h"
#include "../common/base/version.h"
#include "../common/base/made_with.h"
#include "../common/say/pace.h"
#include "../common/text/text.h"
#include "../common/text/text_mixed.h"
#include "engine/mp3.h"
#include "engine/speak.h"

/* The range of R 128 for 16-bit samples, in hundredths of LUFS; a child made up anything else. */
#define LOUDNESS_MIN (-7000)
#define LOUDNESS_MAX 1000

static const char *const doing[PHASES] = {
    [PHASE_PREPARING] = "preparing",
    [PHASE_SPEAKING] = "speaking",
    [PHASE_ENCODING] = "encoding",
};

const struct voice *
outcome_voice(const struct conf *conf, const struct claim *claim)
{
	const struct voice_wish wish = {
	    claim->voice, claim->language, claim->context, conf->speech.language};
	return voice_for(&wish, claim->text, claim->text_len);
}

const char *
outcome_unspeakable(const struct claim *claim, const struct voice *voice)
{
	if (voice == NULL)
		return "no voice speaks this language";
	if (claim->text_len > SLOT_TEXT_MAX)
		return "the text is too long";
	if (!text_speakable(claim->text, claim->text_len))
		return "there is nothing to speak";
	if (!text_readable(claim->text, claim->text_len))
		return "no voice can read this script";
	return NULL;
}

/* The voice that speaks a run; VOICE if there is no other. */
static const struct voice *
run_voice(const struct text_run *run, const struct voice *voice)
{
	const struct voice *other = NULL;
	if (strcmp(run->language, voice->language) != 0)
		other = voice_by_language(run->language);
	return other != NULL ? voice_like(other, voice) : voice;
}

struct said
outcome_said(const struct conf *conf, struct pool *pool, const struct claim *claim,
    const struct voice *voice)
{
	bool last =
	    claim->crashes > 0 && claim->crashes + 1 >= (unsigned)conf->scheduler.max_crashes;
	return (last ? say_text_softened : say_text)(
	    pool, claim->text, claim->text_len, voice->language, claim->lexicon);
}

struct utterance
outcome_utterance(struct pool *pool, const struct said *said, const struct voice *voice, int speed)
{
	struct utterance what = {
	    .voice = voice, .percent = pace_percent(speed), .text = said->text, .len = said->len};
	if (said->phonemes) { /* phonemes are specific to a voice */
		what.phonemes = true;
		return what;
	}
	struct text_runs runs = text_mixed(pool, said->text, said->len, voice->language);
	if (runs.n == 1)
		what.voice = run_voice(&runs.v[0], voice);
	if (runs.n == 1 || runs.n > SLOT_PARTS_MAX)
		return what;
	struct speak_part *parts = pool_array(pool, runs.n, sizeof parts[0]);
	for (size_t i = 0; i < runs.n; i++)
		parts[i] = (struct speak_part){(uint32_t)runs.v[i].offset, (uint32_t)runs.v[i].len,
		    (uint32_t)(run_voice(&runs.v[i], voice) - voices)};
	what.parts = parts;
	what.parts_n = runs.n;
	return what;
}

struct result
outcome_release(const struct claim *claim, const uint8_t token[CLAIM_TOKEN_SIZE])
{
	struct result result = {
	    .id = claim->id,
	    .project = claim->project,
	    .revision = claim->revision,
	    .outcome = OUTCOME_RELEASE,
	    .path = "",
	    .attempts = claim->attempts,
	    .crashes = claim->crashes,
	    .error = "",
	};
	memcpy(result.token, token, CLAIM_TOKEN_SIZE);
	return result;
}

void
outcome_fail(struct result *result, const char *error)
{
	result->outcome = OUTCOME_FAILED;
	result->attempts++;
	result->error = error;
}

static void
result_charge(const struct conf *conf, struct result *result, const char *error)
{
	result->attempts++;
	result->error = error;
	bool last = result->attempts >= (unsigned)conf->scheduler.max_attempts ||
		    result->crashes >= (unsigned)conf->scheduler.max_crashes;
	result->outcome = last ? OUTCOME_FAILED : OUTCOME_RETRY;
}

static void
result_crashed(
    const struct conf *conf, struct pool *pool, const struct ending *ending, struct result *result)
{
	const char *phase = doing[ending->phase], *error;
	const char *name = ending->signal != 0 ? sigdescr_np(ending->signal) : NULL;
	if (ending->ended == ENDED_LATE)
		error = pool_printf(pool, "the speech engine took longer than %d s while %s",
		    conf->speech.timeout_sec, phase);
	else if (name != NULL) {
		char *lower = pool_strdup(pool, name);
		if (islower((unsigned char)lower[1]))
			lower[0] = (char)tolower((unsigned char)lower[0]);
		error = pool_printf(pool, "the speech engine crashed while %s (signal %d, %s)",
		    phase, ending->signal, lower);
	} else if (ending->signal != 0)
		error = pool_printf(
		    pool, "the speech engine crashed while %s (signal %d)", phase, ending->signal);
	else
		error = pool_printf(
		    pool, "the speech engine ended while %s (status %d)", phase, ending->status);
	result->crashes++;
	result_charge(conf, result, error);
	/* It may well crash again, but waiting would not prevent that. */
	result->delay_ms = 0;
}

static void
result_refused(
    const struct conf *conf, struct pool *pool, const struct ending *ending, struct result *result)
{
	switch (ending->child) {
	case CHILD_SILENT:
		outcome_fail(result, "there is nothing to speak");
		return;
	case CHILD_CLIPPED:
		outcome_fail(result, "the sound is cut off at full scale");
		return;
	case CHILD_ABSURD:
		outcome_fail(result, "the sound is far too long for its text");
		return;
	case CHILD_LONG:
		outcome_fail(result,
		    pool_printf(pool, "longer than %d s of sound", conf->speech.max_seconds));
		return;
	default:
		result_charge(conf, result,
		    ending->child == CHILD_ENCODER ? "the MP3 encoder refused the sound"
						   : "the speech engine refused the text");
		result->delay_ms = queue_rest_ms(conf, result->attempts);
	}
}

/* What a sound was made with whose engine has SAMPLE_RATE. */
static const char *
sound_makers(const struct conf *conf, struct pool *pool, int sample_rate)
{
	int rate = conf->mp3.sample_rate_hz > 0 ? conf->mp3.sample_rate_hz : sample_rate;

	return made_with_pack(
	    pool, &(struct made_with){.version = TTS_VERSION,
		      .engine = pool_printf(pool, "espeak-ng %s", speak_version()),
		      .encoder = pool_printf(pool, "LAME %s", mp3_version()),
		      .mode = "cbr",
		      .bitrate_kbps = conf->mp3.bitrate_kbps,
		      .quality = conf->mp3.quality,
		      .sample_rate_hz = rate});
}

void
outcome_of(const struct conf *conf, struct pool *pool, const struct claim *claim,
    const struct ending *ending, struct result *result)
{
	switch (ending->ended) {
	case ENDED_SPOKEN:
		result->duration_ms = (ending->samples * 1000 + (uint64_t)ending->sample_rate / 2) /
				      (uint64_t)ending->sample_rate;
		result->size_bytes = ending->mp3_len;
		result->made_with = sound_makers(conf, pool, ending->sample_rate);
		result->loudness =
		    ending->loudness >= LOUDNESS_MIN && ending->loudness <= LOUDNESS_MAX
			? (int)ending->loudness
			: LOUDNESS_UNKNOWN;
		return;
	case ENDED_REFUSED:
		result_refused(conf, pool, ending, result);
		return;
	case ENDED_CRASHED:
	case ENDED_LATE:
		result_crashed(conf, pool, ending, result);
		return;
	case ENDED_LOST:
		return;
	}
}

void
outcome_tell(const struct result *result, const struct ending *e)
{
	const char *what = result->outcome == OUTCOME_FAILED ? "failed" : "will be retried";
	if (e->ended == ENDED_CRASHED || e->ended == ENDED_LATE)
		log_warn("audio %" PRIu64 " %s: %s", result->id, what, result->error);
	else if (result->outcome != OUTCOME_READY && result->outcome != OUTCOME_RELEASE)
		log_notice("audio %" PRIu64 " %s: %s", result->id, what, result->error);
}
