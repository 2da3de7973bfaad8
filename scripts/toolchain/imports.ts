/**
 * Who may import whom (the table of docs/architecture.md), decided on source text alone so that a test can hold every rule.
 *
 * It never resolves anything by the file system: a path is judged by its name. Invariants: a file outside the listed
 * folders is a violation; type-only imports count like all others for the table, but not for circles between files, where
 * only what runs matters.
 */
import { posix } from 'node:path';
import { parseSync } from 'vite';

export interface Source {
  /** Path from the root of the tree with "/" between the levels. */
  readonly path: string;
  readonly text: string;
}

export interface Violation {
  readonly path: string;
  readonly rule: string;
}

interface Room {
  readonly folder: string;
  /** Rooms of the house it may import, besides itself. */
  readonly rooms: readonly string[];
  /** Packages; `*` means any but the guarded ones. */
  readonly packages: readonly string[] | '*';
  /** May import node: modules. */
  readonly node: boolean;
}

const ALL_MAIN = [
  'main/base',
  'main/contract',
  'main/mail',
  'main/net',
  'main/store',
  'main/boxes',
  'main/client',
  'main/server',
];

const ROOMS: readonly Room[] = [
  { folder: 'main/base', rooms: [], packages: [], node: false },
  { folder: 'main/contract', rooms: ['main/base'], packages: ['zod'], node: false },
  { folder: 'main/mail', rooms: ['main/base'], packages: '*', node: false },
  { folder: 'main/net', rooms: ['main/base'], packages: '*', node: true },
  { folder: 'main/store', rooms: ['main/base'], packages: [], node: true },
  { folder: 'main/boxes', rooms: ['main/base'], packages: [], node: true },
  {
    folder: 'main/client',
    rooms: ['main/base', 'main/contract', 'main/mail', 'main/net', 'main/store', 'main/boxes'],
    packages: '*',
    node: true,
  },
  {
    folder: 'main/server',
    rooms: ['main/base', 'main/contract', 'main/mail', 'main/net', 'main/store', 'main/boxes'],
    packages: '*',
    node: true,
  },
  { folder: 'main/host', rooms: ALL_MAIN, packages: '*', node: true },
  { folder: 'app', rooms: ['main/host', 'main/contract', 'main/base'], packages: ['electron'], node: true },
  { folder: 'renderer', rooms: ['main/contract'], packages: '*', node: false },
  {
    folder: 'scripts',
    rooms: [...ALL_MAIN, 'main/host', 'app', 'renderer'],
    packages: '*',
    node: true,
  },
  {
    folder: 'bench',
    rooms: [...ALL_MAIN, 'main/host', 'renderer', 'test', 'scripts'],
    packages: '*',
    node: true,
  },
  {
    folder: 'test',
    rooms: [...ALL_MAIN, 'main/host', 'app', 'renderer', 'bench', 'scripts'],
    packages: '*',
    node: true,
  },
];

/** Packages that belong to some rooms alone. */
const GUARDED: readonly { name: RegExp; rooms: readonly string[] }[] = [
  { name: /^electron$/, rooms: ['app', 'test'] },
  {
    name: /^(react|react-dom|react-aria-components|lucide-react|squire-rte|zustand|dompurify)$/,
    rooms: ['renderer', 'test'],
  },
  {
    name: /^(vite|@vitejs\/.*|playwright-core|axe-core|fast-check)$/,
    rooms: ['test', 'bench', 'scripts'],
  },
  { name: /^smtp-server$/, rooms: ['main/server', 'test', 'bench', 'scripts'] },
  {
    name: /^(imapflow|nodemailer)$/,
    rooms: ['main/mail', 'main/net', 'main/client', 'main/server', 'test', 'bench'],
  },
];

/** Files with a right of their own, and why. */
const EXCEPTIONS: Readonly<Record<string, { node?: true; rooms?: readonly string[] }>> = {
  // Builds letters with nodemailer's composer, which writes Node streams; the rest of main/mail runs in a browser.
  'main/mail/compose.ts': { node: true },
};

/** Files of the root folder that are settings of tools. */
const ROOT_FILES = /^(vite\.[a-z.]*config\.ts|vite\.config\.ts)$/;

const roomOf = (path: string): Room | undefined =>
  ROOMS.find(({ folder }) => path === folder || path.startsWith(`${folder}/`));

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

