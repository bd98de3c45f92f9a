-- Pipelines: lyric, song, video, each stage a queue of its own. A migration that broke off can be run again.

-- What a pipeline is made from. Its name is the client's: the same task_id of two users is two pipelines. A draft
-- has pictures and was not started yet. No foreign keys to what may be deleted while a worker is at it.
CREATE TABLE IF NOT EXISTS pipeline (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id       BIGINT UNSIGNED NOT NULL,
  task_id       VARCHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at    DATETIME(3)     NOT NULL,
  updated_at    DATETIME(3)     NOT NULL,
  started_at    DATETIME(3)     NULL,              -- NULL: a draft
  customer_name VARCHAR(255)    NOT NULL DEFAULT '',
  region        VARCHAR(255)    NOT NULL DEFAULT '',
  detail        VARCHAR(4096)   NOT NULL DEFAULT '', -- detail_region_info of the request
  language      VARCHAR(35)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  genre         VARCHAR(255)    NOT NULL DEFAULT '',
  orientation   ENUM ('vertical', 'horizontal') NOT NULL DEFAULT 'vertical',
  lyric         MEDIUMTEXT      NULL,              -- the text that the client gave; NULL: it is to be written
  project_id    BIGINT UNSIGNED NULL,              -- the client's project that is the song; NULL: none
  stages        SET ('lyric', 'song', 'video') NOT NULL DEFAULT 'lyric,song,video', -- that were asked for
  auto_continue BOOLEAN         NOT NULL DEFAULT TRUE,
  priority      TINYINT UNSIGNED NOT NULL DEFAULT 5, -- of its runs
  paused        ENUM ('', 'user', 'operator') NOT NULL DEFAULT '', -- who paused it
  paused_at     DATETIME(3)     NULL,
  pause_reason  VARCHAR(255)    NOT NULL DEFAULT '',
  cancelled_at  DATETIME(3)     NULL,
  expires_at    DATETIME(3)     NULL,              -- what is not finished by then fails; NULL: never
  UNIQUE KEY pipeline_task (user_id, task_id),
  KEY pipeline_user (user_id, id),
  KEY pipeline_expiry (expires_at),
  KEY pipeline_project (project_id),
  CONSTRAINT pipeline_priority CHECK (priority <= 9),
  CONSTRAINT pipeline_pause CHECK ((paused = '') = (paused_at IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One run of a stage. The newest run counts, those before it are history. A stage that is to be done is a new row,
-- written by the transaction that finishes the one before it.
CREATE TABLE IF NOT EXISTS stage (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  pipeline_id   BIGINT UNSIGNED NOT NULL,
  user_id       BIGINT UNSIGNED NOT NULL,
  stage         ENUM ('lyric', 'song', 'video') NOT NULL,
  run           INT UNSIGNED    NOT NULL,          -- from 1
  cause         ENUM ('start', 'lyric_completed', 'song_completed', 'retry', 'resume', 'edit') NOT NULL,
  input_id      BIGINT UNSIGNED NULL,              -- the run of the stage before it whose result it is made from
  created_at    DATETIME(3)     NOT NULL,
  updated_at    DATETIME(3)     NOT NULL,
  ended_at      DATETIME(3)     NULL,

  -- The place in the queue. 'waiting': for the sentences of project_id.
  state         ENUM ('pending', 'claimed', 'waiting', 'done', 'failed', 'cancelled') NOT NULL DEFAULT 'pending',
  stale         BOOLEAN         NOT NULL DEFAULT FALSE, -- what it was made from has been replaced
  given         BOOLEAN         NOT NULL DEFAULT FALSE, -- the request brings what it would make
  priority      TINYINT UNSIGNED NOT NULL DEFAULT 5, -- of the user's own, the lowest first
  turn          BIGINT UNSIGNED NOT NULL DEFAULT 0, -- so that users take turns
  run_at        DATETIME(3)     NOT NULL,          -- not before
  claim_token   BINARY(16)      NULL,
  host          VARCHAR(64)     NULL,
  run_id        BIGINT UNSIGNED NULL,
  lease_until   DATETIME(3)     NULL,
  tries         INT UNSIGNED    NOT NULL DEFAULT 0, -- that were charged in this step
  deaths        INT UNSIGNED    NOT NULL DEFAULT 0, -- of programs that had it in hand, one after the other

  -- How far it is. 'sent': a request that costs was about to be sent; its answer is not known yet.
  step          ENUM ('begin', 'sent', 'poll', 'fetch') NOT NULL DEFAULT 'begin',
  engine        VARCHAR(32)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  sent_at       DATETIME(3)     NULL,
  deadline_at   DATETIME(3)     NULL,              -- of what was sent
  external_id   VARCHAR(255)    NOT NULL DEFAULT '',
  external_part VARCHAR(255)    NOT NULL DEFAULT '',
  callback      BINARY(16)      NULL,              -- the secret part of the URL that the service calls
  candidate     VARCHAR(255)    NOT NULL DEFAULT '', -- the id that such a call claimed: to be asked about
  url           VARCHAR(2048)   NOT NULL DEFAULT '', -- what is to be fetched
  progress      TINYINT UNSIGNED NULL,             -- percent; NULL: not known
  project_id    BIGINT UNSIGNED NULL,              -- whose sentences it waits for, or is made of
  own_project   BOOLEAN         NOT NULL DEFAULT FALSE, -- that project was made for it, and goes with it

  prompt        MEDIUMTEXT      NULL,              -- what was asked for
  text          MEDIUMTEXT      NULL,              -- the lyric
  error_class   VARCHAR(32)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', -- of the last failure
  error         VARCHAR(255)    NOT NULL DEFAULT '',
  status        SMALLINT UNSIGNED NULL,            -- of HTTP, at the last answer
  dropped       BOOLEAN         NOT NULL DEFAULT FALSE, -- a dead letter that nobody needs to look at any more

  UNIQUE KEY stage_run (pipeline_id, stage, run),
  UNIQUE KEY stage_callback (callback),
  KEY stage_queue (stage, state, step, given, turn, id, run_at), -- in the order of claims, and all they look at
  KEY stage_own (user_id, stage, state, step, given, priority, turn, id), -- of a user's, what is to be done first
  KEY stage_user (user_id, stage, state, turn),
  KEY stage_due (stage, state, run_at),            -- whether anything is due, and when
  KEY stage_out (engine, state, step),             -- what is at a service, to be counted
  KEY stage_waits (project_id, state),
  KEY stage_history (state, updated_at),
  CONSTRAINT stage_claim CHECK ((state = 'claimed') = (claim_token IS NOT NULL)
                            AND (claim_token IS NULL) = (lease_until IS NULL)
                            AND (claim_token IS NULL) = (host IS NULL)),
  CONSTRAINT stage_end CHECK ((state IN ('done', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
  CONSTRAINT stage_error CHECK (state <> 'failed' OR CHAR_LENGTH(error) > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Each worker sees and changes the runs of its own stage, and adds one to the next stage's, by these.
CREATE OR REPLACE VIEW stage_lyric AS SELECT * FROM stage WHERE stage = 'lyric' WITH CASCADED CHECK OPTION;
CREATE OR REPLACE VIEW stage_song AS SELECT * FROM stage WHERE stage = 'song' WITH CASCADED CHECK OPTION;
CREATE OR REPLACE VIEW stage_video AS SELECT * FROM stage WHERE stage = 'video' WITH CASCADED CHECK OPTION;

-- Each time a step of a run was begun. One that has no end was in hand when its program died.
CREATE TABLE IF NOT EXISTS stage_try (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  stage_id    BIGINT UNSIGNED NOT NULL,
  n           INT UNSIGNED    NOT NULL,            -- from 1
  step        ENUM ('begin', 'sent', 'poll', 'fetch') NOT NULL,
  host        VARCHAR(64)     NOT NULL,
  run_id      BIGINT UNSIGNED NOT NULL,
  began_at    DATETIME(3)     NOT NULL,
  ended_at    DATETIME(3)     NULL,
  outcome     ENUM ('done', 'waits', 'again', 'failed', 'released', 'lost') NULL,
  error_class VARCHAR(32)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  error       VARCHAR(255)    NOT NULL DEFAULT '',
  status      SMALLINT UNSIGNED NULL,              -- of HTTP
  answer      VARCHAR(1024)   NOT NULL DEFAULT '', -- the beginning of what was answered, secrets masked
  UNIQUE KEY stage_try_n (stage_id, n),
  KEY stage_try_old (ended_at),
  CONSTRAINT stage_try_stage FOREIGN KEY (stage_id) REFERENCES stage (id) ON DELETE CASCADE,
  CONSTRAINT stage_try_end CHECK ((ended_at IS NULL) = (outcome IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A file that a run made. A service may make two songs for one payment: both are kept, one is chosen.
CREATE TABLE IF NOT EXISTS asset (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  stage_id      BIGINT UNSIGNED NOT NULL,
  n             INT UNSIGNED    NOT NULL,          -- from 1
  chosen        BOOLEAN         NOT NULL,
  created_at    DATETIME(3)     NOT NULL,
  path          VARCHAR(255)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- below media.root
  type          VARCHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- "audio/mpeg"
  size_bytes    BIGINT UNSIGNED NOT NULL,
  duration_ms   BIGINT UNSIGNED NOT NULL,
  sha256        BINARY(32)      NOT NULL,
  external_part VARCHAR(255)    NOT NULL DEFAULT '',
  UNIQUE KEY asset_n (stage_id, n),
  UNIQUE KEY asset_path (path),
  CONSTRAINT asset_stage FOREIGN KEY (stage_id) REFERENCES stage (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The lines of a song and when they are heard.
CREATE TABLE IF NOT EXISTS caption (
  stage_id BIGINT UNSIGNED NOT NULL,               -- the run of 'song'
  position INT UNSIGNED    NOT NULL,               -- from 1
  text     VARCHAR(2048)   NOT NULL,
  start_ms BIGINT UNSIGNED NOT NULL,
  end_ms   BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (stage_id, position),
  CONSTRAINT caption_stage FOREIGN KEY (stage_id) REFERENCES stage (id) ON DELETE CASCADE,
  CONSTRAINT caption_time CHECK (start_ms <= end_ms)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The pictures of a pipeline, in the order of their positions. 'new': as it was uploaded, in pipeline.inbox.
CREATE TABLE IF NOT EXISTS image (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  pipeline_id BIGINT UNSIGNED NOT NULL,
  position    BIGINT          NOT NULL,
  created_at  DATETIME(3)     NOT NULL,
  state       ENUM ('new', 'ready', 'failed') NOT NULL DEFAULT 'new',
  type        ENUM ('png', 'jpeg', 'webp') NOT NULL, -- as it was uploaded
  width       INT UNSIGNED    NOT NULL,
  height      INT UNSIGNED    NOT NULL,
  size_bytes  BIGINT UNSIGNED NOT NULL,
  sha256      BINARY(32)      NOT NULL,            -- of what was uploaded
  inbox       VARCHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', -- its name there; '': it is gone
  path        VARCHAR(255)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', -- below media.root, once it is ready
  error       VARCHAR(255)    NOT NULL DEFAULT '',
  UNIQUE KEY image_position (pipeline_id, position),
  CONSTRAINT image_error CHECK ((state = 'failed') = (CHAR_LENGTH(error) > 0)),
  CONSTRAINT image_path CHECK ((state = 'ready') = (CHAR_LENGTH(path) > 0))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What is locked by each claim of a stage, so that its limits hold for all hosts together.
CREATE TABLE IF NOT EXISTS stage_control (
  stage      ENUM ('lyric', 'song', 'video') NOT NULL PRIMARY KEY,
  paused     BOOLEAN      NOT NULL DEFAULT FALSE,
  reason     VARCHAR(255) NOT NULL DEFAULT '',
  changed_by VARCHAR(64)  NOT NULL DEFAULT '',
  changed_at DATETIME(3)  NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT IGNORE INTO stage_control (stage) VALUES ('lyric'), ('song'), ('video');

-- Whoever does a stage. A row is made when it is first used.
CREATE TABLE IF NOT EXISTS engine (
  name         VARCHAR(32)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  stage        ENUM ('lyric', 'song', 'video') NOT NULL,
  disabled     BOOLEAN         NOT NULL DEFAULT FALSE, -- until somebody enables it: its key is refused, or an operator said so
  held_until   DATETIME(3)     NULL,               -- it is not asked before: a limit, or no money
  reason       VARCHAR(255)    NOT NULL DEFAULT '', -- of either
  error_class  VARCHAR(32)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', -- the same in one word; '': an operator
  changed_by   VARCHAR(64)     NOT NULL DEFAULT '',
  changed_at   DATETIME(3)     NULL,
  failures     INT UNSIGNED    NOT NULL DEFAULT 0, -- one after the other, of different runs: it is away
  failing_since DATETIME(3)    NULL,
  failed_stage BIGINT UNSIGNED NULL,               -- the run that failed last
  calls_total  BIGINT UNSIGNED NOT NULL DEFAULT 0,
  paid_total   BIGINT UNSIGNED NOT NULL DEFAULT 0, -- requests that cost
  KEY engine_stage (stage)                         -- locked by one stage, without waiting for the others
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The requests of the last minute that began something, to be counted.
CREATE TABLE IF NOT EXISTS engine_call (
  id        BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  engine    VARCHAR(32)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  called_at DATETIME(3)     NOT NULL,
  KEY engine_call_time (engine, called_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What an administrator is told of: sent to alerts.webhook_url.
CREATE TABLE IF NOT EXISTS alert (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  created_at DATETIME(3)     NOT NULL,
  subject    VARCHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- one that is open is not told again
  text       VARCHAR(1024)   NOT NULL,
  sent_at    DATETIME(3)     NULL,
  run_at     DATETIME(3)     NOT NULL,
  tries      INT UNSIGNED    NOT NULL DEFAULT 0,
  KEY alert_due (sent_at, run_at),
  KEY alert_subject (subject, created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- A project that belongs to a pipeline: in no list and no count of its user.
SET @missing = (SELECT COUNT(*) = 0 FROM information_schema.columns WHERE table_schema = DATABASE()
  AND table_name = 'project' AND column_name = 'hidden');
SET @statement = IF(@missing, 'ALTER TABLE project ADD COLUMN hidden BOOLEAN NOT NULL DEFAULT FALSE,
  DROP KEY project_owner, ADD KEY project_owner (user_id, deleted, hidden, id)', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;

-- The directory of a pipeline.
SET @missing = (SELECT COUNT(*) = 0 FROM information_schema.columns WHERE table_schema = DATABASE()
  AND table_name = 'trash' AND column_name = 'pipeline_id');
SET @statement = IF(@missing, 'ALTER TABLE trash ADD COLUMN pipeline_id BIGINT UNSIGNED NOT NULL DEFAULT 0', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
