/**
 * The address book: books, people and groups in them, what comes in and goes out as files, directories of an office.
 *
 * A book is a person's own, the one that fills itself ("collected"), or the copy of a directory (LDAP), which is only read.
 * Lists are windows by position. Whatever changes contacts answers an undo token.
 */
import { z } from 'zod';
import { entry } from '../entry.ts';
import { Address, Id } from './views.ts';

const text = (most: number) => z.string().max(most);

export const ContactValue = z.object({
  value: text(1000),
  type: z.enum(['work', 'home', 'mobile', 'fax', 'pager', 'other']).default('other'),
  /** Parameters of a vCard line that mean nothing here, as they came. */
  rest: text(2000).optional(),
});
export type ContactValue = z.infer<typeof ContactValue>;

export const PostalAddress = z.object({
  type: z.enum(['work', 'home', 'other']).default('other'),
  street: text(1000).default(''),
  city: text(500).default(''),
  region: text(500).default(''),
  code: text(100).default(''),
  country: text(500).default(''),
  /** Post office box and extension, which no form shows: kept for the way back. */
  box: text(500).optional(),
  extension: text(500).optional(),
  rest: text(2000).optional(),
});
export type PostalAddress = z.infer<typeof PostalAddress>;

export const ContactContent = z.object({
  kind: z.enum(['person', 'group']).default('person'),
  /** As it is shown; where it is empty it is made of the parts, the organisation or the address. */
  name: text(1000).default(''),
  family: text(500).default(''),
  given: text(500).default(''),
  middle: text(500).default(''),
  prefix: text(200).default(''),
  suffix: text(200).default(''),
  nickname: text(500).default(''),
  emails: z.array(ContactValue).max(200).default([]),
  phones: z.array(ContactValue).max(200).default([]),
  organisation: text(1000).default(''),
  department: text(1000).default(''),
  title: text(1000).default(''),
  room: text(500).default(''),
  addresses: z.array(PostalAddress).max(50).default([]),
  urls: z.array(text(2000)).max(50).default([]),
  /** `1980-05-17`, or `--05-17` where the year is not known; '': not known. */
  birthday: z
    .string()
    .regex(/^(?:(?:\d{4}|-)-\d\d-\d\d)?$/)
    .default(''),
  notes: text(100_000).default(''),
  categories: z.array(text(200)).max(200).default([]),
  /** Of a group. */
  members: z.array(Address).max(10_000).default([]),
  /** Lines of a vCard that mean nothing here, as they came and in their order. */
  extra: z.array(text(200_000)).max(500).default([]),
});
export type ContactContent = z.infer<typeof ContactContent>;

export const LdapSettings = z.object({
  host: z.string().trim().min(1).max(255),
  port: z.int().min(1).max(65_535),
  security: z.enum(['tls', 'starttls', 'none']),
  base: text(1000).default(''),
  /** RFC 4515; who is looked for besides what was typed. */
  filter: text(4000).default(''),
  /** DN that binds; '': nobody in particular. Its password is in the vault. */
  bind: text(1000).default(''),
});
export type LdapSettings = z.infer<typeof LdapSettings>;

export const Book = z.object({
  id: Id,
  kind: z.enum(['own', 'collected', 'ldap']),
  /** '' for the first own book and the collected one, which are named by the interface. */
  name: z.string(),
  count: z.int(),
  ldap: LdapSettings.nullable(),
  /** When the copy of a directory was last made, ms. */
  refreshedAt: z.number().nullable(),
});
export type Book = z.infer<typeof Book>;

export const ContactRow = z.object({
  id: Id,
  book: Id,
  kind: z.enum(['person', 'group']),
  name: z.string(),
  address: z.string(),
  phone: z.string(),
  organisation: z.string(),
  department: z.string(),
  room: z.string(),
  photo: z.boolean(),
  /** Of a group. */
  members: z.int(),
});
export type ContactRow = z.infer<typeof ContactRow>;

export const Contact = z.object({
  id: Id,
  book: Id,
  readOnly: z.boolean(),
  changedAt: z.number(),
  photo: z.boolean(),
  content: ContactContent,
});
export type Contact = z.infer<typeof Contact>;

export const Photo = z.object({ type: z.string().max(100), bytes: z.instanceof(Uint8Array) });