/** Every import and re-export of one file; throws what the parser says when the file cannot be read. */
export function importsOf({ path, text }: Source): Import[] {
  const parsed = parseSync(path, text);
  if (parsed.errors[0]) throw new Error(`${path}: ${parsed.errors[0].message}`);
  const { staticImports, staticExports, dynamicImports } = parsed.module;
  const found: Import[] = staticImports.map(({ moduleRequest, entries }) => ({
    from: moduleRequest.value,
    typeOnly: entries.length > 0 && entries.every(({ isType }) => isType),
  }));
  for (const { entries } of staticExports)
    for (const { moduleRequest, isType } of entries)
      if (moduleRequest) found.push({ from: moduleRequest.value, typeOnly: isType });
  for (const { moduleRequest } of dynamicImports) {
    const literal = /^['"`]([^'"`$]+)['"`]$/.exec(text.slice(moduleRequest.start, moduleRequest.end));
    if (literal?.[1]) found.push({ from: literal[1], typeOnly: false });
  }
  return found;
}

const packageName = (from: string): string =>
  from.startsWith('@') ? from.split('/').slice(0, 2).join('/') : (from.split('/')[0] ?? from);

function judge(path: string, room: Room, { from }: Import): string | undefined {
  const allowed = EXCEPTIONS[path];
  if (from.startsWith('node:'))
    return room.node || allowed?.node
      ? undefined
      : `${room.folder} imports no node: module, but here is ${from}`;
  if (from.startsWith('.')) {
    const target = posix.normalize(posix.join(posix.dirname(path), from));
    if (target === 'package.json' && room.node) return undefined;
    const other = roomOf(target);
    if (!other) return `${from} lies outside the rooms of the house`;
    if (other === room || room.rooms.includes(other.folder)) return undefined;
    return `${room.folder} may not import ${other.folder} (${from})`;
  }
  const name = packageName(from);
  const guard = GUARDED.find((each) => each.name.test(name));
  if (guard && !guard.rooms.includes(room.folder)) return `${name} belongs to ${guard.rooms.join(', ')}`;
  if (room.packages === '*' || room.packages.includes(name)) return undefined;
  return `${room.folder} may not import the package ${name}`;
}

/** All violations of the table and all circles. The order is that of the sources. */
export function checkImports(sources: readonly Source[]): Violation[] {
  const violations: Violation[] = [];
  const runs = new Map<string, string[]>();
  const rooms = new Map<string, Set<string>>();
  for (const source of sources) {
    const { path } = source;
    if (ROOT_FILES.test(path)) continue;
    const room = roomOf(path);
    if (!room) {
      violations.push({ path, rule: 'this folder is not one of the rooms of the house' });
      continue;
    }
    const edges: string[] = [];
    for (const each of importsOf(source)) {
      const rule = judge(path, room, each);
      if (rule) violations.push({ path, rule });
      if (!each.from.startsWith('.')) continue;
      const target = posix.normalize(posix.join(posix.dirname(path), each.from));
      if (!each.typeOnly) edges.push(target);
      const other = roomOf(target);
      if (other && other !== room)
        rooms.set(room.folder, (rooms.get(room.folder) ?? new Set()).add(other.folder));
    }
    runs.set(path, edges);
  }
  for (const circle of circles(runs))
    violations.push({ path: circle[0] ?? '', rule: `circle: ${circle.join(' -> ')}` });
  const folders = new Map([...rooms].map(([folder, others]) => [folder, [...others]]));
  for (const circle of circles(folders))
    violations.push({ path: circle[0] ?? '', rule: `folders in a circle: ${circle.join(' -> ')}` });
  return violations;
}

/** One circle for each group of nodes that reach each other (Tarjan's strongly connected components). */
export function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (at: string): void => {
    index.set(at, index.size);
    low.set(at, index.get(at)!);
    stack.push(at);
    for (const next of graph.get(at) ?? []) {
      if (!graph.has(next)) continue;
      if (!index.has(next)) {
        visit(next);
        low.set(at, Math.min(low.get(at)!, low.get(next)!));
      } else if (stack.includes(next)) low.set(at, Math.min(low.get(at)!, index.get(next)!));
    }
    if (low.get(at) !== index.get(at)) return;
    const group = stack.splice(stack.indexOf(at));
    if (group.length > 1 || graph.get(at)?.includes(at)) found.push(walk(group, graph));
  };
  for (const at of graph.keys()) if (!index.has(at)) visit(at);
  return found;
}

/** The shortest way from the group's first node back to itself. */
function walk(group: readonly string[], graph: ReadonlyMap<string, readonly string[]>): string[] {
  const start = group[0]!;
  const inside = new Set(group);
  const queue: string[][] = [[start]];
  const seen = new Set<string>();
  for (let way = queue.shift(); way; way = queue.shift()) {
    for (const next of graph.get(way.at(-1)!) ?? []) {
      if (next === start) return [...way, start];
      if (!inside.has(next) || seen.has(next)) continue;
      seen.add(next);
      queue.push([...way, next]);
    }
  }
  return [...group, start];
}
