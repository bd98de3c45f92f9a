-- The core: users, projects, sentences, the queue, the trash. It uses only features that MariaDB 10.6
-- and MySQL 8 have in common. Times are UTC from the clock of the database server. Lengths are checked
-- instead of comparing with '', because blanks are equal to ''.

CREATE TABLE IF NOT EXISTS user (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  created_at    DATETIME(3)     NOT NULL,
  updated_at    DATETIME(3)     NOT NULL,
  name          VARCHAR(255)    NOT NULL,
  email         VARCHAR(254)    NOT NULL,           -- as the user wrote it
  email_key     VARBINARY(1016) NOT NULL,           -- in ASCII lower case; this is what must be unique
  password_hash VARCHAR(255)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  token_epoch   INT UNSIGNED    NOT NULL DEFAULT 0, -- tokens of another epoch are invalid
  disabled      BOOLEAN         NOT NULL DEFAULT 0,
  bulk_turn     BIGINT UNSIGNED NOT NULL DEFAULT 0, -- the end of the work queued with new texts
  edit_turn     BIGINT UNSIGNED NOT NULL DEFAULT 0, -- the end of the work queued by single edits
  project_count INT UNSIGNED    NOT NULL DEFAULT 0,
  UNIQUE KEY user_email (email_key),
  CONSTRAINT user_name_some  CHECK (CHAR_LENGTH(name) > 0),
  CONSTRAINT user_email_some CHECK (CHAR_LENGTH(email) > 0 AND LENGTH(email_key) > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS project (
  id             BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id        BIGINT UNSIGNED NOT NULL,
  created_at     DATETIME(3)     NOT NULL,
  updated_at     DATETIME(3)     NOT NULL,
  title          VARCHAR(1024)   NOT NULL,
  language       VARCHAR(35)     NOT NULL DEFAULT '',
  voice          VARCHAR(63)     NOT NULL DEFAULT '',
  -- Updated in the same transaction as the rows they count; sentences neither ready nor failed are pending.
  sentence_count INT UNSIGNED    NOT NULL DEFAULT 0,
  ready_count    INT UNSIGNED    NOT NULL DEFAULT 0,
  failed_count   INT UNSIGNED    NOT NULL DEFAULT 0,
  duration_ms    BIGINT UNSIGNED NOT NULL DEFAULT 0, -- of the ready ones
  KEY project_user (user_id, id),
  CONSTRAINT project_owner  FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE,
  CONSTRAINT project_title  CHECK (CHAR_LENGTH(title) > 0),
  CONSTRAINT project_counts CHECK (ready_count + failed_count <= sentence_count)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The number of sentences in each stretch of positions, so that finding page N does not mean counting all
-- sentences before it. A stretch extends from first_position to just before that of the next one; the
-- first stretch of a project starts at 0.
CREATE TABLE IF NOT EXISTS stretch (
  project_id     BIGINT UNSIGNED NOT NULL,
  first_position BIGINT          NOT NULL,
  n              INT UNSIGNED    NOT NULL,
  PRIMARY KEY (project_id, first_position),
  CONSTRAINT stretch_project FOREIGN KEY (project_id) REFERENCES project (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS audio (
  id             BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  project_id     BIGINT UNSIGNED NOT NULL,
  user_id        BIGINT UNSIGNED NOT NULL,
  created_at     DATETIME(3)     NOT NULL,
  updated_at     DATETIME(3)     NOT NULL,
  position       BIGINT          NOT NULL,  -- sparse; negative only while a stretch is being respaced
  text           TEXT            NOT NULL,
  speed          SMALLINT UNSIGNED NOT NULL,
  revision       BIGINT UNSIGNED NOT NULL DEFAULT 1,

  -- The newest sound: that of this revision, or the one from before the last edit.
  audio_revision BIGINT UNSIGNED NOT NULL DEFAULT 0,
  path           VARCHAR(127)    CHARACTER SET ascii COLLATE ascii_bin NULL,
  duration_ms    INT UNSIGNED    NULL,
  size_bytes     INT UNSIGNED    NULL,
  sha256         BINARY(32)      NULL,

  -- The position in the queue.
  state          ENUM ('pending', 'claimed', 'ready', 'failed') NOT NULL DEFAULT 'pending',
  turn           BIGINT UNSIGNED NOT NULL DEFAULT 0,
  queued_at      DATETIME(3)     NOT NULL,
  run_at         DATETIME(3)     NOT NULL,  -- not to be claimed before
  claim_token    BINARY(16)      NULL,
  host           VARCHAR(64)     NULL,
  run_id         BIGINT UNSIGNED NULL,
  lease_until    DATETIME(3)     NULL,
  attempts       INT UNSIGNED    NOT NULL DEFAULT 0,
  crashes        INT UNSIGNED    NOT NULL DEFAULT 0,
  error          VARCHAR(255)    NOT NULL DEFAULT '',

  UNIQUE KEY audio_place (project_id, position),
  KEY audio_queue (state, turn, id, run_at, queued_at), -- in claim order, with all columns that claims examine
  KEY audio_user (user_id),
  CONSTRAINT audio_project FOREIGN KEY (project_id) REFERENCES project (id) ON DELETE CASCADE,
  CONSTRAINT audio_owner   FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE,
  CONSTRAINT audio_speed   CHECK (speed BETWEEN 1 AND 4 OR speed BETWEEN 25 AND 400),
  CONSTRAINT audio_text    CHECK (CHAR_LENGTH(text) > 0),
  CONSTRAINT audio_sound   CHECK ((audio_revision = 0) = (path IS NULL)
                              AND (path IS NULL) = (sha256 IS NULL)
                              AND (path IS NULL) = (duration_ms IS NULL)
                              AND (path IS NULL) = (size_bytes IS NULL)),
  CONSTRAINT audio_past    CHECK (revision >= 1 AND audio_revision <= revision),
  CONSTRAINT audio_ready   CHECK ((state = 'ready') = (audio_revision = revision)),
  CONSTRAINT audio_claim   CHECK ((state = 'claimed') = (claim_token IS NOT NULL)
                              AND (claim_token IS NULL) = (lease_until IS NULL)
                              AND (claim_token IS NULL) = (host IS NULL)),
  CONSTRAINT audio_error   CHECK ((state = 'failed') = (CHAR_LENGTH(error) > 0))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The present turn of start-time fair queuing: that of the newest claim. It never decreases.
CREATE TABLE IF NOT EXISTS queue_clock (
  id   TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  turn BIGINT UNSIGNED  NOT NULL,
  CONSTRAINT queue_clock_one CHECK (id = 1)
) ENGINE=InnoDB;
INSERT IGNORE INTO queue_clock (id, turn) VALUES (1, 0);

-- Files whose rows have been deleted: the file path of the sentence audio_id ('' if it never had a sound),
-- or with audio_id 0 the whole directory of the project. bury: it has a tombstone, which is removed after
-- the files. There are no foreign keys, because the rows it refers to no longer exist.
CREATE TABLE IF NOT EXISTS trash (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  created_at DATETIME(3)     NOT NULL,
  project_id BIGINT UNSIGNED NOT NULL,
  audio_id   BIGINT UNSIGNED NOT NULL,
  path       VARCHAR(127)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  bury       BOOLEAN         NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS idempotency (
  user_id    BIGINT UNSIGNED NOT NULL,
  key_hash   BINARY(32)      NOT NULL,
  body_hash  BINARY(32)      NOT NULL,
  created_at DATETIME(3)     NOT NULL,
  answer     MEDIUMTEXT      NOT NULL,
  PRIMARY KEY (user_id, key_hash),
  KEY idempotency_age (user_id, created_at),
  CONSTRAINT idempotency_user FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
