/** The report of an import as lines of text, and the paths a person typed. Pure. */
import type { Job } from '../../../main/contract/mail/profile.ts';

/** One path a line; quotes around a path (as file managers copy it) are taken off. */
export function pathsOf(typed: string): string[] {
  return typed
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .replace(/^'(.*)'$/, '$1'),
    )
    .filter(Boolean);
}

/** Tab-separated, so that it opens as a table. */
export function importReport(job: Pick<Job, 'subject' | 'result' | 'startedAt' | 'endedAt'>): string {
  const { result } = job;
  const time = (ms: number | null) => (ms === null ? '' : new Date(ms).toISOString());
  const lines = [
    ['source', job.subject],
    ['started', time(job.startedAt)],
    ['ended', time(job.endedAt)],
    ['imported', String(result?.imported ?? 0)],
    ['duplicates', String(result?.duplicates ?? 0)],
    ['not read', String(result?.skipped.length ?? 0)],
    ...(result?.skipped ?? []).map((each) => [each.path, each.reason]),
  ];
  return `${lines.map((line) => line.map((cell) => cell.replace(/[\t\r\n]+/g, ' ')).join('\t')).join('\n')}\n`;
}
