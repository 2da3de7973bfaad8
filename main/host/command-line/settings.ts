/** Commands on the settings of a profile: those of the window, by the names of the contract. */
import { Settings, SettingsChange } from '../../contract/mail/profile.ts';
import { CommandError, UsageError } from './arguments.ts';
import type { Session } from './session.ts';

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

async function list(session: Session): Promise<void> {
  const settings = await session.call('settings.get', {});
  await session.print(settings, () =>
    Object.entries(settings).map(([name, value]) => `${name}\t${shown(value)}`),
  );
}

/** What is typed for a value: JSON where it is some (a number, true, a list), else the words themselves. */
function typed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

async function set(session: Session): Promise<void> {
  const [name = '', text = ''] = session.args.words;
  if (!Object.hasOwn(Settings.shape, name)) throw new CommandError((words) => words.noSetting(name));
  // "13:00" and "month" are words, and so is a value that only looks like a number where words are wanted.
  const change = [typed(text), text]
    .map((value) => SettingsChange.safeParse({ [name]: value }))
    .find((each) => each.success);
  if (!change?.data) {
    const options = (Settings.shape[name as keyof Settings].unwrap() as { options?: readonly string[] })
      .options;
    throw new UsageError((words) => words.badSetting(name, text, options?.join(', ') ?? ''));
  }
  const settings = await session.call('settings.set', change.data);
  await session.print(settings, () => [`${name}\t${shown(settings[name as keyof Settings])}`]);
}

export const SETTING_COMMANDS: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  'settings list': list,
  'settings set': set,
};

/** How many words each takes. */
export const SETTING_WORDS: Readonly<Record<string, number>> = { 'settings list': 0, 'settings set': 2 };
