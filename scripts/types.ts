/** `npm run types`: the projects of the tree, side by side. Exit code 1 when one of them does not hold. */
import { node, type Ran, run, tool } from './toolchain/run.ts';

export const PROJECTS = [
  'tsconfig.json',
  'main/mail/tsconfig.json',
  'renderer/tsconfig.json',
  'test/tsconfig.json',
];

export function checkTypes(project: string): Promise<Ran> {
  return run(node, [tool('typescript/bin/tsc'), '-p', project, '--noEmit', '--pretty', 'false']);
}

if (import.meta.main) {
  const results = await Promise.all(PROJECTS.map(checkTypes));
  for (const { output } of results) process.stdout.write(output);
  process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1;
}
