-- API keys: logins of programs. A migration that broke off can be run again.

-- What a key consists of is not kept, only the hash of it.
CREATE TABLE IF NOT EXISTS api_key (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id    BIGINT UNSIGNED NOT NULL,
  created_at DATETIME(3)     NOT NULL,
  name       VARCHAR(100)    NOT NULL,
  hash       BINARY(32)      NOT NULL,             -- SHA-256
  can_read   BOOLEAN         NOT NULL,
  can_write  BOOLEAN         NOT NULL,
  expires_at DATETIME(3)     NULL,                 -- NULL: never
  used_at    DATETIME(3)     NULL,                 -- to the minute
  UNIQUE KEY api_key_hash (hash),
  KEY api_key_user (user_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
