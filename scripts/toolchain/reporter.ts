/** A reporter for `node --test`: one JSON line a test, read by scripts/test.ts. */
import type { TestEvent } from 'node:test/reporters';

export interface TestLine {
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly ms: number;
  /** 0: stands in the file itself. */
  readonly depth: number;
  /** Why it failed or was skipped. */
  readonly why: string;
}

interface Outcome {
  name: string;
  nesting: number;
  file?: string | undefined;
  line?: number | undefined;
  skip?: string | boolean | undefined;
  todo?: string | boolean | undefined;
  details: { duration_ms: number; type?: string | undefined; error?: Error | undefined };
}

/** A failure as a person needs it: the assertion that failed with its stack, not the runner's wrapping. */
function explain(error: Error | undefined): string {
  const cause = error?.cause;
  if (cause instanceof Error) {
    const inner =
      cause.cause instanceof Error ? `\ncaused by ${cause.cause.stack ?? cause.cause.message}` : '';
    return (cause.stack ?? `${cause.name}: ${cause.message}`) + inner;
  }
  if (typeof cause === 'string') return cause;
  return error?.stack ?? error?.message ?? 'no reason given';
}

function lineOf(kind: 'test:pass' | 'test:fail', data: Outcome): TestLine | undefined {
  const { details, name, nesting, file = '', line = 0 } = data;
  const common = { name, file, line, depth: nesting, ms: details.duration_ms };
  if (kind === 'test:fail') {
    const failureType = (details.error as { failureType?: string } | undefined)?.failureType;
    // What failed inside has been told already.
    if (failureType === 'subtestsFailed') return undefined;
    return { ...common, outcome: 'failed', why: explain(details.error) };
  }
  if (data.skip !== undefined && data.skip !== false)
    return { ...common, outcome: 'skipped', why: typeof data.skip === 'string' ? data.skip : '' };
  if (details.type === 'suite') return undefined;
  return { ...common, outcome: 'passed', why: '' };
}

export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of source) {
    if (event.type === 'test:pass' || event.type === 'test:fail') {
      const line = lineOf(event.type, event.data as Outcome);
      if (line) yield `${JSON.stringify(line)}\n`;
    } else if (event.type === 'test:stdout' || event.type === 'test:stderr') {
      // What a test prints helps only when it fails; the runner prints it with the failure.
      yield `${JSON.stringify({ said: event.data.message, file: event.data.file })}\n`;
    }
  }
}
