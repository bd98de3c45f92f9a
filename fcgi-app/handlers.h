#ifndef TTS_HANDLERS_H
#define TTS_HANDLERS_H

#include "answer.h"
#include "req.h"

/* A handler reads the request, calls the store and returns the answer; see the table in route.c. */

/* user.c */
struct answer handle_signup(const struct req *req);
struct answer handle_login(const struct req *req);

/* account.c */
struct answer handle_user_get(const struct req *req);
struct answer handle_user_rename(const struct req *req);
struct answer handle_user_email(const struct req *req);
struct answer handle_user_password(const struct req *req);
struct answer handle_user_delete(const struct req *req);
struct answer handle_logout(const struct req *req);
struct answer handle_token_refresh(const struct req *req);

/* key.c */
struct answer handle_key_create(const struct req *req);
struct answer handle_key_list(const struct req *req);
struct answer handle_key_delete(const struct req *req);

/* project.c */
extern const char *const project_status_words[]; /* these end with NULL */
extern const char *const project_sort_words[];
struct answer handle_project_create(const struct req *req);
struct answer handle_project_list(const struct req *req);
struct answer handle_project_get(const struct req *req);
struct answer handle_project_retry(const struct req *req);
struct answer handle_project_delete(const struct req *req);

/* audio.c */
struct answer handle_project_page(const struct req *req);
struct answer handle_project_find(const struct req *req);
struct answer handle_audio_create(const struct req *req);
struct answer handle_audio_get(const struct req *req);
struct answer handle_audio_edit(const struct req *req);
struct answer handle_audio_delete(const struct req *req);
struct answer handle_audio_move(const struct req *req);
struct answer handle_audio_retry(const struct req *req);
struct answer handle_audio_mp3(const struct req *req);

/* lexicon.c */
struct answer handle_lexicon_create(const struct req *req);
struct answer handle_lexicon_list(const struct req *req);
struct answer handle_lexicon_get(const struct req *req);
struct answer handle_lexicon_delete(const struct req *req);

/* webhook.c */
struct answer handle_webhook_create(const struct req *req);
struct answer handle_webhook_list(const struct req *req);
struct answer handle_webhook_get(const struct req *req);
struct answer handle_webhook_change(const struct req *req);
struct answer handle_webhook_delete(const struct req *req);
struct answer handle_webhook_rotate(const struct req *req);

/* device.c */
struct answer handle_device_register(const struct req *req);
struct answer handle_device_list(const struct req *req);
struct answer handle_device_delete(const struct req *req);

/* delivery.c */
struct answer handle_webhook_test(const struct req *req);
struct answer handle_webhook_deliveries(const struct req *req);
struct answer handle_webhook_redeliver(const struct req *req);
struct answer handle_webhook_replay(const struct req *req);

/* pipeline.c */
struct answer handle_pipeline_status(const struct req *req);
struct answer handle_pipeline_list(const struct req *req);
struct answer handle_pipeline_delete(const struct req *req);

/* pipeline_start.c */
struct answer handle_pipeline_start(const struct req *req);
struct answer handle_lyric_generate(const struct req *req);

/* pipeline_stage.c */
struct answer handle_song_generate(const struct req *req);
struct answer handle_video_generate(const struct req *req);
struct answer handle_lyric_status(const struct req *req);
struct answer handle_song_status(const struct req *req);
struct answer handle_video_status(const struct req *req);

/* pipeline_change.c */
struct answer handle_pipeline_retry(const struct req *req);
struct answer handle_pipeline_resume(const struct req *req);
struct answer handle_pipeline_cancel(const struct req *req);
struct answer handle_pipeline_pause(const struct req *req);
struct answer handle_pipeline_unpause(const struct req *req);
struct answer handle_pipeline_lyric(const struct req *req);
struct answer handle_pipeline_take(const struct req *req);
struct answer handle_pipeline_callback(const struct req *req);

/* image.c */
struct answer handle_image_add(const struct req *req);
struct answer handle_image_list(const struct req *req);
struct answer handle_image_move(const struct req *req);
struct answer handle_image_delete(const struct req *req);

/* dead.c */
struct answer handle_dead_list(const struct req *req);
struct answer handle_dead_retry_all(const struct req *req);
struct answer handle_dead_get(const struct req *req);
struct answer handle_dead_retry(const struct req *req);
struct answer handle_dead_drop(const struct req *req);

/* timing.c */
struct answer handle_audio_timing(const struct req *req);

/* system.c */
struct answer handle_voices(const struct req *req);
struct answer handle_healthz(const struct req *req);

/* level.c */
struct answer handle_post_sentence(const struct req *req);
struct answer handle_update_sentence(const struct req *req);

/* metrics.c */
struct answer handle_metrics(const struct req *req);

#endif
