-- Data about a sound besides its file: when each word of the author's text is heard, and the loudness.
-- This migration can be run again if it was interrupted.

-- The words of the newest sound in order, "offset,length,start_ms,end_ms" for each, separated by blanks;
-- offset and length are in code points of audio.text as of that revision.
CREATE TABLE IF NOT EXISTS timing (
  audio_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  revision BIGINT UNSIGNED NOT NULL,
  words    MEDIUMTEXT      CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  CONSTRAINT timing_audio FOREIGN KEY (audio_id) REFERENCES audio (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- In hundredths of LUFS; NULL for a sound that is too short to measure or was rendered by an older version.
SET @missing = (SELECT COUNT(*) = 0 FROM information_schema.columns WHERE table_schema = DATABASE()
  AND table_name = 'audio' AND column_name = 'loudness');
SET @statement = IF(@missing, 'ALTER TABLE audio ADD COLUMN loudness SMALLINT NULL', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
