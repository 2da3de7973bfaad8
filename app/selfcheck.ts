/**
 * `--selfcheck`: whether the Node inside this Electron can do what the engine needs. One JSON object on standard output,
 * so that one run on a real machine proves a build. It opens no profile and reaches nothing but loopback.
 */
import { createCipheriv, createHash, createHmac, randomBytes, scryptSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { connect, createServer } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ownCertificate } from './own-certificate.ts';

export interface SelfcheckResult {
  readonly ok: boolean;
  readonly versions: Record<string, string | undefined>;
  /** Name of a check -> "ok" or why not. */
  readonly checks: Record<string, string>;
}

function need(condition: boolean, why: string): void {
  if (!condition) throw new Error(why);
}

function database(): void {
  const folder = mkdtempSync(join(tmpdir(), 'postroom-selfcheck-'));
  const db = new DatabaseSync(join(folder, 'check.db'));
  try {
    const mode = db.prepare('PRAGMA journal_mode = WAL').get() as { journal_mode: string };
    need(mode.journal_mode === 'wal', `journal mode ${mode.journal_mode}`);
    db.exec("CREATE VIRTUAL TABLE docs USING fts5(body, content='', contentless_delete=1)");
    db.prepare('INSERT INTO docs (rowid, body) VALUES (1, ?)').run('бетон для корпуса');
    const found = db.prepare("SELECT count(*) AS n FROM docs WHERE docs MATCH 'бетон'").get() as {
      n: number;
    };
    need(found.n === 1, `FTS5 found ${found.n}`);
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function compression(): void {
  const bytes = Buffer.alloc(300_000, 'letter ');
  const packed = zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } });
  need(
    packed.length < bytes.length / 10 && zstdDecompressSync(packed).equals(bytes),
    'zstd does not give it back',
  );
}

function digests(): void {
  for (const name of ['md5', 'sha1', 'sha256', 'sha384', 'sha512'])
    need(createHash(name).update('').digest().length > 0, name);
  const rfc2202 = createHmac('md5', Buffer.alloc(16, 0x0b)).update('Hi There').digest('hex');
  need(rfc2202 === '9294727a3638bb1c13f48ef8158bfc9d', 'HMAC-MD5');
  need(scryptSync('password', 'salt', 32).length === 32, 'scrypt');
  const cipher = createCipheriv('aes-256-gcm', randomBytes(32), randomBytes(12));
  cipher.update('text');
  cipher.final();
  need(cipher.getAuthTag().length === 16, 'aes-256-gcm');
}

/** Ms for a handshake with ourselves. */
const HANDSHAKE_LIMIT = 5000;

function handshake(): Promise<void> {
  const { key, cert } = ownCertificate(Date.now());
  return new Promise((resolve, reject) => {
    const server = createServer({ key, cert }, (socket) => socket.end('hello'));
    const done = (failure?: Error): void => {
      server.close();
      if (failure) reject(failure);
      else resolve();
    };
    server.on('error', done);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      const socket = connect({ host: '127.0.0.1', port, ca: cert }, () => {
        if (!socket.authorized) done(socket.authorizationError);
        socket.on('data', () => {});
      });
      socket.setTimeout(HANDSHAKE_LIMIT, () => socket.destroy(new Error('the handshake took too long')));
      socket.on('error', done);
      socket.on('close', () => done());
    });
  });
}

/** A thread of the bundle, which in an installed application lies inside an archive. */
function thread(): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./selfcheck-thread.js', import.meta.url));
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
}

export async function selfcheck(): Promise<SelfcheckResult> {
  const checks: Record<string, string> = {};
  const run = async (name: string, check: () => void | Promise<void>): Promise<void> => {
    try {
      await check();
      checks[name] = 'ok';
    } catch (failure) {
      checks[name] = failure instanceof Error ? failure.message : String(failure);
    }
  };
  await run('database', database);
  await run('compression', compression);
  await run('digests', digests);
  await run('handshake', handshake);
  await run('thread', thread);
  const { electron, chrome, node, sqlite, zstd } = process.versions as Record<string, string | undefined>;
  const ok = Object.values(checks).every((result) => result === 'ok');
  return { ok, versions: { electron, chrome, node, sqlite, zstd }, checks };
}
