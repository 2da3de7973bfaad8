/** The report of an import as lines of text, and the paths a person typed. Pure. */
import type { Output } from '../../../main/contract/contract.ts';
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

/** A kept report as lines of text, its folders with it. */
export function bringReport({ at, subject, report }: Output<'moving.reports'>[number]): string {
  const lines = [
    ['source', subject],
    ['ended', new Date(at).toISOString()],
    ['imported', String(report.letters)],
    ['duplicates', String(report.doubles)],
    ['deleted there', String(report.thrownAway)],
    ['people', String(report.people)],
    ['not read', String(report.unreadable.length)],
    ...report.folders.map((each) => ['folder', each.path, String(each.letters), String(each.doubles)]),
    ...report.unreadable.map((each) => [each.path, each.reason]),
  ];
  return `${lines.map((line) => line.map((cell) => cell.replace(/[\t\r\n]+/g, ' ')).join('\t')).join('\n')}\n`;
}
