-- Work that is too long for a request: deleting a project or a user, queuing the sentences that a change
-- of a dictionary touches. A migration that broke off can be run again.

-- A piece of work is claimed, done in steps and finished; each step is one transaction that also says
-- where the next one begins. Finished rows are history, and are removed after a while. No foreign keys:
-- what it is done to may be gone before it.
CREATE TABLE IF NOT EXISTS work (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind        ENUM ('project_delete', 'user_delete', 'lexicon_sweep') NOT NULL,
  user_id     BIGINT UNSIGNED NULL,                -- whose it is; NULL: the system's
  object_id   BIGINT UNSIGNED NOT NULL,            -- the project, the user, the entry of a dictionary
  parent_id   BIGINT UNSIGNED NULL,                -- the work that waits for this
  created_at  DATETIME(3)     NOT NULL,
  updated_at  DATETIME(3)     NOT NULL,

  -- The place in the queue. 'waiting': for its children.
  state       ENUM ('pending', 'claimed', 'waiting', 'done', 'failed', 'cancelled') NOT NULL DEFAULT 'pending',
  priority    TINYINT UNSIGNED NOT NULL,           -- the lowest first
  turn        BIGINT UNSIGNED NOT NULL,            -- so that users take turns
  run_at      DATETIME(3)     NOT NULL,            -- not before
  claim_token BINARY(16)      NULL,
  host        VARCHAR(64)     NULL,
  run_id      BIGINT UNSIGNED NULL,
  lease_until DATETIME(3)     NULL,
  tries       INT UNSIGNED    NOT NULL DEFAULT 0,  -- that failed, since the last step that succeeded

  -- How far it is: this much of the total, and where the next step begins.
  progress    BIGINT UNSIGNED NOT NULL DEFAULT 0,
  total       BIGINT UNSIGNED NOT NULL DEFAULT 0,
  changed     BIGINT UNSIGNED NOT NULL DEFAULT 0,  -- rows it has changed, where that is not the progress
  cursor_at   BIGINT UNSIGNED NOT NULL DEFAULT 0,
  cursor_end  BIGINT UNSIGNED NOT NULL DEFAULT 0,
  error_class VARCHAR(32)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', -- of the last failure
  error       VARCHAR(255)    NOT NULL DEFAULT '',

  is_open     BOOLEAN AS (IF(state IN ('pending', 'claimed', 'waiting'), 1, NULL)) STORED,
  UNIQUE KEY work_open (kind, object_id, is_open), -- at most one that is not finished
  KEY work_queue (state, priority, turn, id, run_at), -- in the order of claims, and all they look at
  KEY work_parent (parent_id, state),
  KEY work_user (user_id, state, turn),
  KEY work_history (state, updated_at),
  CONSTRAINT work_claim CHECK ((state = 'claimed') = (claim_token IS NOT NULL)
                           AND (claim_token IS NULL) = (lease_until IS NULL)
                           AND (claim_token IS NULL) = (host IS NULL)),
  CONSTRAINT work_error CHECK (state <> 'failed' OR CHAR_LENGTH(error) > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Each time a piece of work was begun. One that has no end was in hand when its program died.
CREATE TABLE IF NOT EXISTS work_try (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  work_id     BIGINT UNSIGNED NOT NULL,
  n           INT UNSIGNED    NOT NULL,            -- from 1
  host        VARCHAR(64)     NOT NULL,
  run_id      BIGINT UNSIGNED NOT NULL,
  began_at    DATETIME(3)     NOT NULL,
  ended_at    DATETIME(3)     NULL,
  outcome     ENUM ('done', 'waits', 'again', 'failed', 'released', 'lost') NULL,
  error_class VARCHAR(32)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  status      SMALLINT UNSIGNED NULL,              -- of HTTP, where somebody else was asked
  answer      VARCHAR(1024)   NOT NULL DEFAULT '', -- the beginning of what was answered
  UNIQUE KEY work_try_n (work_id, n),
  CONSTRAINT work_try_work FOREIGN KEY (work_id) REFERENCES work (id) ON DELETE CASCADE,
  CONSTRAINT work_try_end  CHECK ((ended_at IS NULL) = (outcome IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Nobody finds a project that is deleted, nor anything in it, while its rows go step by step. A renderer that
-- meets a sentence of it in the queue puts it out of the way: 'deleted'.
SET @missing = (SELECT COUNT(*) = 0 FROM information_schema.columns WHERE table_schema = DATABASE()
  AND table_name = 'project' AND column_name = 'deleted');
SET @statement = IF(@missing, 'ALTER TABLE project ADD COLUMN deleted BOOLEAN NOT NULL DEFAULT FALSE,
  ADD KEY project_deleted (deleted), ADD KEY project_owner (user_id, deleted, id), DROP KEY project_user', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
ALTER TABLE audio MODIFY state ENUM ('pending', 'claimed', 'ready', 'failed', 'deleted') NOT NULL DEFAULT 'pending';

-- A user who is being deleted can do nothing any more, and the address is free again.
SET @missing = (SELECT COUNT(*) = 0 FROM information_schema.columns WHERE table_schema = DATABASE()
  AND table_name = 'user' AND column_name = 'deleted_at');
SET @statement = IF(@missing, 'ALTER TABLE user ADD COLUMN deleted_at DATETIME(3) NULL', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;

-- Files that cannot be removed now are tried again later, and hold up no others.
SET @missing = (SELECT COUNT(*) = 0 FROM information_schema.columns WHERE table_schema = DATABASE()
  AND table_name = 'trash' AND column_name = 'run_at');
SET @statement = IF(@missing, 'ALTER TABLE trash ADD COLUMN run_at DATETIME(3) NULL,
  ADD COLUMN tries INT UNSIGNED NOT NULL DEFAULT 0', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
UPDATE trash SET run_at = created_at WHERE run_at IS NULL;
SET @missing = (SELECT COUNT(*) = 0 FROM information_schema.statistics WHERE table_schema = DATABASE()
  AND table_name = 'trash' AND index_name = 'trash_due');
SET @statement = IF(@missing, 'ALTER TABLE trash MODIFY run_at DATETIME(3) NOT NULL, ADD KEY trash_due (run_at, id),
  ADD KEY trash_object (audio_id, project_id)',
  'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;

-- Changes of a dictionary whose sentences were not all queued yet.
INSERT INTO work (kind, user_id, object_id, created_at, updated_at, priority, turn, run_at)
  SELECT 'lexicon_sweep', l.user_id, l.id, NOW(3), NOW(3), 10, 0, NOW(3) FROM lexicon l WHERE l.unswept
    AND NOT EXISTS (SELECT 1 FROM work w WHERE w.kind = 'lexicon_sweep' AND w.object_id = l.id AND w.is_open = 1);
