/** `npm start -- --browser --no-open` as a person or a program types it: through npm, with a real profile. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import type { Frame } from '../../main/contract/frames.ts';

const root = join(import.meta.dirname, '..', '..');
const skip = process.platform === 'win32' ? 'signals are no matter of Windows' : false;

interface Started {
  child: ChildProcess;
  /** Lines of standard output. */
  lines: string[];
  words(): string;
  exited: Promise<number | null>;
}

function start(...words: string[]): Started {
  const args = ['start', '--', '--browser', '--no-open', '--port', '0', ...words];
  const child = spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let said = '';
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { child, lines, words: () => said, exited };
}

async function ready(started: Started): Promise<string> {
  let over = false;
  void started.exited.then(() => {
    over = true;
  });
  for (;;) {
    const line = started.lines.find((each) => each.startsWith('{'));
    if (line) {
      const message = JSON.parse(line) as { event: string; url: string };
      assert.equal(message.event, 'ready');
      return message.url;
    }
    if (over) assert.fail(`it ended without serving:\n${started.words()}`);
    await new Promise((again) => setTimeout(again, 20));
  }
}

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postroom-start-'));
});
after(() => rm(folder, { recursive: true, force: true }));

test('it serves, answers through its door, refuses a second one, and ends well', { skip }, async () => {
  const profile = join(folder, 'profile');
  const first = start('--profile', profile, '--lang', 'ru');
  const url = await ready(first);
  assert.equal(first.lines.filter((line) => line.startsWith('{')).length, 1);

  const { origin } = new URL(url);
  const entered = await fetch(url, { redirect: 'manual' });
  assert.equal(entered.status, 303);
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  assert.equal((await fetch(url, { redirect: 'manual' })).status, 403, 'a token works once');
  assert.equal((await fetch(origin, { headers: { cookie } })).status, 200);

  const socket = new WebSocket(`${origin.replace('http', 'ws')}/door`, { headers: { cookie, origin } });
  await once(socket, 'open');
  const ask = async (id: number, name: string, input: unknown): Promise<Frame> => {
    const answered = new Promise<Frame>((resolve) => {
      socket.on('message', (data) => {
        const frame = JSON.parse(data.toString()) as Frame;
        if ('id' in frame && frame.id === id) resolve(frame);
      });
    });
    socket.send(JSON.stringify({ t: 'request', id, name, input }));
    return answered;
  };
  const hello = await ask(1, 'session.hello', {});
  assert.ok(hello.t === 'ok');
  const output = hello.output as { host: string; firstRun: boolean; settings: { language: string } };
  assert.deepEqual([output.host, output.firstRun, output.settings.language], ['browser', true, 'ru']);
  const wrong = await ask(2, 'no.such', {});
  assert.ok(wrong.t === 'error' && wrong.error.code === 'bad-input');

  const second = start('--profile', profile);
  assert.equal(await second.exited, 1);
  assert.match(second.words(), /already open in another Postroom/);
  assert.deepEqual(
    second.lines.filter((line) => line.startsWith('{')),
    [],
  );

  const closed = once(socket, 'close');
  first.child.kill('SIGTERM');
  assert.equal(await first.exited, 0);
  await closed;
  assert.ok(existsSync(join(profile, 'store.db')));
  assert.equal(existsSync(join(profile, 'store.db-wal')), false, 'the store was closed');

  const again = start('--profile', profile);
  await ready(again);
  again.child.kill('SIGINT');
  assert.equal(await again.exited, 0);
});

for (const words of [['--port', '70000'], ['--port', 'x'], ['--lang', 'de'], ['--no-such-thing']]) {
  test(`${words.join(' ')} is wrong usage`, { skip }, async () => {
    const started = start(...words);
    assert.equal(await started.exited, 2);
    assert.match(started.words(), /--profile DIR/);
  });
}
