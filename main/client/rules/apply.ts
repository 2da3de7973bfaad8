/**
 * Carries verdicts out: the writes of the rules. All that a verdict does to a letter, its log lines, what is to be sent for
 * it and the end of its mark are one transaction, so a crash leaves the letter either not ruled or ruled, never between.
 *
 * Actions are those of a person (messages/act.ts): they queue the same operations for the server.
 */
import { toFault } from '../../base/errors.ts';
import type { Action } from '../../contract/mail/messages.ts';
import type { LogLine, RuleAction } from '../../contract/mail/rules.ts';
import type { WriteTx } from '../../store/program.ts';
import { type FolderRow, folderRow } from '../folders/rows.ts';
import { queueOperation } from '../imap/oplog.ts';
import { act } from '../messages/act.ts';
import { FLAG, type MessageRow, messageRow, setMarks } from '../messages/rows.ts';
import { type FreezeInput, outboxWrites } from '../outbox/writes.ts';
import { pop3Writes } from '../pop3/writes.ts';
import type { Held, Verdict } from './judge.ts';
import { setProblem } from './rows.ts';

/** A verdict, and the list of rules it was begun from. */
export interface Judged extends Verdict {
  before: readonly number[];
}

export interface ApplyInput {
  verdicts: Judged[];
  /** A run on a folder: its token and the number of this batch. null: letters that arrived. */
  run: { token: string; batch: number } | null;
}

export interface Alert {
  rule: string;
  sound: boolean;
  notify: boolean;
  ids: number[];
}

export interface Applied {
  /** Letters that some rule held for. */
  caught: number;
  alerts: Alert[];
  /** Letters of a server whose text a rule wants. */
  fetch: number[];
  /** Something waits to be sent. */
  sends: boolean;
}

/** The log is kept this long, ms. */
const LOG_KEPT_MS = 90 * 24 * 3_600_000;
/** Batches of one action's undo stand apart by this. */
const BATCH_STEP = 100_000;

interface Mark {
  done: string;
  placed: number;
  folder: number;
}

/** What a group of letters has in common: exactly the same is to be done with them. */
interface Deed {
  rule: Held;
  action: RuleAction;
}

interface Plan {
  row: MessageRow;
  verdict: Judged;
  deeds: Deed[];
  placed: boolean;
}

function apply(tx: WriteTx, input: ApplyInput): Applied {
  const applied: Applied = { caught: 0, alerts: [], fetch: [], sends: false };
  const plans: Plan[] = [];
  for (const verdict of input.verdicts) {
    const mark = input.run ? null : currentMark(tx, verdict);
    if (!input.run && !mark) continue;
    const row = messageRow(tx.db, verdict.id);
    if (!row) {
      tx.db.run('DELETE FROM rule_marks WHERE message = ?', verdict.id);
      continue;
    }
    if (verdict.held.length > 0) applied.caught++;
    plans.push(planOf(row, verdict, (mark?.placed ?? 0) !== 0, input.run !== null));
  }
  // Letters with which the same is to be done go through each action together.
  let n = (input.run?.batch ?? 0) * BATCH_STEP;
  const groups = Map.groupBy(plans, ({ deeds }) =>
    JSON.stringify(deeds.map(({ rule, action }) => [rule.rule, action])),
  );
  for (const group of groups.values()) {
    const first = group[0] as Plan;
    const did = first.deeds.map(({ rule, action }) => ({
      rule: rule.rule,
      line: carryOut(
        tx,
        group.map((each) => each.row.id),
        rule,
        action,
        {
          token: input.run?.token ?? null,
          n: n++,
          applied,
        },
      ),
    }));
    for (const plan of group) writeLog(tx, plan, did, input.run?.token ?? null);
  }
  for (const plan of plans) if (!input.run) endMark(tx, plan);
  return applied;
}

/** The letter's mark, if it still is what the verdict was begun from. */
function currentMark(tx: WriteTx, verdict: Judged): Mark | null {
  const mark = tx.db.get<Mark>('SELECT done, placed, folder FROM rule_marks WHERE message = ?', verdict.id);
  return mark && mark.done === JSON.stringify(verdict.before) ? mark : null;
}

function planOf(row: MessageRow, verdict: Judged, placed: boolean, run: boolean): Plan {
  const deeds: Deed[] = [];
  const places: Deed[] = [];
  let decided = placed;
  for (const rule of verdict.held) {
    for (const action of rule.actions) {
      if (run && isAloud(action)) continue;
      if (action.do !== 'move' && action.do !== 'delete') deeds.push({ rule, action });
      else if (!decided) {
        decided = true;
        places.push({ rule, action });
      }
    }
  }
  // Marks and copies come first: they are of the letter where it lies.
  return { row, verdict, deeds: [...deeds, ...places], placed: decided };
}

