-- What each program may do, and nothing else. Run by "sql/migrate --accounts" with {host} replaced,
-- after the accounts were made; the tables are those of the present database.

-- The API: what a user can ask for, also of the account. It cannot touch the sound of a sentence.
GRANT SELECT, INSERT, UPDATE (bulk_turn, edit_turn, project_count, updated_at, name, email, email_key,
    password_hash, token_epoch, disabled, deleted_at)
  ON user TO 'tts_api'@'{host}';
GRANT SELECT, INSERT, DELETE ON logout TO 'tts_api'@'{host}';
GRANT SELECT, INSERT, DELETE, UPDATE (used_at) ON api_key TO 'tts_api'@'{host}';
GRANT SELECT, INSERT, UPDATE (deleted, updated_at, sentence_count, ready_count, failed_count, duration_ms)
  ON project TO 'tts_api'@'{host}';
GRANT SELECT, INSERT, DELETE, UPDATE (n) ON stretch TO 'tts_api'@'{host}';
GRANT SELECT, INSERT, DELETE, UPDATE (updated_at, position, text, speed, revision, state, turn,
    queued_at, run_at, claim_token, host, run_id, lease_until, attempts, crashes, error)
  ON audio TO 'tts_api'@'{host}';
GRANT SELECT ON queue_clock TO 'tts_api'@'{host}';
GRANT SELECT (id, project_id, audio_id, pipeline_id, bury), INSERT ON trash TO 'tts_api'@'{host}';
GRANT SELECT, INSERT, DELETE ON idempotency TO 'tts_api'@'{host}';
GRANT SELECT, INSERT, DELETE, UPDATE (updated_at, written, said, revision, unswept, gone)
  ON lexicon TO 'tts_api'@'{host}';
GRANT SELECT ON timing TO 'tts_api'@'{host}';
GRANT SELECT, INSERT, UPDATE (updated_at, state, run_at, claim_token, host, run_id, lease_until, tries,
    progress, total, changed, cursor_at, cursor_end, error_class, error)
  ON work TO 'tts_api'@'{host}';
GRANT SELECT (work_id, n, ended_at), INSERT, UPDATE (ended_at, outcome, error_class, status, answer)
  ON work_try TO 'tts_api'@'{host}';
GRANT SELECT, INSERT, UPDATE (seq, event_at) ON user_seq TO 'tts_api'@'{host}';
GRANT SELECT (created_at), INSERT ON event TO 'tts_api'@'{host}';
GRANT SELECT, INSERT, UPDATE (updated_at, url, types, description, enabled, reason, failing_since, fanned_seq,
    deleted)
  ON webhook TO 'tts_api'@'{host}';
GRANT SELECT (id, webhook_id, until), INSERT, UPDATE (until) ON webhook_secret TO 'tts_api'@'{host}';
GRANT SELECT (webhook_id, token_hash, platform, language, created_at, updated_at), INSERT, DELETE,
    UPDATE (platform, language, updated_at)
  ON device TO 'tts_api'@'{host}';
GRANT SELECT, INSERT, UPDATE (updated_at, state, run_at, tries, status, error_class, error, answer)
  ON delivery TO 'tts_api'@'{host}';
-- Pipelines: not what a worker has made, nor what it was told by a service.
GRANT SELECT, INSERT, DELETE, UPDATE (updated_at, started_at, customer_name, region, detail, language, genre,
    orientation, lyric, project_id, stages, auto_continue, priority, paused, paused_at, pause_reason, cancelled_at, expires_at)
  ON pipeline TO 'tts_api'@'{host}';
GRANT SELECT, INSERT, DELETE, UPDATE (updated_at, ended_at, state, stale, run_at, claim_token, host, run_id,
    lease_until, candidate, dropped)
  ON stage TO 'tts_api'@'{host}';
GRANT SELECT (id, project_id, state), UPDATE (state, updated_at, run_at) ON stage_song TO 'tts_api'@'{host}';
GRANT SELECT, UPDATE (ended_at, outcome, error_class) ON stage_try TO 'tts_api'@'{host}';
GRANT SELECT ON asset TO 'tts_api'@'{host}';
GRANT SELECT ON caption TO 'tts_api'@'{host}';
GRANT SELECT, INSERT, DELETE, UPDATE (position) ON image TO 'tts_api'@'{host}';
-- Counts and moves of files that other programs report.
GRANT SELECT, UPDATE (max_count) ON level TO 'tts_api'@'{host}';
GRANT SELECT, INSERT, UPDATE (level, update_time, total, lw, half_life_sec, fetched_at, target, reason)
  ON content TO 'tts_api'@'{host}';
