/** An office's figures as text exposition (version 0.0.4): what the meters counted, and what is so at this moment. Pure. */

export interface Figures {
  /** Of records.ts: counters, gauges named `*_open`, and histograms as `X_count`, `X_ms_sum`, `X_ms_le_N`. */
  readonly meters: Readonly<Record<string, number>>;
  readonly sessions: Readonly<Record<string, number>>;
  readonly queue: { readonly letters: number; readonly waiting: number; readonly held: number };
  /** Seconds. */
  readonly loop: { readonly mean: number; readonly p99: number; readonly max: number };
  readonly residentBytes: number;
  readonly upSeconds: number;
}

/** The content type that goes with writeMetrics(). */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const SERVICE = /^(smtp|submission|pop3|imap)_(sessions|commands)$/;
const STEP = /^(.+)_ms_le_(\d+)$/;

type Sample = readonly [labels: string, value: number];

export function writeMetrics(figures: Figures): string {
  const { sessions, queue, loop } = figures;
  const lines: string[] = [];
  const family = (name: string, type: string, help: string, samples: readonly Sample[]) => {
    if (samples.length === 0) return;
    lines.push(`# HELP postroom_${name} ${help}`, `# TYPE postroom_${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`postroom_${name}${labels} ${value}`);
  };
  family('up_seconds', 'gauge', 'Time since this process began.', [['', figures.upSeconds]]);
  family('resident_bytes', 'gauge', 'Memory of this process.', [['', figures.residentBytes]]);
  family(
    'sessions',
    'gauge',
    'Sessions open now, by listener.',
    Object.entries(sessions).map(([name, value]) => [`{listener="${name}"}`, value]),
  );
  family('queue_letters', 'gauge', 'Letters in the queue, all of them and by state.', [
    ['{state="all"}', queue.letters],
    ['{state="waiting"}', queue.waiting],
    ['{state="held"}', queue.held],
  ]);
  family('event_loop_delay_seconds', 'gauge', 'Delay of the event loop since the last look at it.', [
    ['{of="mean"}', loop.mean],
    ['{of="p99"}', loop.p99],
    ['{of="max"}', loop.max],
  ]);
  writeMeters(figures.meters, family);
  return `${lines.join('\n')}\n`;
}

type Family = (name: string, type: string, help: string, samples: readonly Sample[]) => void;

function writeMeters(meters: Figures['meters'], family: Family): void {
  const services = new Map<string, Sample[]>();
  const histograms = new Map<string, [at: number, upTo: number][]>();
  const rest: [string, number][] = [];
  for (const [name, value] of Object.entries(meters)) {
    const [, service, what] = SERVICE.exec(name) ?? [];
    const [, timed, step] = STEP.exec(name) ?? [];
    if (service && what)
      services.set(what, [...(services.get(what) ?? []), [`{service="${service}"}`, value]]);
    else if (timed && step) histograms.set(timed, [...(histograms.get(timed) ?? []), [Number(step), value]]);
    else rest.push([name, value]);
  }
  for (const [what, samples] of services) family(`${what}_total`, 'counter', `All ${what} so far.`, samples);
  for (const [name, value] of rest) {
    const timed = /^(.+)_(?:count|ms_sum)$/.exec(name)?.[1];
    // A histogram brings its own count and sum.
    if (timed && `${timed}_count` in meters && `${timed}_ms_sum` in meters) {
      if (name.endsWith('_count')) writeHistogram(timed, meters, histograms.get(timed) ?? [], family);
    } else if (name.endsWith('_open')) family(plain(name), 'gauge', 'Open now.', [['', value]]);
    else family(`${plain(name)}_total`, 'counter', 'Counted so far.', [['', value]]);
  }
}

function writeHistogram(
  name: string,
  meters: Figures['meters'],
  steps: readonly [at: number, upTo: number][],
  family: Family,
): void {
  const count = meters[`${name}_count`] ?? 0;
  const seconds = `${plain(name.replace(/_ms$/, ''))}_seconds`;
  const inOrder = [...steps].sort(([a], [b]) => a - b);
  family(seconds, 'histogram', 'How long it took.', [
    ...inOrder.map(([at, upTo]): Sample => [`_bucket{le="${at / 1000}"}`, upTo]),
    ['_bucket{le="+Inf"}', count],
    ['_sum', (meters[`${name}_ms_sum`] ?? 0) / 1000],
    ['_count', count],
  ]);
}

const plain = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, '_');
