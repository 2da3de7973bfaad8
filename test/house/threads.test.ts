/** What every thread of a store loads: small and our own, for it is loaded once a thread. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { emptyContent } from '../../main/client/contacts/content.ts';
import { ContactContent } from '../../main/contract/mail/contacts.ts';
import { root } from '../../scripts/toolchain/run.ts';

/** Packages that a module and all it imports ask for. */
async function packagesOf(module: string): Promise<string[]> {
  const script = `
    import { registerHooks } from 'node:module';
    const asked = new Set();
    registerHooks({ resolve(name, context, next) {
      if (!/^(node:|file:|[.])/.test(name)) asked.add(name);
      return next(name, context);
    } });
    await import(${JSON.stringify(pathToFileURL(`${root}/${module}`).href)});
    process.stdout.write(JSON.stringify([...asked]));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return JSON.parse(stdout) as string[];
}

for (const module of ['main/client/program.ts', 'main/server/program.ts'])
  test(`${module} loads no package into the threads of its store`, async () => {
    assert.deepEqual(await packagesOf(module), []);
  });

test('what is loaded elsewhere is seen', async () => {
  assert.ok((await packagesOf('main/contract/mail/contacts.ts')).includes('zod'));
});

test('a contact without a field set is what the contract makes of nothing', () => {
  assert.deepEqual(emptyContent(), ContactContent.parse({}));
});
