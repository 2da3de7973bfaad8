/**
 * How new letters are told: the switches first, then whose letters, what they sound like, by account and folder, quiet hours.
 * What is told is decided in the engine; this page writes its rules and shows an example.
 */
import { Play } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { type NoticeRules, SOUNDS, type Sound } from '../../../main/contract/mail/notices.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { changeSettings, useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { RadioGroup, Select, Switch, TextField } from '../../ui/field.tsx';
import { SettingRows } from '../settings/setting-rows.tsx';
import { accountName } from '../tree/names.ts';
import styles from './arrival.module.css';
import { NoticeFolders } from './notice-folders.tsx';
import { peopleOf, soundOfAccount, tellAccount } from './notice-rules.ts';
import { askPermission, usePermission } from './permission.ts';
import { QuietHoursForm } from './quiet-hours-form.tsx';

export function NotificationsPage(): ReactNode {
  const t = useText();
  const words = t.arrival;
  const on = useSession((state) => state.settings?.notifications ?? false);
  const rules = useSession((state) => state.settings?.notices);
  const browser = useSession((state) => state.hello?.host === 'browser');
  if (!rules) return null;
  const change = (next: NoticeRules) => void changeSettings({ notices: next }).catch(sayFailure);
  return (
    <>
      <SettingRows page="notifications" />
      {browser ? <BrowserPermission /> : null}
      {on ? (
        <div className={styles.page}>
          <section aria-label={words.who.title}>
            <h2>{words.who.title}</h2>
            <RadioGroup
              label={words.who.title}
              hideLabel
              value={rules.who}
              options={[
                { id: 'everyone', label: words.who.everyone },
                { id: 'book', label: words.who.book },
                { id: 'chosen', label: words.who.chosen },
              ]}
              onChange={(who) => change({ ...rules, who })}
            />
            {rules.who === 'chosen' ? <People rules={rules} onChange={change} /> : null}
          </section>
          <section aria-label={words.sound.title}>
            <h2>{words.sound.title}</h2>
            <div className={styles.line}>
              <Select
                className={styles.select ?? ''}
                label={words.sound.label}
                hideLabel
                value={rules.sound}
                options={SOUNDS.map((id) => ({ id, label: words.sound.names[id] }))}
                onChange={(sound) => change({ ...rules, sound })}
              />
              <Button
                icon={<Play size={14} strokeWidth={1.75} aria-hidden="true" />}
                onPress={() => void engine().request('notices.example', {}).catch(sayFailure)}
              >
                {words.example}
              </Button>
            </div>
          </section>
          <Accounts rules={rules} onChange={change} />
          <NoticeFolders rules={rules} onChange={change} />
          <QuietHoursForm rules={rules} onChange={change} />
          {browser ? null : (
            <section aria-label={words.locked.name}>
              <Switch
                selected={rules.hideWhenLocked}
                onChange={(hideWhenLocked) => change({ ...rules, hideWhenLocked })}
              >
                {words.locked.name}
              </Switch>
              <p className={styles.about}>{words.locked.about}</p>
            </section>
          )}
        </div>
      ) : null}
    </>
  );
}

/** A browser asks before it lets a page show notifications, and wants a click for that. */
function BrowserPermission(): ReactNode {
  const words = useText().arrival.permission;
  const permission = usePermission((state) => state.permission);
  return (
    <div className={styles.permission} role="status">
      <p>
        {permission === 'granted'
          ? words.granted
          : permission === 'denied'
            ? words.denied
            : permission === 'missing'
              ? words.missing
              : words.ask}
      </p>
      {permission === 'default' ? (
        <Button onPress={() => void askPermission().catch(sayFailure)}>{words.allow}</Button>
      ) : null}
    </div>
  );
}

export interface RulesProps {
  rules: NoticeRules;
  onChange: (rules: NoticeRules) => void;
}

function People({ rules, onChange }: RulesProps): ReactNode {
  const words = useText().arrival.who;
  const [typed, setTyped] = useState(() => rules.people.join('\n'));
  return (
    <TextField
      className={styles.people ?? ''}
      label={words.people}
      hint={words.peopleHint}
      lines={4}
      value={typed}
      onChange={setTyped}
      onBlur={() => onChange({ ...rules, people: peopleOf(typed) })}
    />
  );
}

function Accounts({ rules, onChange }: RulesProps): ReactNode {
  const t = useText();
  const words = t.arrival;
  const accounts = useSession((state) => state.accounts);
  // Mail that is only on this computer does not arrive.
  const arriving = accounts.filter((account) => account.kind !== 'local');
  if (arriving.length === 0) return null;
  const options: { id: Sound | 'same'; label: string }[] = [
    { id: 'same', label: words.accounts.same },
    ...SOUNDS.map((id) => ({ id, label: words.sound.names[id] })),
  ];
  return (
    <section aria-label={words.accounts.title}>
      <h2>{words.accounts.title}</h2>
      <ul aria-label={words.accounts.list} className={styles.rows}>
        {arriving.map((account) => {
          const name = accountName(account, t);
          const told = !rules.silent.includes(account.id);
          return (
            <li key={account.id}>
              <Switch selected={told} onChange={(on) => onChange(tellAccount(rules, account.id, on))}>
                {words.accounts.tell(name)}
              </Switch>
              <Select
                hideLabel
                label={words.accounts.sound(name)}
                isDisabled={!told}
                value={rules.sounds[String(account.id)] ?? 'same'}
                options={options}
                onChange={(sound) => onChange(soundOfAccount(rules, account.id, sound))}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
