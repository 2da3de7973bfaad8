import type { Migration } from '../../store/program.ts';

/**
 * Rules and what they have done.
 *
 * `rule_marks` holds the letters that have arrived and have not been ruled: the mark is written by the transaction that
 * brings the letter and goes with the one that carries the rules out, so a letter is ruled once whatever happens between.
 * `rule_sends` holds forwards, redirects and answers that are decided and not yet in the outbox; a line goes with the
 * transaction that puts the letter there.
 */
export const migration030: Migration = {
  number: 30,
  name: 'rules',
  up(db) {
    db.exec(`
      CREATE TABLE rules (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        enabled INTEGER NOT NULL,
        body TEXT NOT NULL,                  -- JSON: when, actions, stop, folders
        problem TEXT,                        -- JSON {code, detail}
        caught INTEGER NOT NULL DEFAULT 0
      );
      CREATE TABLE rule_marks (
        message INTEGER PRIMARY KEY,
        folder INTEGER NOT NULL,             -- where it arrived
        at INTEGER NOT NULL,                 -- ms
        needs TEXT NOT NULL DEFAULT 'head' CHECK (needs IN ('head', 'body')),
        done TEXT NOT NULL DEFAULT '[]',     -- JSON ids of rules that have looked at it
        placed INTEGER NOT NULL DEFAULT 0    -- a rule has moved or deleted it
      ) WITHOUT ROWID;
      CREATE INDEX rule_marks_needs ON rule_marks (needs, message);
      CREATE TABLE rule_sends (
        id INTEGER PRIMARY KEY,
        message INTEGER NOT NULL,
        rule_id INTEGER NOT NULL,
        rule TEXT NOT NULL,                  -- its name
        action TEXT NOT NULL,                -- JSON RuleAction
        at INTEGER NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0
      );
      CREATE TABLE rule_answered (
        rule INTEGER NOT NULL, address TEXT NOT NULL, at INTEGER NOT NULL, -- ms of the last answer by a rule
        PRIMARY KEY (rule, address)
      ) WITHOUT ROWID;
      CREATE TABLE rule_log (
        id INTEGER PRIMARY KEY,
        message INTEGER NOT NULL,
        rule TEXT NOT NULL,
        at INTEGER NOT NULL,
        subject TEXT NOT NULL,
        did TEXT NOT NULL,                   -- JSON [{do, what}]
        reasons TEXT NOT NULL,               -- JSON
        run TEXT                             -- token of a run on a folder
      );
      CREATE INDEX rule_log_message ON rule_log (message);
      CREATE INDEX rule_log_at ON rule_log (at);
      CREATE TABLE rule_runs (
        token TEXT PRIMARY KEY, at INTEGER NOT NULL, folder INTEGER NOT NULL,
        letters INTEGER NOT NULL, caught INTEGER NOT NULL, undone INTEGER NOT NULL DEFAULT 0
      ) WITHOUT ROWID;
    `);
  },
};
