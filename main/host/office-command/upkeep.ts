/** `status`, `queue`, `bans`, `trace`, `record`, `check`, `export`, `import`, `ca`. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Arguments, UsageError } from './arguments.ts';
import type { Command } from './session.ts';

const when = (ms: number | null) => (ms === null ? '-' : new Date(ms).toISOString());

function idOf(args: Arguments): string {
  const id = args.words[0] ?? args.text('id');
  if (id) return id;
  throw new UsageError('The number of a letter is missing.', 'Не хватает номера письма.');
}

export const status: Command = async ({ call, print }) => {
  const state = await call('office.status', {});
  await print(state, () => [
    `${state.name}\t${state.hostname}\t${state.domains.join(', ')}`,
    `people ${state.people}\tsessions ${state.sessions}`,
    `queue ${state.queue.letters}\twaiting ${state.queue.waiting}\theld ${state.queue.held}`,
  ]);
};

export const queueList: Command = async ({ args, call, print }) => {
  const page = { from: args.number('from', 0, 0), count: args.number('count', 100, 1) };
  const found = await call('queue.list', page);
  await print(found, () =>
    found.letters.map(({ queueId, arrived, sender, subject, recipients }) => {
      const to = recipients.map(({ address, state }) => `${address} (${state})`).join(', ');
      return `${queueId}\t${when(arrived)}\t${sender === '' ? '<>' : sender}\t${to}\t${subject}`;
    }),
  );
};

export const queueShow: Command = async ({ args, call, print }) => {
  const letter = await call('queue.show', { queueId: idOf(args) });
  await print(letter, () => [
    `${letter.queueId}\t${when(letter.arrived)}\t${letter.sender === '' ? '<>' : letter.sender}\t${letter.size}`,
    letter.subject,
    ...letter.recipients.map(
      (each) =>
        `${each.address}\t${each.state}\t${each.attempts}\t${when(each.nextAttempt)}\t${each.lastReply}`,
    ),
  ]);
};

export const queueRetry: Command = async ({ args, call, print }) => {
  const queueId = args.words[0] ?? args.text('id');
  const done = await call('queue.retry', queueId === undefined ? {} : { queueId });
  await print(done, () => [String(done.letters)]);
};

const hold =
  (held: boolean): Command =>
  async ({ args, call, print }) => {
    const queueId = idOf(args);
    await call('queue.hold', { queueId, held });
    await print({ queueId, held }, () => [queueId]);
  };
export const queueHold = hold(true);
export const queueRelease = hold(false);

export const queueDelete: Command = async ({ args, call, print }) => {
  const queueId = idOf(args);
  await call('queue.remove', { queueId });
  await print({ queueId }, () => [queueId]);
};

export const bansList: Command = async ({ call, print }) => {
  const bans = await call('bans.list', {});
  await print(bans, () => bans.map(({ ip, until, reason }) => `${ip}\t${when(until)}\t${reason}`));
};

export const bansLift: Command = async ({ args, call, print }) => {
  const ip = args.words[0] ?? args.text('address');
  if (!ip) throw new UsageError('An address is missing.', 'Не хватает адреса.');
  await call('bans.lift', { ip });
  await print({ ip }, () => [ip]);
};

export const trace: Command = async ({ args, call, print }) => {
  const person = args.text('person');
  const subject = args.text('subject');
  const queueId = args.words[0] ?? args.text('id');
  const steps = await call('trace.letters', {
    count: args.number('count', 50, 1),
    ...(person === undefined ? {} : { person }),
    ...(subject === undefined ? {} : { subject }),
    ...(queueId === undefined ? {} : { queueId }),
  });
  await print(steps, () =>
    steps.map(({ at, queueId: id, step, sender, recipient, subject: about, text }) =>
      [when(at), id, step, sender === '' ? '<>' : sender, recipient, about, text].join('\t'),
    ),
  );
};

export const record: Command = async ({ args, call, print }) => {
  const [address, state] = args.words;
  if (!address || (state !== 'on' && state !== 'off')) {
    throw new UsageError('record takes an address and on or off.', 'record: адрес и on или off.');
  }
  await call('trace.account', { address, on: state === 'on' });
  await print({ address, on: state === 'on' }, () => [address]);
};

export const check: Command = async ({ args, call, print, fail, language }) => {
  const report = await call('office.check', { repair: !args.has('no-repair') });
  await print(report, () => [
    `mailboxes ${report.mailboxes}\tmessages ${report.messages}\tletters ${report.letters}\tblobs ${report.blobs}`,
    ...report.problems.flatMap(({ code, message, repairable, segment, letters = [] }) => [
      `${code}\t${message}${segment === undefined ? '' : `\tsegment ${segment}`}${repairable ? '\trepairable' : ''}`,
      ...letters.map(({ person, folder, uid }) => `\t${person}\t${folder}\t${uid}`),
    ]),
    ...(report.repaired > 0 ? [`repaired ${report.repaired}`] : []),
  ]);
  if (report.ok) return;
  fail(
    language === 'ru'
      ? 'Не всё удалось исправить; список выше. Остальные письма читаются.'
      : 'Not everything could be repaired; the list is above. All other letters can be read.',
  );
};

export const restored: Command = async ({ call, print }) => {
  await call('office.restored', {});
  await print({}, () => []);
};

export const exportMail: Command = async ({ args, call, print }) => {
  const format = args.text('format') ?? 'mbox';
  if (format !== 'mbox' && format !== 'maildir' && format !== 'eml') {
    throw new UsageError('--format is mbox, maildir or eml.', '--format: mbox, maildir или eml.');
  }
  const out = resolve(args.required('out'));
  const report = await call('mailboxes.export', { person: args.required('person'), format, out });
  await print(report, () => [
    ...report.folders.map(({ name, path, messages }) => `${name}\t${messages}\t${path}`),
    ...report.skipped.map(({ folder, uid, reason }) => `${folder}\t${uid}\t${reason}`),
  ]);
};

export const importMail: Command = async ({ args, call, print }) => {
  if (args.words.length === 0) throw new UsageError('Paths are missing.', 'Не хватает путей к файлам.');
  const report = await call('mailboxes.import', {
    person: args.required('person'),
    folder: args.text('folder') ?? 'INBOX',
    paths: args.words.map((path) => resolve(path)),
  });
  await print(report, () => [
    `imported ${report.imported}\tduplicates ${report.duplicates}\tfailed ${report.failed.length}`,
    ...report.failed.map(({ path, reason }) => `${path}\t${reason}`),
  ]);
};

export const caExport: Command = async ({ args, call, print, write }) => {
  const { pem } = await call('ca.export', {});
  const out = args.text('out');
  if (out !== undefined) {
    await writeFile(resolve(out), pem);
    await print({ file: resolve(out) }, () => [resolve(out)]);
  } else if (args.json) await print({ pem }, () => []);
  else await write(pem);
};