-- For /metrics.
GRANT SELECT ON stage_control TO 'tts_api'@'{host}';
GRANT SELECT ON engine TO 'tts_api'@'{host}';
GRANT SELECT ON engine_call TO 'tts_api'@'{host}';
GRANT SELECT ON schema_migration TO 'tts_api'@'{host}';

-- The renderer: the queue. It cannot see users, nor change a text, nor make or remove a sentence.
GRANT SELECT (id, deleted, hidden, language, voice, context, sentence_count, ready_count, failed_count,
    duration_ms),
    UPDATE (updated_at, ready_count, failed_count, duration_ms)
  ON project TO 'tts_render'@'{host}';
GRANT SELECT, UPDATE (updated_at, audio_revision, path, duration_ms, size_bytes, sha256, loudness, made_with,
    state, run_at, claim_token, host, run_id, lease_until, attempts, crashes, error)
  ON audio TO 'tts_render'@'{host}';
GRANT SELECT, INSERT, UPDATE ON timing TO 'tts_render'@'{host}';
GRANT SELECT, UPDATE (turn) ON queue_clock TO 'tts_render'@'{host}';
GRANT INSERT ON trash TO 'tts_render'@'{host}';
GRANT SELECT (id, project_id, state), UPDATE (state, updated_at, run_at) ON stage_song TO 'tts_render'@'{host}';
GRANT SELECT (id, user_id, project_id, kind, language, written, said, gone)
  ON lexicon TO 'tts_render'@'{host}';
GRANT SELECT (user_id, seq), UPDATE (seq, event_at) ON user_seq TO 'tts_render'@'{host}';
GRANT INSERT ON event TO 'tts_render'@'{host}';
GRANT SELECT ON schema_migration TO 'tts_render'@'{host}';

-- The work that is too long for a request. It removes what was deleted and queues sentences again; of
-- what users wrote it changes nothing.
GRANT SELECT, INSERT, DELETE, UPDATE (updated_at, state, run_at, claim_token, host, run_id, lease_until,
    tries, parent_id, progress, total, changed, cursor_at, cursor_end, error_class, error)
  ON work TO 'tts_work'@'{host}';
GRANT SELECT, INSERT, UPDATE (ended_at, outcome, error_class, status, answer)
  ON work_try TO 'tts_work'@'{host}';
GRANT SELECT (id, bulk_turn, edit_turn, project_count, disabled, deleted_at), DELETE,
    UPDATE (bulk_turn, edit_turn, project_count)
  ON user TO 'tts_work'@'{host}';
GRANT SELECT (id, user_id, deleted, hidden, language, voice, context, sentence_count, ready_count, failed_count,
    duration_ms), DELETE, UPDATE (deleted, updated_at, sentence_count, ready_count, failed_count, duration_ms)
  ON project TO 'tts_work'@'{host}';
GRANT SELECT, DELETE, UPDATE (updated_at, revision, state, turn, queued_at, run_at, claim_token, host,
    run_id, lease_until, attempts, crashes, error)
  ON audio TO 'tts_work'@'{host}';
GRANT SELECT (id, project_id, state), UPDATE (state, updated_at, run_at) ON stage_song TO 'tts_work'@'{host}';
GRANT SELECT, DELETE, UPDATE (unswept) ON lexicon TO 'tts_work'@'{host}';
GRANT SELECT (user_id), DELETE ON idempotency TO 'tts_work'@'{host}';
GRANT SELECT (user_id), DELETE ON logout TO 'tts_work'@'{host}';
GRANT SELECT (user_id), DELETE ON api_key TO 'tts_work'@'{host}';
GRANT SELECT ON queue_clock TO 'tts_work'@'{host}';
GRANT SELECT, INSERT, DELETE, UPDATE (run_at, tries) ON trash TO 'tts_work'@'{host}';
GRANT SELECT, INSERT, UPDATE, DELETE ON content TO 'tts_work'@'{host}';
GRANT SELECT ON level TO 'tts_work'@'{host}';
GRANT SELECT (project_id), DELETE ON level_pin TO 'tts_work'@'{host}';
GRANT SELECT, DELETE, UPDATE (updated_at) ON pipeline TO 'tts_work'@'{host}';
GRANT SELECT, DELETE ON stage TO 'tts_work'@'{host}';
GRANT SELECT (id, stage_id, step) ON stage_try TO 'tts_work'@'{host}';
GRANT SELECT ON asset TO 'tts_work'@'{host}';
GRANT SELECT, DELETE ON image TO 'tts_work'@'{host}';
GRANT SELECT, DELETE, UPDATE (seq, oldest, event_at) ON user_seq TO 'tts_work'@'{host}';
GRANT SELECT (user_id, seq, created_at), INSERT, DELETE ON event TO 'tts_work'@'{host}';
GRANT SELECT ON schema_migration TO 'tts_work'@'{host}';

