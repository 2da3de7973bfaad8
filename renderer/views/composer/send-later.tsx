import { CalendarClock, MonitorCheck, Sunrise, Sunset } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useFormats, useText } from '../../i18n/text.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import styles from './dialogs.module.css';
import { fromLocalInput, localInput, sendTimes } from './send-times.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
const HOUR = 3_600_000;

/** When the letter shall leave; says what has to be true then. */
export function SendLater({
  onPick,
  onClose,
}: {
  onPick: (at: number) => void;
  onClose: () => void;
}): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.composer.later;
  const [picking, setPicking] = useState<string | null>(null);
  const now = Date.now();
  const at = picking === null ? null : fromLocalInput(picking);
  const past = at !== null && at <= now;
  return (
    <Dialog isOpen title={words.title} onClose={onClose}>
      <ul className={styles.times}>
        {sendTimes(now).map((time) => (
          <li key={time.id}>
            <button type="button" className={styles.time} onClick={() => onPick(time.at)}>
              {time.id === 'evening' ? <Sunset {...icon} /> : <Sunrise {...icon} />}
              <span>{words[time.id]}</span>
              <span>{formats.day(time.at)}</span>
            </button>
          </li>
        ))}
        <li>
          <button
            type="button"
            className={styles.time}
            aria-expanded={picking !== null}
            onClick={() => setPicking(picking ?? localInput(now + HOUR))}
          >
            <CalendarClock {...icon} />
            <span>{words.pick}</span>
          </button>
        </li>
      </ul>
      {picking === null ? null : (
        <form
          className={styles.pick}
          onSubmit={(event) => {
            event.preventDefault();
            if (at !== null && !past) onPick(at);
          }}
        >
          <label>
            <span>{words.when}</span>
            <input
              type="datetime-local"
              value={picking}
              min={localInput(now)}
              onChange={(event) => setPicking(event.target.value)}
            />
          </label>
          <Button variant="primary" type="submit" isDisabled={at === null || past}>
            {words.schedule}
          </Button>
          {past ? <p role="alert">{words.past}</p> : null}
        </form>
      )}
      <p className={styles.laterNote}>
        <MonitorCheck {...icon} />
        {words.note}
      </p>
    </Dialog>
  );
}
