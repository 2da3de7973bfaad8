/** The search for an account's settings, shown while it runs: who is asked and what they said. */
import { Check, CircleDashed, Minus, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { EventData } from '../../../main/contract/contract.ts';
import type { Discovered, DiscoveryStep } from '../../../main/contract/mail/accounts.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { isCancelled } from '../../transport/fault.ts';
import styles from './first-run.module.css';

type Step = EventData<'discovery'>['step'];

export type { DiscoveryStep };

export interface Discovery {
  running: boolean;
  steps: readonly Step[];
  /** null: not searched, or the search is not over. */
  found: readonly Discovered[] | null;
  /** Resolves to what was found (maybe nothing); null when it was stopped or failed, which was said. */
  start: (address: string) => Promise<readonly Discovered[] | null>;
  stop: () => void;
}

/** One line a source: a later word replaces the earlier one. */
export function mergeStep(steps: readonly Step[], step: Step): Step[] {
  const at = steps.findIndex((each) => each.source === step.source);
  return at < 0 ? [...steps, step] : steps.map((each, place) => (place === at ? step : each));
}

export function useDiscovery(): Discovery {
  const [running, setRunning] = useState(false);
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const [found, setFound] = useState<readonly Discovered[] | null>(null);
  const abort = useRef<AbortController | null>(null);
  const run = useRef('');
  useEffect(() => {
    const off = engine().on('discovery', (event) => {
      if (event.run === run.current) setSteps((all) => mergeStep(all, event.step));
    });
    return () => {
      off();
      abort.current?.abort();
    };
  }, []);
  const start = async (address: string) => {
    abort.current?.abort();
    const own = new AbortController();
    abort.current = own;
    run.current = `${Date.now()} ${address}`;
    setSteps([]);
    setFound(null);
    setRunning(true);
    try {
      const answer = await engine().request(
        'accounts.discover',
        { address, run: run.current },
        { signal: own.signal },
      );
      setSteps(answer.steps);
      setFound(answer.found);
      return answer.found;
    } catch (thrown) {
      if (!isCancelled(thrown)) sayFailure(thrown);
      return null;
    } finally {
      if (abort.current === own) setRunning(false);
    }
  };
  return { running, steps, found, start, stop: () => abort.current?.abort() };
}

const ICONS = { asking: CircleDashed, found: Check, nothing: Minus, failed: X } as const;

export function DiscoverySteps({ discovery }: { discovery: Discovery }): ReactNode {
  const t = useText();
  const words = t.accounts;
  if (discovery.steps.length === 0) return null;
  return (
    <>
      <ul className={styles.steps} aria-label={words.steps} aria-live="polite">
        {discovery.steps.map((step) => {
          const Icon = ICONS[step.state];
          return (
            <li key={step.source} className={styles[step.state]}>
              <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
              <span>
                {words.asking(words.sources[step.source] ?? step.source)}: {words.states[step.state]}
              </span>
            </li>
          );
        })}
      </ul>
      {discovery.found?.length === 0 ? <p role="status">{words.foundNothing}</p> : null}
    </>
  );
}