-- Telling of events. It sees what was said of a change, the endpoints, their secrets and tokens, and nothing that
-- users wrote.
GRANT SELECT (id, disabled, deleted_at) ON user TO 'tts_notify'@'{host}';
GRANT SELECT, INSERT ON event TO 'tts_notify'@'{host}';
GRANT SELECT, UPDATE (seq, event_at) ON user_seq TO 'tts_notify'@'{host}';
GRANT SELECT, DELETE, UPDATE (updated_at, enabled, reason, failing_since, fanned_seq, deleted)
  ON webhook TO 'tts_notify'@'{host}';
GRANT SELECT, DELETE ON device TO 'tts_notify'@'{host}';
GRANT SELECT, DELETE ON webhook_secret TO 'tts_notify'@'{host}';
-- All columns: INSERT … ON DUPLICATE KEY UPDATE asks for the right to change whatever it inserts.
GRANT SELECT, INSERT, DELETE, UPDATE ON delivery TO 'tts_notify'@'{host}';
GRANT SELECT, DELETE, UPDATE (sent_at, run_at, tries) ON alert TO 'tts_notify'@'{host}';
GRANT SELECT ON schema_migration TO 'tts_notify'@'{host}';

-- The streams of events: what they send, and whether a login still counts. Nothing is changed.
GRANT SELECT ON event TO 'tts_stream'@'{host}';
GRANT SELECT (user_id, seq, oldest, event_at) ON user_seq TO 'tts_stream'@'{host}';
GRANT SELECT (id, disabled, token_epoch) ON user TO 'tts_stream'@'{host}';
GRANT SELECT (user_id, session) ON logout TO 'tts_stream'@'{host}';
GRANT SELECT (id, user_id, hash, can_read, can_write, expires_at, used_at) ON api_key TO 'tts_stream'@'{host}';
GRANT SELECT ON schema_migration TO 'tts_stream'@'{host}';

-- The stages of pipelines, a worker each. It sees the pipelines, changes the runs of its own stage, and adds one to
-- it and to the next; what the stage before has made it only reads.
GRANT SELECT, INSERT, UPDATE ON stage_lyric TO 'tts_lyric'@'{host}';
GRANT SELECT, INSERT ON stage_song TO 'tts_lyric'@'{host}';
GRANT SELECT, UPDATE (updated_at) ON pipeline TO 'tts_lyric'@'{host}';
GRANT SELECT, UPDATE (changed_at) ON stage_control TO 'tts_lyric'@'{host}';
GRANT SELECT, INSERT, UPDATE ON engine TO 'tts_lyric'@'{host}';
GRANT SELECT, INSERT, DELETE ON engine_call TO 'tts_lyric'@'{host}';
GRANT SELECT, INSERT, DELETE, UPDATE (ended_at, outcome, error_class, error, status, answer)
  ON stage_try TO 'tts_lyric'@'{host}';
GRANT SELECT, INSERT ON alert TO 'tts_lyric'@'{host}';
GRANT SELECT (id, disabled, deleted_at) ON user TO 'tts_lyric'@'{host}';
GRANT SELECT (id, user_id, deleted) ON project TO 'tts_lyric'@'{host}';
GRANT SELECT (project_id, position, text) ON audio TO 'tts_lyric'@'{host}';
GRANT SELECT (user_id, seq), UPDATE (seq, event_at) ON user_seq TO 'tts_lyric'@'{host}';
GRANT INSERT ON event TO 'tts_lyric'@'{host}';
GRANT SELECT ON schema_migration TO 'tts_lyric'@'{host}';

-- A song may be spoken: its worker makes a project that nobody sees, and has it deleted.
GRANT SELECT, INSERT, UPDATE ON stage_song TO 'tts_song'@'{host}';
GRANT SELECT, INSERT ON stage_video TO 'tts_song'@'{host}';
GRANT SELECT ON stage_lyric TO 'tts_song'@'{host}';
GRANT SELECT, UPDATE (updated_at) ON pipeline TO 'tts_song'@'{host}';
GRANT SELECT, UPDATE (changed_at) ON stage_control TO 'tts_song'@'{host}';
GRANT SELECT, INSERT, UPDATE ON engine TO 'tts_song'@'{host}';
GRANT SELECT, INSERT, DELETE ON engine_call TO 'tts_song'@'{host}';
GRANT SELECT, INSERT, DELETE, UPDATE (ended_at, outcome, error_class, error, status, answer)
  ON stage_try TO 'tts_song'@'{host}';
