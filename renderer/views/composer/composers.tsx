/** All letters being written in this window: the sheets, the bars of those made small, and what became of sent ones. */
import { SquarePen, X } from 'lucide-react';
import { type CSSProperties, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { onCompose } from '../../state/compose.ts';
import { ownLetter } from '../../state/own-window.ts';
import { useSession } from '../../state/session.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import styles from './composer.module.css';
import { Composer } from './composer.tsx';
import { openComposer, setShape, useComposers } from './open-composers.ts';
import { closeAndKeep, goOnCounting, tellMissed, tellOutcomes } from './sending.ts';
import { TemplateCommands } from './template-commands.tsx';

export function Composers(): ReactNode {
  const t = useText();
  const open = useComposers((state) => state.open);
  const outbox = useSession((state) => state.outbox);
  const pane = usePane(open.some((composer) => composer.shape === 'pane'));
  useEffect(() => onCompose((request) => void openComposer(request)), []);
  const ready = useSession((state) => state.ready);
  useEffect(() => tellOutcomes(outbox), [outbox]);
  useEffect(() => {
    if (!ready || ownLetter !== null) return;
    const { outbox: present } = useSession.getState();
    tellMissed(present);
    goOnCounting(present);
  }, [ready]);
  useFocusBack(open.filter((composer) => composer.shape !== 'small').length);
  const small = open.filter((composer) => composer.shape === 'small');
  return (
    <>
      <TemplateCommands />
      {open
        .filter((composer) => composer.shape !== 'small')
        .map((composer) => (
          <Composer
            key={composer.key}
            composer={composer}
            place={composer.shape === 'pane' ? (pane ?? undefined) : undefined}
          />
        ))}
      {small.length === 0 ? null : (
        <div className={styles.bars}>
          {small.map((composer) => {
            const { subject } = composer.session.draft;
            return (
              <div key={composer.key} className={styles.smallBar}>
                <Button
                  variant="quiet"
                  icon={<SquarePen size={14} strokeWidth={1.75} aria-hidden="true" />}
                  label={`${t.composer.restore}: ${subject || t.common.noSubject}`}
                  onPress={() => setShape(composer.key, 'sheet')}
                >
                  <span className={styles.barTitle}>{subject || t.composer.titles.new}</span>
                </Button>
                <IconButton
                  size="small"
                  label={t.composer.close}
                  icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
                  onPress={() => closeAndKeep(composer).catch(sayFailure)}
                />
              </div>
            );
          })}
        </div>
      )}
    </>
  );
}

/** Height of the answered letter that stays in sight above its reply, of the pane's. */
const LETTER_SHARE = 0.24;

/** Where the reading pane is while a reply stands in it; null: there is no pane (the reply is then a sheet). */
function usePane(wanted: boolean): CSSProperties | null {
  const [place, setPlace] = useState<CSSProperties | null>(null);
  useLayoutEffect(() => {
    const pane = wanted ? document.querySelector('[data-pane="reader"]') : null;
    if (!pane) {
      setPlace(null);
      return;
    }
    const measure = () => {
      const { left, top, width, height } = pane.getBoundingClientRect();
      const above = height > 560 ? height * LETTER_SHARE : 0;
      setPlace({ left, top: top + above, width, height: height - above });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(pane);
    window.addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      window.removeEventListener('resize', measure);
    };
  }, [wanted]);
  return place;
}

/** When the last letter is closed, the focus goes back to where it was before the first. */
function useFocusBack(count: number): void {
  const before = useRef<HTMLElement | null>(null);
  const had = useRef(0);
  if (count > 0 && had.current === 0) {
    const { activeElement: held } = document;
    before.current = held instanceof HTMLElement && held !== document.body ? held : null;
  }
  useEffect(() => {
    if (
      count === 0 &&
      had.current > 0 &&
      (document.activeElement === document.body || !document.activeElement)
    ) {
      const back = before.current?.isConnected
        ? before.current
        : document.querySelector('[role="grid"] [tabindex="0"], [role="tree"] [tabindex="0"]');
      if (back instanceof HTMLElement) back.focus();
    }
    had.current = count;
  }, [count]);
}