/** What a column of a CSV file is about; null: it is kept in the notes only where asked, else left out. */
export const CsvField = z.enum([
  'name',
  'given',
  'middle',
  'family',
  'prefix',
  'suffix',
  'nickname',
  'email',
  'phone.work',
  'phone.home',
  'phone.mobile',
  'phone.fax',
  'phone.pager',
  'phone.other',
  'organisation',
  'department',
  'title',
  'room',
  'address.work.street',
  'address.work.city',
  'address.work.region',
  'address.work.code',
  'address.work.country',
  'address.home.street',
  'address.home.city',
  'address.home.region',
  'address.home.code',
  'address.home.country',
  'url',
  'birthday',
  'birthday.year',
  'birthday.month',
  'birthday.day',
  'notes',
  'categories',
]);
export type CsvField = z.infer<typeof CsvField>;

export const NotRead = z.object({
  /** Line of the file, counted from 1. */
  line: z.int(),
  reason: z.enum([
    'no-name',
    'bad-address',
    'bad-birthday',
    'bad-photo',
    'unfinished',
    'unknown-column',
    'too-many',
  ]),
  text: z.string(),
});
export type NotRead = z.infer<typeof NotRead>;

export const ImportPreview = z.object({
  format: z.enum(['vcard', 'csv', 'ldif']),
  charset: z.string(),
  separator: z.enum([',', ';', '\t']).nullable(),
  columns: z.array(z.object({ name: z.string(), field: CsvField.nullable() })),
  total: z.int(),
  /** Of these how many are in the book already. */
  known: z.int(),
  first: z.array(ContactContent),
  notRead: z.array(NotRead),
});
export type ImportPreview = z.infer<typeof ImportPreview>;

const Source = z.object({
  bytes: z.instanceof(Uint8Array),
  name: text(1000).default(''),
  /** Instead of what was guessed. */
  charset: text(50).optional(),
  separator: z.enum([',', ';', '\t']).optional(),
  /** Field of each column, instead of what was guessed. */
  columns: z.array(CsvField.nullable()).max(500).optional(),
});

export const EXPORT_FORMATS = [
  'vcard4',
  'vcard3',
  'vcard21',
  'csv-outlook-en',
  'csv-outlook-ru',
  'csv-thunderbird',
  'csv-google',
] as const;

const nothing = z.object({});
const undoable = z.object({ undo: z.string(), count: z.int() });
const LDAP_CODES = [
  'ldap-refused',
  'ldap-wrong-password',
  'ldap-no-base',
  'ldap-bad-filter',
  'ldap-limit',
] as const;

