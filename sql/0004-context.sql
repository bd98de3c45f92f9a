-- The main language of the first text of a project, if its author gave none: a sentence of a few words is
-- assumed to be in that language, unless there is strong evidence for another. It never changes, so that a
-- sentence keeps its voice. '' for older projects and for those that were created empty: each sentence is
-- then judged by itself. This migration can be run again if it was interrupted.
SET @missing = (SELECT COUNT(*) = 0 FROM information_schema.columns WHERE table_schema = DATABASE()
  AND table_name = 'project' AND column_name = 'context');
SET @statement = IF(@missing, 'ALTER TABLE project ADD COLUMN context VARCHAR(35) NOT NULL DEFAULT \'\'',
  'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
