import { Fault } from '../../../base/errors.ts';
import type { Pop3Session } from '../session.ts';
import { DEFAULT_TEXTS, LANGUAGES } from '../texts.ts';

/** LANG [tag] (RFC 6856 section 3): lists or sets the language of the texts; `*` is the server's own choice. */
export function lang(session: Pop3Session, rest: string): void {
  const wanted = rest.trim().toLowerCase();
  if (wanted === '') {
    session.ok(session.texts.languages);
    const lines = Object.entries(LANGUAGES).map(([tag, { name }]) => `${tag} ${name}\r\n`);
    session.send(`${lines.join('')}.\r\n`);
    return;
  }
  if (wanted === '*') {
    session.texts = DEFAULT_TEXTS;
    session.ok(`en ${session.texts.language}`);
    return;
  }
  // RFC 4647 lookup: ru-RU is served by ru.
  const tag = Object.keys(LANGUAGES).find((each) => wanted === each || wanted.startsWith(`${each}-`));
  if (!tag) throw new Fault('syntax', 'language', session.texts.noLanguage);
  session.texts = LANGUAGES[tag]!.texts;
  session.ok(`${tag} ${session.texts.language}`);
}
