-- What a sound was made with, and sentences that are rendered again without an edit. This migration can be run again
-- if it was interrupted.

-- made_with: programs and settings of the sound at path, as common/base/made_with.h writes them; NULL: unknown, the
-- sound is older than this column.
-- remade: the newest revision that only makes the sound anew: its text and speed are those of the revision before.
SET @missing = (SELECT COUNT(*) = 0 FROM information_schema.columns WHERE table_schema = DATABASE()
  AND table_name = 'audio' AND column_name = 'made_with');
SET @statement = IF(@missing, 'ALTER TABLE audio
  ADD COLUMN made_with VARCHAR(127) CHARACTER SET ascii COLLATE ascii_bin NULL,
  ADD COLUMN remade BIGINT UNSIGNED NOT NULL DEFAULT 0', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
