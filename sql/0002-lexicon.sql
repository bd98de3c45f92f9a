-- Pronunciation entries, for all projects of a user or for one project.
--
-- An entry is changed first; then the sentences it affects are queued again in transactions of bounded
-- size. "unswept" is set until that is done, so that an interrupted change is completed later. "gone" marks
-- an entry that was deleted while its sentences are still being queued; nothing else sees it.
CREATE TABLE IF NOT EXISTS lexicon (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id    BIGINT UNSIGNED NOT NULL,
  project_id BIGINT UNSIGNED NULL,                   -- NULL: all projects of the user
  created_at DATETIME(3)     NOT NULL,
  updated_at DATETIME(3)     NOT NULL,
  kind       ENUM ('word', 'exact', 'phonemes') NOT NULL,
  language   VARCHAR(35)     NOT NULL DEFAULT '',    -- of the sentences it applies to; '' for all
  written    VARCHAR(100)    NOT NULL,
  said       VARCHAR(200)    NOT NULL,
  key_hash   BINARY(32)      NOT NULL,               -- of project, kind, language and normalized text
  revision   BIGINT UNSIGNED NOT NULL DEFAULT 1,
  unswept    BOOLEAN         NOT NULL DEFAULT FALSE,
  gone       BOOLEAN         NOT NULL DEFAULT FALSE,
  UNIQUE KEY lexicon_key (user_id, key_hash),
  KEY lexicon_project (project_id),
  CONSTRAINT lexicon_owner   FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE,
  CONSTRAINT lexicon_project FOREIGN KEY (project_id) REFERENCES project (id) ON DELETE CASCADE,
  CONSTRAINT lexicon_text    CHECK (CHAR_LENGTH(written) > 0 AND CHAR_LENGTH(said) > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
