-- Levels of storage: files that are fetched often are moved to a fast one, the others to cheaper ones. A migration
-- that broke off can be run again.

-- The levels, as tts-tier(8) read them in the configuration. A level is known by its name; its id stays when others
-- are inserted.
CREATE TABLE IF NOT EXISTS level (
  id            SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name          VARCHAR(16)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  rank          TINYINT UNSIGNED NOT NULL,         -- 0 is the lowest
  min_count     BIGINT UNSIGNED NOT NULL,
  max_count     BIGINT UNSIGNED NOT NULL,          -- just below the next; of the highest: raised when a count exceeds it
  path          VARCHAR(1024)   NOT NULL,
  max_bytes     BIGINT UNSIGNED NOT NULL,          -- 0: no limit of its own
  free_bytes    BIGINT UNSIGNED NOT NULL,
  keep_percent  TINYINT UNSIGNED NOT NULL,
  half_life_sec INT UNSIGNED    NOT NULL,          -- to which all rows of content were converted; the same for all levels
  files         BIGINT UNSIGNED NULL,              -- that were on it at measured_at
  bytes         BIGINT UNSIGNED NULL,
  measured_at   DATETIME(3)     NULL,
  UNIQUE KEY level_name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A file that was fetched or moved; its id is the cid of the HTTP interface. A file without a row has no score and is
-- where it was written. name: the path below a level without the key and what follows it, so it gives no access.
--
-- lw: log2 of the weights of all fetches, where a fetch at time t weighs 2^((t - landmark) / half-life). The order of
-- two files does not change by waiting, so rows of files that nobody fetches need not be rewritten.
--
-- 'moving': a program moves it, as its claim says: to target, or from wherever it still is once level = target.
CREATE TABLE IF NOT EXISTS content (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name          VARCHAR(96)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  project_id    BIGINT UNSIGNED NULL,              -- of a sentence
  audio_id      BIGINT UNSIGNED NULL,
  revision      BIGINT UNSIGNED NULL,
  pipeline_id   BIGINT UNSIGNED NULL,              -- of a pipeline
  level         SMALLINT UNSIGNED NOT NULL,
  bytes         BIGINT UNSIGNED NOT NULL DEFAULT 0, -- 0: not known yet
  generate_time DATETIME(3)     NOT NULL,
  update_time   DATETIME(3)     NOT NULL,          -- when it came to this level
  total         BIGINT UNSIGNED NOT NULL DEFAULT 0,
  lw            DOUBLE          NOT NULL DEFAULT -1e9,
  half_life_sec INT UNSIGNED    NOT NULL,          -- of lw; 0: it is log2(total)
  fetched_at    DATETIME(3)     NULL,
  state         ENUM ('still', 'moving') NOT NULL DEFAULT 'still',
  target        SMALLINT UNSIGNED NULL,            -- 'still': where another program was asked to move it
  claim_token   BINARY(16)      NULL,
  host          VARCHAR(64)     NULL,              -- and run: of the claim, or of the last move
  run_id        BIGINT UNSIGNED NULL,
  lease_until   DATETIME(3)     NULL,
  pinned        SMALLINT UNSIGNED NULL,            -- the level on which it stays
  tries         INT UNSIGNED    NOT NULL DEFAULT 0, -- that failed
  run_at        DATETIME(3)     NOT NULL,          -- not moved before
  error         VARCHAR(255)    NOT NULL DEFAULT '',
  reason        VARCHAR(16)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', -- of the claim or last change
  UNIQUE KEY content_name (name),
  KEY content_heat (level, state, lw),
  KEY content_claim (state, lease_until),
  KEY content_pin (pinned, state, level),
  KEY content_project (project_id),
  KEY content_audio (audio_id),
  KEY content_pipeline (pipeline_id),
  KEY content_tries (tries),
  CONSTRAINT content_moving CHECK ((state = 'moving') = (claim_token IS NOT NULL)
                               AND (claim_token IS NULL) = (lease_until IS NULL)),
  CONSTRAINT content_target CHECK (state = 'still' OR target IS NOT NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One row for each move, written by the trigger below.
CREATE TABLE IF NOT EXISTS update_history (
  id                BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  cid               BIGINT UNSIGNED NOT NULL,      -- content.id
  name              VARCHAR(96)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  old_updated_date  DATETIME(3)     NOT NULL,
  old_content_level VARCHAR(16)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  new_updated_date  DATETIME(3)     NOT NULL,
  new_content_level VARCHAR(16)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason            VARCHAR(16)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  heat              DOUBLE          NOT NULL,      -- the score at that time
  bytes             BIGINT UNSIGNED NOT NULL,
  host              VARCHAR(64)     NULL,
  run_id            BIGINT UNSIGNED NULL,
  KEY history_name (name, id),
  KEY history_age (new_updated_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A file that turned out to be elsewhere ('found') was not moved. The landmark is 2020-01-01, as in
-- store/tier_score.h.
DELIMITER //
CREATE OR REPLACE TRIGGER content_moved AFTER UPDATE ON content FOR EACH ROW
IF NEW.level <> OLD.level AND NEW.reason <> 'found' THEN
  INSERT INTO update_history (cid, name, old_updated_date, old_content_level, new_updated_date, new_content_level,
      reason, heat, bytes, host, run_id)
    SELECT NEW.id, NEW.name, OLD.update_time, o.name, NEW.update_time, n.name, NEW.reason,
        POW(2, NEW.lw - IF(NEW.half_life_sec = 0, 0,
          (UNIX_TIMESTAMP(NOW(3)) - 1577836800) / NEW.half_life_sec)), NEW.bytes, NEW.host, NEW.run_id
      FROM level o JOIN level n WHERE o.id = OLD.level AND n.id = NEW.level;
END IF//
DELIMITER ;

-- Projects whose files stay on one level.
CREATE TABLE IF NOT EXISTS level_pin (
  project_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  level      SMALLINT UNSIGNED NOT NULL,
  created_at DATETIME(3)     NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How far each host has read the log of its nginx; changed in the transaction that counts what was read.
CREATE TABLE IF NOT EXISTS fetch_log (
  host       VARCHAR(64)     NOT NULL PRIMARY KEY,
  inode      BIGINT UNSIGNED NOT NULL,
  at         BIGINT UNSIGNED NOT NULL,             -- the offset of the first byte that was not counted
  first_ms   BIGINT          NOT NULL,             -- time of the first line of that file, which tells it from one with
  last_ms    BIGINT          NOT NULL,             -- the same inode; and of the last line that was counted
  updated_at DATETIME(3)     NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
