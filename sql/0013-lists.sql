-- The sentences of a project that are in one state, in reading order. This migration can be run again if it was
-- interrupted.
SET @missing = (SELECT COUNT(*) = 0 FROM information_schema.statistics WHERE table_schema = DATABASE()
  AND table_name = 'audio' AND index_name = 'audio_state');
SET @statement = IF(@missing, 'ALTER TABLE audio ADD KEY audio_state (project_id, state, position)', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
