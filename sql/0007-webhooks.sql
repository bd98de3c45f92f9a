-- Webhooks and devices: who is told of events by a request of ours. A migration that broke off can be run again.

-- An endpoint of a user: a webhook, or a device, which has a row of `device` too. No foreign keys: deliveries are
-- removed bit by bit by tts-notify, as is the row of an endpoint that is deleted or whose user is gone.
CREATE TABLE IF NOT EXISTS webhook (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id       BIGINT UNSIGNED NOT NULL,
  kind          ENUM ('webhook', 'device') NOT NULL DEFAULT 'webhook',
  created_at    DATETIME(3)     NOT NULL,
  updated_at    DATETIME(3)     NOT NULL,
  url           VARCHAR(2048)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  types         VARCHAR(1024)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- separated by commas; '': all
  description   VARCHAR(200)    NOT NULL DEFAULT '',
  enabled       BOOLEAN         NOT NULL DEFAULT TRUE,
  reason        ENUM ('', 'user', 'operator', 'gone', 'failing') NOT NULL DEFAULT '', -- why it is disabled
  failing_since DATETIME(3)     NULL,              -- the first failure after the last success
  fanned_seq    BIGINT UNSIGNED NOT NULL,          -- events up to this one have their deliveries
  deleted       BOOLEAN         NOT NULL DEFAULT FALSE,
  KEY webhook_user (user_id, kind, deleted, id),
  KEY webhook_deleted (deleted),
  CONSTRAINT webhook_reason CHECK (enabled = (reason = '')),
  CONSTRAINT webhook_url CHECK ((kind = 'device') = (url = ''))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The newest secret has no end. The one before it signs too until its end.
CREATE TABLE IF NOT EXISTS webhook_secret (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  webhook_id BIGINT UNSIGNED NOT NULL,
  secret     BINARY(32)      NOT NULL,
  until      DATETIME(3)     NULL,
  KEY webhook_secret_of (webhook_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- An event on its way to an endpoint. Made from `event` exactly once, under the lock of the endpoint's row, which
-- has the number of the last event that was read. The body is kept, so that an event can be sent after it was
-- pruned.
CREATE TABLE IF NOT EXISTS delivery (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  webhook_id  BIGINT UNSIGNED NOT NULL,
  seq         BIGINT UNSIGNED NULL,                -- of the event; NULL: a test
  type        VARCHAR(40)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  body        VARCHAR(4096)   NOT NULL,
  created_at  DATETIME(3)     NOT NULL,
  updated_at  DATETIME(3)     NOT NULL,

  -- The place in the queue. 'failed': after the last try.
  state       ENUM ('pending', 'claimed', 'done', 'failed') NOT NULL DEFAULT 'pending',
  run_at      DATETIME(3)     NOT NULL,            -- not before
  claim_token BINARY(16)      NULL,
  host        VARCHAR(64)     NULL,
  run_id      BIGINT UNSIGNED NULL,
  lease_until DATETIME(3)     NULL,
  tries       INT UNSIGNED    NOT NULL DEFAULT 0,  -- that were made, since it was last queued
  status      SMALLINT UNSIGNED NULL,              -- of HTTP, at the last try that was answered
  error_class VARCHAR(32)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  error       VARCHAR(255)    NOT NULL DEFAULT '',
  answer      VARCHAR(1024)   NOT NULL DEFAULT '', -- the beginning of what was answered

  UNIQUE KEY delivery_event (webhook_id, seq),
  KEY delivery_queue (state, webhook_id, run_at),
  KEY delivery_list (webhook_id, id),
  KEY delivery_history (state, updated_at),
  CONSTRAINT delivery_claim CHECK ((state = 'claimed') = (claim_token IS NOT NULL)
                               AND (claim_token IS NULL) = (lease_until IS NULL)
                               AND (claim_token IS NULL) = (host IS NULL)),
  CONSTRAINT delivery_error CHECK (state <> 'failed' OR CHAR_LENGTH(error) > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- An app that is told by push messages. Its number is that of its endpoint.
CREATE TABLE IF NOT EXISTS device (
  webhook_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  token_hash BINARY(32)      NOT NULL,             -- SHA-256 of the token
  token      VARCHAR(4096)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  platform   ENUM ('android', 'ios', 'web') NOT NULL,
  language   VARCHAR(35)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3)     NOT NULL,
  updated_at DATETIME(3)     NOT NULL,             -- when the app last registered it
  UNIQUE KEY device_token (token_hash),
  KEY device_age (updated_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
