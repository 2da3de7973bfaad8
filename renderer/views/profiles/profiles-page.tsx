/** "Another person uses this computer": the profiles, each with a window of its own. */
import { UserRound } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import type { ProfileEntry } from '../../../main/contract/mail/profiles.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, Question } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import styles from './profiles.module.css';

type List = Output<'profiles.list'>;

export function ProfilesPage(): ReactNode {
  const t = useText();
  const words = t.profiles;
  const [list, setList] = useState<List | null>(null);
  const [name, setName] = useState('');
  const [removing, setRemoving] = useState<ProfileEntry | null>(null);
  const [renaming, setRenaming] = useState<ProfileEntry | null>(null);
  const load = useCallback(() => {
    engine().request('profiles.list', {}).then(setList, sayFailure);
  }, []);
  useEffect(() => {
    load();
    // Another profile may have been opened or closed meanwhile.
    window.addEventListener('focus', load);
    return () => window.removeEventListener('focus', load);
  }, [load]);
  if (!list) return null;
  if (list.profiles.length === 0) return <p className={styles.intro}>{words.none}</p>;
  const nameOf = (profile: ProfileEntry) => profile.name || words.first;
  const run = (work: Promise<unknown>, said?: string) =>
    void work.then(() => {
      if (said) showToast({ text: said, icon: 'check' });
      load();
    }, sayFailure);
  const trimmed = name.trim();
  return (
    <>
      <p className={styles.intro}>{words.intro}</p>
      <ul className={styles.list} aria-label={words.list}>
        {list.profiles.map((profile) => (
          <li key={profile.id}>
            <UserRound size={18} strokeWidth={1.75} aria-hidden="true" />
            <div className={styles.who}>
              <b>{nameOf(profile)}</b>
              <span className={styles.facts}>
                {[profile.own ? words.own : profile.open ? words.open : '', profile.start ? words.start : '']
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              {profile.own || list.canOpen ? null : (
                <span className={styles.facts}>
                  {words.browser}
                  <code>{words.command2(profile.folder)}</code>
                </span>
              )}
            </div>
            <div className={styles.actions}>
              {profile.own || !list.canOpen ? null : (
                <Button
                  size="small"
                  label={words.openOf(nameOf(profile))}
                  onPress={() =>
                    run(engine().request('profiles.open', { id: profile.id }), words.started(nameOf(profile)))
                  }
                >
                  {words.openIt}
                </Button>
              )}
              {profile.start ? null : (
                <Button
                  size="small"
                  variant="quiet"
                  label={words.makeStartOf(nameOf(profile))}
                  onPress={() => run(engine().request('profiles.start', { id: profile.id }))}
                >
                  {words.makeStart}
                </Button>
              )}
              <Button
                size="small"
                variant="quiet"
                label={words.renameOf(nameOf(profile))}
                onPress={() => setRenaming(profile)}
              >
                {words.rename}
              </Button>
              {profile.first || profile.own ? null : (
                <Button
                  size="small"
                  variant="quiet"
                  label={words.removeOf(nameOf(profile))}
                  onPress={() => setRemoving(profile)}
                >
                  {words.remove}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
      <form
        className={styles.add}
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed === '') return;
          run(
            engine()
              .request('profiles.add', { name: trimmed })
              .then(() => setName('')),
            words.added(trimmed),
          );
        }}
      >
        <TextField label={words.name} value={name} onChange={(next) => setName(next.slice(0, 80))} />
        <Button variant="primary" type="submit" isDisabled={trimmed === ''}>
          {words.add}
        </Button>
      </form>
      {renaming ? (
        <Rename
          profile={renaming}
          onClose={() => setRenaming(null)}
          onName={(next) => {
            setRenaming(null);
            run(engine().request('profiles.rename', { id: renaming.id, name: next }), words.renamed);
          }}
        />
      ) : null}
      <Question
        question={words.question(removing ? nameOf(removing) : '')}
        confirm={words.remove}
        isOpen={removing !== null}
        onClose={() => setRemoving(null)}
        onConfirm={() => {
          if (!removing) return;
          setRemoving(null);
          run(engine().request('profiles.remove', { id: removing.id }), words.removed(nameOf(removing)));
        }}
      >
        <p>{words.questionBody}</p>
      </Question>
    </>
  );
}

interface RenameProps {
  profile: ProfileEntry;
  onName: (name: string) => void;
  onClose: () => void;
}

function Rename({ profile, onName, onClose }: RenameProps): ReactNode {
  const t = useText();
  const words = t.profiles;
  const [name, setName] = useState(profile.name);
  const trimmed = name.trim();
  return (
    <Dialog
      title={words.renameOf(profile.name || words.first)}
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t.common.cancel}</Button>
          <Button variant="primary" isDisabled={trimmed === ''} onPress={() => onName(trimmed)}>
            {words.rename}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed !== '') onName(trimmed);
        }}
      >
        <TextField
          autoFocus
          label={words.name}
          value={name}
          onChange={(next) => setName(next.slice(0, 80))}
        />
      </form>
    </Dialog>
  );
}
