/**
 * Letters between Send and the server's yes: waiting, scheduled, failed, and those of which nobody knows whether
 * they went. A failed letter lies here whole, with the server's own words; an unknown one never goes by itself.
 */
import { CircleAlert, CircleHelp, Clock, Copy, Send } from 'lucide-react';
import type { ReactNode } from 'react';
import type { OutboxItem } from '../../../main/contract/mail/drafts.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { Empty } from '../../ui/empty.tsx';
import { MergeCard } from './merge-card.tsx';
import styles from './outbox.module.css';
import { callBack } from './sending.ts';

/** A finished mail merge stands here for a day, so that its end can be seen. */
const DAY = 86_400_000;
const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function OutboxPage({ which }: { which: 'outbox' | 'scheduled' }): ReactNode {
  const t = useText();
  const words = t.composer.outbox;
  const all = useSession((state) => state.outbox);
  const items = all.filter((item) =>
    which === 'scheduled'
      ? item.state === 'scheduled'
      : item.state !== 'scheduled' &&
        (item.state !== 'sent' || item.copy === 'failed' || item.copy === 'waiting'),
  );
  const merges = useSession((state) => state.merges).filter(
    (merge) => which === 'outbox' && (merge.waiting > 0 || merge.failed > 0 || merge.at > Date.now() - DAY),
  );
  const title = which === 'scheduled' ? words.scheduled : words.outbox;
  if (items.length + merges.length === 0) {
    return (
      <Empty
        icon={which === 'scheduled' ? <Clock {...icon} size={32} /> : <Send {...icon} size={32} />}
        title={which === 'scheduled' ? words.scheduledEmpty : words.empty}
      >
        {which === 'scheduled' ? words.scheduledEmptyBody : words.emptyBody}
      </Empty>
    );
  }
  return (
    <div className={styles.outbox}>
      <h1>{title}</h1>
      <ul className={styles.cards} aria-label={title}>
        {merges.map((merge) => (
          <MergeCard key={`merge ${merge.id}`} merge={merge} />
        ))}
        {items.map((item) => (
          <Card key={item.id} item={item} />
        ))}
      </ul>
    </div>
  );
}

function now(id: number): void {
  engine().request('outbox.now', { id }).catch(sayFailure);
}

function drop(id: number, said: string): void {
  engine()
    .request('outbox.drop', { id })
    .then(() => showToast({ text: said, icon: 'check' }), sayFailure);
}

function Card({ item }: { item: OutboxItem }): ReactNode {
  const t = useText();
  const words = t.composer.outbox;
  const people = item.to.map((each) => each.name || each.address).join(', ');
  const { title, body } = useCardWords(item);
  const failed = item.state === 'failed';
  const unknown = item.state === 'unknown';
  // What the server said about those who have the letter explains nothing.
  const said = item.results.filter((each) => each.state !== 'accepted').map((each) => each.reply);
  const replies = [...new Set(said.length > 0 ? said : [item.problem?.reply ?? ''])].filter(Boolean);
  return (
    <li className={classes(styles.card, failed && styles.cardFailed, unknown && styles.cardUnknown)}>
      <div className={styles.cardHead} {...(failed || unknown ? { role: 'alert' } : {})}>
        {failed ? (
          <CircleAlert {...icon} />
        ) : unknown ? (
          <CircleHelp {...icon} />
        ) : item.state === 'sent' ? (
          <Copy {...icon} />
        ) : (
          <Clock {...icon} />
        )}
        <div>
          <b>{title}</b>
          {body ? <p>{body}</p> : null}
          <p>
            {item.subject || t.common.noSubject}. {words.to(people)}
          </p>
        </div>
      </div>
      {item.results.length > 1 && item.state !== 'queued' && item.state !== 'scheduled' ? (
        <ul className={styles.people} aria-label={words.perRecipient}>
          {item.results.map((each) => (
            <li key={each.address}>
              <span>{each.address}</span>
              <span>{words.states[each.state]}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {replies.length > 0 && (failed || unknown || item.state === 'deferred') ? (
        <p className={styles.said} lang="en" title={words.serverSaid}>
          {replies.join('\n')}
        </p>
      ) : null}
      <CardActions item={item} />
    </li>
  );
}

function useCardWords(item: OutboxItem): { title: string; body: string } {
  const t = useText();
  const formats = useFormats();
  const words = t.composer.outbox;
  const when = (at: number) => formats.letterDate(at, Date.now());
  switch (item.state) {
    case 'failed': {
      const refused = item.results.filter((each) => each.state === 'refused');
      const have = item.results.filter((each) => each.state === 'accepted').length;
      const others = have > 0 ? words.othersHave(have) : words.nobodyHas;
      const [first] = refused;
      if (first)
        return { title: words.refused(refused.map((each) => each.address).join(', ')), body: others };
      if (!item.problem) return { title: words.failedTitle, body: others };
      const said = sentence({ code: item.problem.code, detail: { reply: item.problem.reply } });
      return { title: said.title, body: said.body };
    }
    case 'unknown':
      return item.problem?.code === 'restored'
        ? { title: words.restoredTitle, body: words.restoredBody }
        : { title: words.unknownTitle, body: words.unknownBody };
    case 'deferred':
      return {
        title: words.deferredTitle,
        body: `${words.deferred(formats.time(item.nextTry ?? item.notBefore))} ${words.tries(item.attempts)}`,
      };
    case 'sent':
      return { title: words.copyTitle, body: words.copyBody };
    case 'sending':
      return { title: words.sending, body: '' };
    case 'scheduled':
      return { title: words.goesAt(when(item.notBefore)), body: t.composer.later.note };
    case 'queued':
      return { title: item.notBefore > Date.now() ? words.undoUntil : words.waits, body: '' };
  }
}

function CardActions({ item }: { item: OutboxItem }): ReactNode {
  const t = useText();
  const words = t.composer.outbox;
  const { id } = item;
  const some = item.results.some((each) => each.state === 'accepted');
  if (item.state === 'sent' || item.state === 'sending') return null;
  if (item.state === 'failed') {
    const refused = item.results.some((each) => each.state === 'refused');
    return (
      <div className={styles.cardActions}>
        <Button variant="primary" onPress={() => void callBack(id, some)}>
          {refused ? words.correct : words.edit}
        </Button>
        <Button onPress={() => now(id)}>{words.again}</Button>
        <Button variant="quiet" onPress={() => drop(id, words.dropped)}>
          {words.notNeeded}
        </Button>
      </div>
    );
  }
  if (item.state === 'unknown') {
    return (
      <div className={styles.cardActions}>
        <Button onPress={() => now(id)}>{words.sendAgain}</Button>
        <Button variant="quiet" onPress={() => drop(id, words.arrived)}>
          {words.arrived}
        </Button>
        <Button variant="quiet" onPress={() => void callBack(id)}>
          {words.edit}
        </Button>
      </div>
    );
  }
  return (
    <div className={styles.cardActions}>
      {item.purpose === 'redirect' ? null : <Button onPress={() => void callBack(id)}>{words.edit}</Button>}
      <Button variant="quiet" onPress={() => now(id)}>
        {words.now}
      </Button>
      {item.state === 'scheduled' || item.state === 'deferred' || item.purpose === 'redirect' ? (
        <Button variant="quiet" onPress={() => drop(id, words.dropped)}>
          {t.composer.outbox.cancel}
        </Button>
      ) : null}
    </div>
  );
}