GRANT SELECT, INSERT, DELETE ON asset TO 'tts_song'@'{host}';
GRANT SELECT, INSERT, DELETE ON caption TO 'tts_song'@'{host}';
GRANT SELECT, INSERT ON alert TO 'tts_song'@'{host}';
GRANT SELECT (id, disabled, deleted_at, bulk_turn, edit_turn, project_count), UPDATE (bulk_turn, edit_turn)
  ON user TO 'tts_song'@'{host}';
GRANT SELECT, INSERT, UPDATE (deleted) ON project TO 'tts_song'@'{host}';
GRANT SELECT, INSERT ON stretch TO 'tts_song'@'{host}';
GRANT SELECT, INSERT ON audio TO 'tts_song'@'{host}';
GRANT SELECT ON timing TO 'tts_song'@'{host}';
GRANT SELECT ON queue_clock TO 'tts_song'@'{host}';
GRANT INSERT ON trash TO 'tts_song'@'{host}';
GRANT SELECT, INSERT ON work TO 'tts_song'@'{host}';
GRANT SELECT (user_id, seq), UPDATE (seq, event_at) ON user_seq TO 'tts_song'@'{host}';
GRANT INSERT ON event TO 'tts_song'@'{host}';
GRANT SELECT ON schema_migration TO 'tts_song'@'{host}';

GRANT SELECT, INSERT, UPDATE ON stage_video TO 'tts_video'@'{host}';
GRANT SELECT ON stage_song TO 'tts_video'@'{host}';
GRANT SELECT ON stage_lyric TO 'tts_video'@'{host}';
GRANT SELECT, UPDATE (updated_at) ON pipeline TO 'tts_video'@'{host}';
GRANT SELECT, UPDATE (changed_at) ON stage_control TO 'tts_video'@'{host}';
GRANT SELECT, INSERT, UPDATE ON engine TO 'tts_video'@'{host}';
GRANT SELECT, INSERT, DELETE ON engine_call TO 'tts_video'@'{host}';
GRANT SELECT, INSERT, DELETE, UPDATE (ended_at, outcome, error_class, error, status, answer)
  ON stage_try TO 'tts_video'@'{host}';
GRANT SELECT, INSERT, DELETE ON asset TO 'tts_video'@'{host}';
GRANT SELECT ON caption TO 'tts_video'@'{host}';
GRANT SELECT, UPDATE (state, inbox, path, error) ON image TO 'tts_video'@'{host}';
GRANT SELECT, INSERT ON alert TO 'tts_video'@'{host}';
GRANT SELECT (id, disabled, deleted_at) ON user TO 'tts_video'@'{host}';
GRANT SELECT (user_id, seq), UPDATE (seq, event_at) ON user_seq TO 'tts_video'@'{host}';
GRANT INSERT ON event TO 'tts_video'@'{host}';
GRANT SELECT ON schema_migration TO 'tts_video'@'{host}';

-- The mover of files between levels: what was fetched, where each file is, and whether it still exists.
GRANT SELECT, INSERT, UPDATE, DELETE ON level TO 'tts_tier'@'{host}';
GRANT SELECT, INSERT, UPDATE, DELETE ON content TO 'tts_tier'@'{host}';
GRANT SELECT ON level_pin TO 'tts_tier'@'{host}';
GRANT SELECT (id, new_updated_date), DELETE ON update_history TO 'tts_tier'@'{host}';
GRANT SELECT, INSERT, UPDATE ON fetch_log TO 'tts_tier'@'{host}';
GRANT SELECT (id, project_id, audio_revision, path, size_bytes) ON audio TO 'tts_tier'@'{host}';
GRANT SELECT (id) ON pipeline TO 'tts_tier'@'{host}';
GRANT SELECT (id, pipeline_id) ON stage TO 'tts_tier'@'{host}';
GRANT SELECT (stage_id, path, size_bytes) ON asset TO 'tts_tier'@'{host}';
GRANT SELECT (pipeline_id, path) ON image TO 'tts_tier'@'{host}';
GRANT SELECT ON schema_migration TO 'tts_tier'@'{host}';

-- The migration, and the sysadmin's command: this database, all of it, and no other.
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW,
    TRIGGER, LOCK TABLES
  ON * TO 'tts_migrate'@'{host}';
