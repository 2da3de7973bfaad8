/** All areas of the English catalogue. */
import { a11y } from './a11y.ts';
import { accounts } from './accounts.ts';
import { commands } from './commands.ts';
import { common } from './common.ts';
import { composer } from './composer.ts';
import { errors } from './errors.ts';
import { firstRun } from './first-run.ts';
import { hosting } from './hosting.ts';
import { list } from './list.ts';
import { maildrop } from './maildrop.ts';
import { reader } from './reader.ts';
import { search } from './search.ts';
import { sending } from './sending.ts';
import { settings } from './settings.ts';
import { signatures } from './signatures.ts';
import { status } from './status.ts';
import { tree } from './tree.ts';
import { windowWords } from './window.ts';

export const en = {
  a11y,
  accounts,
  commands,
  common,
  composer,
  errors,
  firstRun,
  hosting,
  list,
  maildrop,
  reader,
  search,
  sending,
  settings,
  signatures,
  status,
  tree,
  window: windowWords,
};
