/** In place of a letter's text that stands on the server by choice: what is known of it, and what is to be done with it. */
import { Cloud, CloudOff } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { FetchMark } from '../../../main/contract/mail/accounts.ts';
import type { Letter } from '../../../main/contract/mail/messages.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { runCommand } from '../../state/commands.ts';
import { engine } from '../../state/engine.ts';
import { folderOf } from '../../state/session.ts';
import { printedKey } from '../../state/shortcuts.ts';
import { asFault, type DoorFault, isCancelled } from '../../transport/fault.ts';
import { Button } from '../../ui/button.tsx';
import { RadioGroup } from '../../ui/field.tsx';
import { useMinute } from '../list/use-minute.ts';
import styles from './maildrop.module.css';
import { useMarking } from './marking.tsx';
import { secondsFor, usePlans } from './plans.ts';

/** Above this a letter is worth a second look before it is fetched, octets. */
const LARGE = 10 * 1024 * 1024;

export function HeaderOnly({ letter }: { letter: Letter }): ReactNode {
  const t = useText();
  const words = t.maildrop;
  const { server } = letter.row;
  const State = server?.gone ? CloudOff : Cloud;
  return (
    <div className={styles.letter}>
      <div className={styles.known}>
        <span className={styles.state}>
          <State size={14} strokeWidth={1.75} aria-hidden="true" />
          {server?.gone ? words.hereGone : words.here}
        </span>
        <Facts letter={letter} />
      </div>
      {server?.gone ? null : <Choice letter={letter} />}
    </div>
  );
}

function Facts({ letter }: { letter: Letter }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.maildrop;
  const now = useMinute();
  const { row } = letter;
  const [lines, setLines] = useState<string | null>(null);
  const [asking, ask, failure] = useTask();
  return (
    <>
      <dl className={styles.facts}>
        <dt>{words.facts.size}</dt>
        <dd>
          <span className={row.size > LARGE ? styles.large : undefined}>{formats.size(row.size)}</span>
          {row.attachments > 0 ? ` · ${words.looksAttached}` : ''}
        </dd>
        <dt>{words.facts.received}</dt>
        <dd>
          <time title={formats.fullDate(letter.date)}>{formats.letterDate(letter.date, now)}</time>
          {' · '}
          <Button variant="link" onPress={() => runCommand('letter.headers')}>
            {words.allHeaders}
          </Button>
        </dd>
        {row.server?.gone ? null : (
          <>
            <dt>{words.facts.text}</dt>
            <dd>
              {words.notLoaded}
              {lines === null ? (
                <>
                  {' · '}
                  <Button
                    variant="link"
                    isDisabled={asking}
                    onPress={() =>
                      ask(async (signal) => {
                        const { text } = await engine().request(
                          'maildrop.peek',
                          { message: row.id },
                          { signal },
                        );
                        setLines(text);
                      })
                    }
                  >
                    {asking ? words.loading : words.firstLines}
                  </Button>
                </>
              ) : null}
            </dd>
          </>
        )}
      </dl>
      <Failure of={failure} />
      {lines === null ? null : (
        <section className={styles.lines} aria-label={words.firstLinesTitle}>
          {lines.trim() === '' ? words.noLines : lines}
        </section>
      )}
    </>
  );
}

function Choice({ letter }: { letter: Letter }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.maildrop;
  const { row } = letter;
  const account = folderOf(row.folder)?.account;
  const rate = usePlans((state) => state.plans.find((plan) => plan.account === account)?.rate ?? null);
  const seconds = secondsFor(row.size, rate);
  const [fetching, fetch, failure] = useTask();
  const { choose, question } = useMarking();
  const mark = row.server?.mark ?? null;
  const hints: Record<FetchMark, string> = {
    fetch: words.choices.fetch(seconds === null ? null : formats.duration(seconds)),
    keep: words.choices.keep,
    delete: words.choices.delete,
  };
  const names: Record<FetchMark, string> = {
    fetch: words.commands.fetch,
    keep: words.commands.keep,
    delete: words.commands.delete,
  };
  return (
    <div className={styles.choice}>
      <RadioGroup
        label={words.question}
        value={mark}
        className={styles.choices ?? ''}
        onChange={(wanted) => choose({ ids: [row.id] }, wanted, mark)}
        options={(['fetch', 'keep', 'delete'] as const).map((id) => ({
          id,
          label: names[id],
          content: (
            <span className={styles.option}>
              <span className={styles.optionName}>{names[id]}</span>
              <kbd className={styles.key}>{printedKey(`maildrop.${id}`)}</kbd>
              <span className={styles.optionHint}>{hints[id]}</span>
            </span>
          ),
        }))}
      />
      <div className={styles.choiceActions}>
        <Button
          size="small"
          isDisabled={fetching}
          onPress={() =>
            fetch(async (signal) => {
              await engine().request('maildrop.fetch', { message: row.id }, { signal });
            })
          }
        >
          {fetching ? words.fetching : words.fetchNow}
        </Button>
        {mark === null ? null : (
          <Button
            size="small"
            variant="quiet"
            keys={printedKey('maildrop.none')}
            tooltip={words.commands.none}
            onPress={() => choose({ ids: [row.id] }, null, mark)}
          >
            {words.commands.none}
          </Button>
        )}
      </div>
      <Failure of={failure} />
      {question}
    </div>
  );
}

function Failure({ of }: { of: DoorFault | null }): ReactNode {
  if (!of) return null;
  const said = sentence(of);
  return (
    <p className={styles.failure} role="alert">
      <strong>{said.title}</strong> {said.body}
    </p>
  );
}

/** One question to a server at a time; given up when the letter is left. */
function useTask(): [
  busy: boolean,
  run: (work: (signal: AbortSignal) => Promise<void>) => void,
  failure: DoorFault | null,
] {
  const [stop, setStop] = useState<AbortController | null>(null);
  const [failure, setFailure] = useState<DoorFault | null>(null);
  useEffect(() => () => stop?.abort(), [stop]);
  const run = (work: (signal: AbortSignal) => Promise<void>): void => {
    const own = new AbortController();
    setStop(own);
    setFailure(null);
    work(own.signal)
      .catch((thrown: unknown) => {
        if (!isCancelled(thrown) && !own.signal.aborted) setFailure(asFault(thrown));
      })
      .finally(() => setStop((now) => (now === own ? null : now)));
  };
  return [stop !== null, run, failure];
}