/** What others notice: done when a letter arrives, never by a run on a folder, because nothing can take it back. */
export const isAloud = (action: RuleAction): boolean =>
  ['forward', 'redirect', 'reply', 'sound', 'notify', 'plan'].includes(action.do);

function endMark(tx: WriteTx, { verdict, placed }: Plan): void {
  if (verdict.complete) tx.db.run('DELETE FROM rule_marks WHERE message = ?', verdict.id);
  else
    tx.db.run(
      "UPDATE rule_marks SET needs = 'body', done = ?, placed = ? WHERE message = ?",
      JSON.stringify(verdict.done),
      placed ? 1 : 0,
      verdict.id,
    );
}

interface Doing {
  token: string | null;
  n: number;
  applied: Applied;
}

type Did = LogLine['did'][number];

function carryOut(tx: WriteTx, ids: number[], rule: Held, action: RuleAction, doing: Doing): Did {
  const { applied } = doing;
  const perform = (does: Action): void => void act(tx, { ids, action: does, token: doing.token, n: doing.n });
  switch (action.do) {
    case 'move':
    case 'copy': {
      const target = folderRow(tx.db, action.to);
      if (!target) return failed(tx, rule, action.do, 'no-such-folder', String(action.to));
      // A damaged letter has no octets to take to another account's server: it stays where it is safe.
      const able = ids.filter((id) => canGo(tx, id, target));
      if (able.length > 0) act(tx, { ids: able, action, token: doing.token, n: doing.n });
      return { do: able.length > 0 ? action.do : `failed-${action.do}`, what: target.path };
    }
    case 'delete':
      try {
        perform({ do: 'delete' });
      } catch (failure) {
        return failed(tx, rule, 'delete', toFault(failure).code, '');
      }
      return { do: 'delete', what: '' };
    case 'tag':
      perform({ do: 'tag', tag: action.tag, on: true });
      return { do: 'tag', what: action.tag };
    case 'flag':
      perform({ do: 'flag', flag: 'flagged', on: true });
      return { do: 'flag', what: '' };
    case 'read':
      perform({ do: 'flag', flag: 'seen', on: true });
      return { do: 'read', what: '' };
    case 'forward':
    case 'redirect':
    case 'reply':
      for (const id of ids)
        tx.db.run(
          'INSERT INTO rule_sends (message, rule_id, rule, action, at) VALUES (?, ?, ?, ?, ?)',
          id,
          rule.rule,
          rule.name,
          JSON.stringify(action),
          tx.now,
        );
      applied.sends = true;
      return { do: action.do, what: action.do === 'reply' ? '' : action.to.join(', ') };
    case 'sound':
    case 'notify': {
      const known = applied.alerts.find((each) => each.rule === rule.name);
      const alert = known ?? { rule: rule.name, sound: false, notify: false, ids: [] };
      if (!known) applied.alerts.push(alert);
      alert[action.do] = true;
      alert.ids = [...new Set([...alert.ids, ...ids])];
      return { do: action.do, what: '' };
    }
    case 'plan': {
      // On an IMAP account a letter whose text has come meanwhile is a letter like any other: it goes to Trash.
      const come = action.mark === 'delete' ? ids.filter((id) => isWholeOnImap(tx, id)) : [];
      if (come.length > 0)
        try {
          act(tx, { ids: come, action: { do: 'delete' }, token: doing.token, n: doing.n });
        } catch (failure) {
          return failed(tx, rule, 'delete', toFault(failure).code, '');
        }
      pop3Writes['pop3.mark'](tx, { messages: ids.filter((id) => !come.includes(id)), mark: action.mark });
      if (action.mark === 'fetch') applied.fetch.push(...ids);
      return { do: 'plan', what: action.mark };
    }
  }
}

const isWholeOnImap = (tx: WriteTx, id: number): boolean =>
  tx.db.value(
    "SELECT 1 FROM messages m JOIN accounts a ON a.id = m.account WHERE m.id = ? AND a.kind = 'imap' AND m.body != 0",
    id,
  ) !== undefined;

function canGo(tx: WriteTx, id: number, target: FolderRow): boolean {
  const row = messageRow(tx.db, id);
  return row !== undefined && (row.account === target.account || row.blob !== null);
}

function failed(tx: WriteTx, rule: Held, does: string, code: string, detail: string): Did {
  setProblem(tx, rule.rule, code, detail);
  return { do: `failed-${does}`, what: detail };
}

