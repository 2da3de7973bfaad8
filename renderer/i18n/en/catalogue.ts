/** All areas of the English catalogue. */
import { a11y } from './a11y.ts';
import { accounts } from './accounts.ts';
import { arrival } from './arrival.ts';
import { commands } from './commands.ts';
import { common } from './common.ts';
import { composer } from './composer.ts';
import { contacts } from './contacts.ts';
import { errors } from './errors.ts';
import { firstRun } from './first-run.ts';
import { hosting } from './hosting.ts';
import { keyboard } from './keyboard.ts';
import { list } from './list.ts';
import { looks } from './looks.ts';
import { maildrop } from './maildrop.ts';
import { moving } from './moving.ts';
import { profiles } from './profiles.ts';
import { reader } from './reader.ts';
import { rules } from './rules.ts';
import { search } from './search.ts';
import { sending } from './sending.ts';
import { settings } from './settings.ts';
import { signatures } from './signatures.ts';
import { status } from './status.ts';
import { tidy } from './tidy.ts';
import { tree } from './tree.ts';
import { windowWords } from './window.ts';

export const en = {
  a11y,
  accounts,
  arrival,
  commands,
  common,
  composer,
  contacts,
  errors,
  firstRun,
  hosting,
  keyboard,
  list,
  looks,
  maildrop,
  moving,
  profiles,
  reader,
  rules,
  search,
  sending,
  settings,
  signatures,
  status,
  tidy,
  tree,
  window: windowWords,
};
