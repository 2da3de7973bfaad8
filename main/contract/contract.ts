/**
 * What a user interface may ask of an engine and hear from it: the only thing the two share.
 *
 * Each entry is a name, a shape of the question, a shape of the answer and the error codes it can give;
 * each event a name and a shape. Inputs are validated at the engine's door. This folder never holds
 * behaviour, never imports an engine, and never describes how frames travel (that is a transport's matter).
 */
import type { z } from 'zod';
import { accountEntries, accountEvents } from './mail/accounts.ts';
import { contactEntries, contactEvents } from './mail/contacts.ts';
import { draftEntries, draftEvents } from './mail/drafts.ts';
import { folderEntries, folderEvents } from './mail/folders.ts';
import { hostingEntries, hostingEvents } from './mail/hosting.ts';
import { identityEntries, identityEvents } from './mail/identities.ts';
import { lookEntries, lookEvents } from './mail/looks.ts';
import { maildropEntries, maildropEvents } from './mail/maildrop.ts';
import { messageEntries, messageEvents } from './mail/messages.ts';
import { movingEntries } from './mail/moving.ts';
import { noticeEntries, noticeEvents } from './mail/notices.ts';
import { profileEntries, profileEvents } from './mail/profile.ts';
import { profilesEntries } from './mail/profiles.ts';
import { ruleEntries, ruleEvents } from './mail/rules.ts';
import { scheduleEntries } from './mail/schedule.ts';
import { searchEntries, searchEvents } from './mail/search.ts';
import { sendingEntries, sendingEvents } from './mail/sending.ts';
import { signatureEntries, signatureEvents, snippetEntries, templateEntries } from './mail/signatures.ts';
import { spellingEntries, spellingEvents } from './mail/spelling.ts';
import { tidyEntries, tidyEvents } from './mail/tidy.ts';

export const mailEntries = {
  ...profileEntries,
  ...movingEntries,
  ...accountEntries,
  ...contactEntries,
  ...folderEntries,
  ...messageEntries,
  ...maildropEntries,
  ...scheduleEntries,
  ...searchEntries,
  ...ruleEntries,
  ...lookEntries,
  ...draftEntries,
  ...sendingEntries,
  ...hostingEntries,
  ...noticeEntries,
  ...profilesEntries,
  ...tidyEntries,
  ...identityEntries,
  ...signatureEntries,
  ...templateEntries,
  ...snippetEntries,
  ...spellingEntries,
};
export const mailEvents = {
  ...profileEvents,
  ...accountEvents,
  ...contactEvents,
  ...folderEvents,
  ...messageEvents,
  ...ruleEvents,
  ...searchEvents,
  ...lookEvents,
  ...maildropEvents,
  ...searchEvents,
  ...lookEvents,
  ...draftEvents,
  ...sendingEvents,
  ...hostingEvents,
  ...noticeEvents,
  ...tidyEvents,
  ...identityEvents,
  ...signatureEvents,
  ...spellingEvents,
};

export type MailEntries = typeof mailEntries;
export type MailEvents = typeof mailEvents;
export type EntryName = keyof MailEntries;
export type EventName = keyof MailEvents;
/** What a caller may write (defaults may be left out) and what a handler receives (defaults filled in). */
export type Input<N extends EntryName> = z.input<MailEntries[N]['input']>;
export type Parsed<N extends EntryName> = z.output<MailEntries[N]['input']>;
export type Output<N extends EntryName> = z.output<MailEntries[N]['output']>;
export type EventData<N extends EventName> = z.output<MailEvents[N]>;
