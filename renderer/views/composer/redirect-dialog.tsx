/** To whom a letter is sent on as it is. */
import { type ReactNode, useMemo, useState } from 'react';
import { sentence } from '../../i18n/sentence.ts';
import { useText } from '../../i18n/text.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { asFault, type DoorFault } from '../../transport/fault.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { addressProblem, domainOf, ownHouses, type Recipient } from './recipients.ts';
import { RecipientsField } from './recipients-field.tsx';
import styles from './redirect.module.css';
import { undoSeconds, watchRedirected } from './sending.ts';

const LINES = ['to', 'cc', 'bcc'] as const;
type Line = (typeof LINES)[number];

export function RedirectDialog({ ids, onClose }: { ids: readonly number[]; onClose: () => void }): ReactNode {
  const t = useText();
  const words = t.sending.redirect;
  const accounts = useSession((state) => state.accounts);
  const [people, setPeople] = useState<Record<Line, Recipient[]>>({ to: [], cc: [], bcc: [] });
  const [open, setOpen] = useState<readonly Line[]>(['to']);
  const [failure, setFailure] = useState<DoorFault | null>(null);
  const [working, setWorking] = useState(false);
  const { houses, ownDomains } = useMemo(() => {
    const addresses = accounts.map((account) => account.address);
    return { houses: ownHouses(addresses), ownDomains: new Set(addresses.map(domainOf)) };
  }, [accounts]);
  const all = [...people.to, ...people.cc, ...people.bcc];
  const ready = all.length > 0 && all.every((each) => addressProblem(each.address, ownDomains) === null);
  const send = async () => {
    if (!ready || working) return;
    setWorking(true);
    try {
      const items = await engine().request('messages.redirect', {
        ids: [...ids],
        ...people,
        delay: undoSeconds(),
      });
      onClose();
      watchRedirected(items);
    } catch (thrown) {
      setFailure(asFault(thrown));
      setWorking(false);
    }
  };
  const said = failure ? sentence(failure) : null;
  const labels: Record<Line, string> = { to: t.a11y.to, cc: t.a11y.cc, bcc: t.a11y.bcc };
  return (
    <Dialog
      isOpen
      wide
      title={words.title(ids.length)}
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t.common.cancel}</Button>
          <Button variant="primary" isDisabled={!ready || working} onPress={() => void send()}>
            {words.send}
          </Button>
        </>
      }
    >
      <div className={styles.lines}>
        {open.map((line) => (
          <RecipientsField
            key={line}
            line={line}
            label={labels[line]}
            recipients={people[line]}
            onChange={(recipients) => setPeople((former) => ({ ...former, [line]: recipients }))}
            onMoved={(from, recipient) => {
              if (from === 'replyTo') return;
              setPeople((former) => ({
                ...former,
                [from]: former[from].filter((each) => each.address !== recipient.address),
                [line]: [...former[line], recipient],
              }));
            }}
            houses={houses}
            ownDomains={ownDomains}
            autoFocus={line === 'to'}
          >
            {line === 'to' && open.length === 1 ? (
              <Button variant="link" onPress={() => setOpen(LINES)}>
                {`${labels.cc}, ${labels.bcc}`}
              </Button>
            ) : null}
          </RecipientsField>
        ))}
      </div>
      <p className={styles.note}>{words.note}</p>
      {said ? (
        <p role="alert" className={styles.failure}>
          <b>{said.title}</b> {said.body}
        </p>
      ) : null}
    </Dialog>
  );
}
