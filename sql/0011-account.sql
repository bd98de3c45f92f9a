-- Logins that ended before their tokens expired. A migration that broke off can be run again.

-- A row is needed until the last token of the login has expired. The user's later logouts remove it; it has no
-- foreign key, so that a logout locks nothing.
CREATE TABLE IF NOT EXISTS logout (
  user_id  BIGINT UNSIGNED NOT NULL,
  session  BINARY(16)      NOT NULL,               -- of the tokens
  ended_at DATETIME(3)     NOT NULL,
  PRIMARY KEY (user_id, session)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