function writeLog(
  tx: WriteTx,
  plan: Plan,
  did: readonly { rule: number; line: Did }[],
  run: string | null,
): void {
  const { row, verdict } = plan;
  for (const held of verdict.held) {
    const lines = did.filter((each) => each.rule === held.rule).map((each) => each.line);
    if (run !== null && lines.length === 0) continue;
    tx.db.run(
      'INSERT INTO rule_log (message, rule, at, subject, did, reasons, run) SELECT ?, ?, ?, subject, ?, ?, ? FROM messages WHERE id = ?',
      row.id,
      held.name,
      tx.now,
      JSON.stringify(lines),
      JSON.stringify(held.reasons.slice(0, 5)),
      run,
      row.id,
    );
    if (run === null) {
      tx.db.run('UPDATE rules SET caught = caught + 1 WHERE id = ?', held.rule);
      tx.change('rules', { id: held.rule });
    }
  }
}

export interface SentInput {
  send: number;
  /** null: it is not to be sent after all; `why` tells. */
  letter: Omit<FreezeInput, 'draft' | 'scheduled' | 'notBefore'> | null;
  why: string;
  /** Addresses that were answered, so that they are not answered again too soon. */
  answered: readonly string[];
}

/** The letter goes to the outbox and its line goes away, at once. A line that is gone was carried out before. */
function sent(tx: WriteTx, input: SentInput): number | null {
  const line = tx.db.get<{ message: number; rule_id: number; rule: string; action: string }>(
    'SELECT message, rule_id, rule, action FROM rule_sends WHERE id = ?',
    input.send,
  );
  if (!line) return null;
  tx.db.run('DELETE FROM rule_sends WHERE id = ?', input.send);
  const { do: what } = JSON.parse(line.action) as RuleAction;
  if (!input.letter) {
    noteUnsent(tx, line, `not-${what}`, input.why);
    return null;
  }
  for (const address of input.answered)
    tx.db.run(
      'INSERT OR REPLACE INTO rule_answered (rule, address, at) VALUES (?, ?, ?)',
      line.rule_id,
      address,
      tx.now,
    );
  const mark = what === 'reply' ? FLAG.answered : what === 'forward' ? FLAG.forwarded : 0;
  const row = messageRow(tx.db, line.message);
  if (row && mark !== 0 && (row.flags & mark) === 0) {
    setMarks(tx, row.id, row.flags | mark, row.keywords);
    const { account, id: message, folder, uid } = row;
    queueOperation(tx, { kind: 'flags', account, message, folder, uid, add: mark });
  }
  return outboxWrites['outbox.freeze'](tx, {
    ...input.letter,
    draft: null,
    scheduled: false,
    notBefore: tx.now,
  });
}

function noteUnsent(tx: WriteTx, line: { message: number; rule: string }, what: string, why: string): void {
  tx.db.run(
    `INSERT INTO rule_log (message, rule, at, subject, did, reasons)
     VALUES (?, ?, ?, coalesce((SELECT subject FROM messages WHERE id = ?), ''), ?, '[]')`,
    line.message,
    line.rule,
    tx.now,
    line.message,
    JSON.stringify([{ do: what, what: why }]),
  );
}

export const ruleWrites = {
  'rules.apply': apply,
  'rules.sent': sent,
  /** A send that could not be made ready; the last try ends it. */
  'rules.sendFailed'(tx: WriteTx, input: { send: number; code: string; most: number }): void {
    tx.db.run('UPDATE rule_sends SET tries = tries + 1 WHERE id = ?', input.send);
    const tries = tx.db.value<number>('SELECT tries FROM rule_sends WHERE id = ?', input.send) ?? 0;
    if (tries >= input.most) sent(tx, { send: input.send, letter: null, why: input.code, answered: [] });
  },
  'rules.begun'(tx: WriteTx, input: { token: string; folder: number }): void {
    tx.db.run(
      'INSERT INTO rule_runs (token, at, folder, letters, caught) VALUES (?, ?, ?, 0, 0)',
      input.token,
      tx.now,
      input.folder,
    );
  },
  'rules.ran'(tx: WriteTx, input: { token: string; letters: number; caught: number }): void {
    tx.db.run(
      'UPDATE rule_runs SET letters = letters + ?, caught = caught + ? WHERE token = ?',
      input.letters,
      input.caught,
      input.token,
    );
  },
  'rules.undone'(tx: WriteTx, input: { token: string }): void {
    tx.db.run('UPDATE rule_runs SET undone = 1 WHERE token = ?', input.token);
    tx.db.run('DELETE FROM rule_log WHERE run = ?', input.token);
  },
  /** Forgets what nobody asks for any more. */
  'rules.tidy'(tx: WriteTx): void {
    tx.db.run('DELETE FROM rule_marks WHERE message NOT IN (SELECT id FROM messages)');
    tx.db.run('DELETE FROM rule_log WHERE at < ?', tx.now - LOG_KEPT_MS);
    tx.db.run('DELETE FROM rule_runs WHERE at < ?', tx.now - LOG_KEPT_MS);
    tx.db.run('DELETE FROM rule_answered WHERE at < ?', tx.now - 366 * 24 * 3_600_000);
  },
};