export const contactEntries = {
  'contacts.books': entry(nothing, z.array(Book)),
  /** `id` null: a new one. `ldap` makes it a directory's; a left-out password stays as it is. */
  'contacts.saveBook': entry(
    z.object({
      id: Id.nullable(),
      name: z.string().trim().min(1).max(200),
      ldap: LdapSettings.nullable().default(null),
      password: text(1000).optional(),
    }),
    z.object({ id: Id }),
    ['no-such-book', 'book-name-taken'],
  ),
  /** With everything in it: cannot be taken back. */
  'contacts.removeBook': entry(z.object({ id: Id }), nothing, ['no-such-book', 'book-is-needed']),

  /** Rows by position, ordered by name. `text`: words or beginnings of words. */
  'contacts.window': entry(
    z.object({
      book: Id.nullable().default(null),
      text: text(200).default(''),
      from: z.int().min(0).default(0),
      count: z.int().min(0).max(500).default(100),
    }),
    z.object({ total: z.int(), from: z.int(), rows: z.array(ContactRow) }),
  ),
  'contacts.get': entry(z.object({ id: Id }), Contact, ['no-such-contact']),
  'contacts.photo': entry(z.object({ id: Id }), Photo.nullable(), ['no-such-contact']),
  /** Who of these is in a book; addresses that are in none are left out. */
  'contacts.find': entry(
    z.object({ addresses: z.array(text(320)).max(500) }),
    z.array(z.object({ address: z.string(), contact: Id, name: z.string(), photo: z.boolean() })),
  ),
  'contacts.known': entry(z.object({ addresses: z.array(text(320)).max(5000) }), z.array(z.string())),
  /** `id` null: a new one. `photo` left out: as it is; null: none. */
  'contacts.save': entry(
    z.object({
      id: Id.nullable(),
      book: Id.nullable().default(null),
      content: ContactContent,
      photo: Photo.nullable().optional(),
    }),
    z.object({ id: Id, undo: z.string() }),
    [
      'no-such-contact',
      'no-such-book',
      'book-is-read-only',
      'contact-empty',
      'photo-too-large',
      'photo-unknown',
    ],
  ),
  'contacts.remove': entry(z.object({ ids: z.array(Id).min(1).max(10_000) }), undoable, [
    'no-such-contact',
    'book-is-read-only',
  ]),
  /** Into another book. */
  'contacts.move': entry(z.object({ ids: z.array(Id).min(1).max(10_000), book: Id }), undoable, [
    'no-such-contact',
    'no-such-book',
    'book-is-read-only',
  ]),
  'contacts.undo': entry(z.object({ token: text(100) }), z.object({ count: z.int() }), ['nothing-to-undo']),

  /** People who seem to be one, in own books; each group of two or more. */
  'contacts.duplicates': entry(
    z.object({ limit: z.int().min(1).max(500).default(100) }),
    z.object({
      total: z.int(),
      groups: z.array(z.object({ reason: z.enum(['address', 'phone', 'name']), rows: z.array(ContactRow) })),
    }),
  ),
  /** What merging would give; the first id is the one that stays. */
  'contacts.merged': entry(z.object({ ids: z.array(Id).min(2).max(50) }), ContactContent, [
    'no-such-contact',
  ]),
  'contacts.merge': entry(
    z.object({ ids: z.array(Id).min(2).max(50) }),
    z.object({ id: Id, undo: z.string(), count: z.int() }),
    ['no-such-contact', 'book-is-read-only'],
  ),
  /** Birthdays of the next days, nearest first. `age`: years on that day; null: not known. */
  'contacts.birthdays': entry(
    z.object({ days: z.int().min(1).max(366).default(7) }),
    z.array(
      z.object({ id: Id, name: z.string(), date: z.string(), inDays: z.int(), age: z.int().nullable() }),
    ),
  ),

  'contacts.importPreview': entry(Source, ImportPreview, ['import-not-contacts', 'import-too-large']),
  'contacts.import': entry(
    Source.extend({
      book: Id.nullable().default(null),
      /** What happens with somebody who is in the book already (by an address of his). */
      known: z.enum(['skip', 'complete', 'add']).default('complete'),
    }),
    z.object({
      imported: z.int(),
      completed: z.int(),
      /** Of these two together: lists of people. */
      lists: z.int(),
      skipped: z.int(),
      undo: z.string(),
      notRead: z.array(NotRead),
    }),
    ['import-not-contacts', 'import-too-large', 'no-such-book', 'book-is-read-only'],
  ),
  /** The file's octets come as chunks. `ids` null: the whole book; `book` null: all own books. */
  'contacts.export': entry(
    z.object({
      book: Id.nullable().default(null),
      ids: z.array(Id).max(10_000).nullable().default(null),
      format: z.enum(EXPORT_FORMATS),
      charset: z.enum(['utf-8', 'utf-16', 'windows-1251']).default('utf-8'),
      separator: z.enum([',', ';', '\t']).optional(),
    }),
    z.object({ count: z.int(), name: z.string(), lost: z.array(z.string()) }),
    ['no-such-book', 'no-such-contact'],
    { streams: true },
  ),

  /** Signs in and shows three. `book`: the password kept for it is used where none is given. */
  'contacts.ldapTest': entry(
    z.object({ ldap: LdapSettings, password: text(1000).optional(), book: Id.nullable().default(null) }),
    z.object({
      people: z.array(z.object({ name: z.string(), address: z.string(), department: z.string() })),
    }),
    [...LDAP_CODES, 'certificate-unknown', 'certificate-changed', 'certificate-antivirus'],
  ),
  /** A fresh copy for the time without a network; the work is a job. */
  'contacts.ldapRefresh': entry(z.object({ book: Id }), z.object({ job: z.string() }), ['no-such-book']),
  /** Asks the directories while something is typed: 3 s at most, silent where one does not answer. */
  'contacts.lookup': entry(
    z.object({ text: text(200), limit: z.int().min(1).max(50).default(8) }),
    z.array(Address.extend({ department: z.string(), book: Id })),
  ),
};

export const contactEvents = {
  /** Something in some book changed. */
  'contacts.changed': z.object({ books: z.boolean() }),
};
