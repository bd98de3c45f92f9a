-- The language that the first text of a project is mostly in, where its author gave none: a sentence of a
-- few words is taken for that language, unless much speaks for another. It never changes, so that a
-- sentence has one voice. '' for projects of before, and for those that began empty: each sentence stands
-- for itself. A migration that broke off can be run again.
SET @missing = (SELECT COUNT(*) = 0 FROM information_schema.columns WHERE table_schema = DATABASE()
  AND table_name = 'project' AND column_name = 'context');
SET @statement = IF(@missing, 'ALTER TABLE project ADD COLUMN context VARCHAR(35) NOT NULL DEFAULT \'\'',
  'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
