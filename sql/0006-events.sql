-- What happened, for whoever wants to be told of it. A migration that broke off can be run again.

-- Each user's events are numbered from 1 without gaps. A number is given while the row of this table is
-- locked, so whoever has read up to a number has missed nothing before it, which the numbers of
-- AUTO_INCREMENT do not promise: they become visible in the order of the COMMITs. It is a table of its
-- own because foreign keys lock the row in `user`. It has one row for each user and no foreign key.
CREATE TABLE IF NOT EXISTS user_seq (
  user_id  BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  seq      BIGINT UNSIGNED NOT NULL DEFAULT 0,     -- of the newest event
  oldest   BIGINT UNSIGNED NOT NULL DEFAULT 1,     -- events before this one were pruned
  event_at DATETIME(3)     NOT NULL,               -- when SEQ was changed, or the row was made
  KEY user_seq_at (event_at)                       -- who has had events in the last seconds
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- An event is written by the transaction that makes the change it reports, so there are both or neither.
-- No foreign keys: it may be about something that is gone.
CREATE TABLE IF NOT EXISTS event (
  user_id    BIGINT UNSIGNED NOT NULL,
  seq        BIGINT UNSIGNED NOT NULL,
  type       ENUM ('audio.ready', 'audio.failed', 'audio.changed', 'audio.inserted', 'audio.deleted',
                   'project.completed', 'project.completed_with_errors', 'project.changed', 'project.deleted',
                   'pipeline.stage', 'pipeline.completed', 'pipeline.failed', 'export.ready', 'export.failed',
                   'endpoint.disabled') NOT NULL,
  created_at DATETIME(3)     NOT NULL,
  project_id BIGINT UNSIGNED NULL,
  audio_id   BIGINT UNSIGNED NULL,
  task_id    VARCHAR(64)     NULL,
  data       VARCHAR(2048)   NOT NULL,             -- an object in JSON
  PRIMARY KEY (user_id, seq),
  KEY event_age (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO user_seq (user_id, event_at) SELECT id, NOW(3) FROM user
  WHERE NOT EXISTS (SELECT 1 FROM user_seq s WHERE s.user_id = user.id);
