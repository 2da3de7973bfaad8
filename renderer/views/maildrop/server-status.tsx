/** In the status bar: of the account that is shown, what comes by its header alone, and when it connects by itself next. */
import { Clock } from 'lucide-react';
import type { ReactNode } from 'react';
import { useFormats, useText } from '../../i18n/text.ts';
import { usePlace } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { useMinute } from '../list/use-minute.ts';
import styles from './maildrop.module.css';
import { plansOf, usePlans, whenOf } from './plans.ts';

export function ServerStatus(): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.maildrop;
  const now = useMinute();
  const place = usePlace();
  const plans = usePlans((state) => state.plans);
  const offline = useSession((state) => state.hello?.offline ?? false);
  // The account of a folder is known by the folders that the engine told.
  useSession((state) => state.folders);
  const scope = place.section === 'mail' && !place.search && !place.outbox ? place.view?.scope : undefined;
  // Of several accounts at once nothing short can be said.
  if (scope?.in !== 'folder' && scope?.in !== 'account') return null;
  const [plan] = plansOf(scope, plans);
  if (!plan) return null;
  const { threshold, at } = plan;
  return (
    <>
      {threshold === null ? null : (
        <span className={styles.serverFact}>
          {words.threshold(threshold, formats.size(threshold * 1024))}
        </span>
      )}
      {at === null || offline ? null : (
        <span className={styles.serverFact}>
          <Clock size={14} strokeWidth={1.75} aria-hidden="true" />
          {words.schedule.next(whenOf(at, now, formats, words))}
        </span>
      )}
    </>
  );
}
