/** Rules: what is done with letters by themselves. The model maps one to one to Sieve (RFC 5228). */
import { z } from 'zod';
import { entry } from '../entry.ts';
import { Id, Row } from './views.ts';

/** How a text is compared. `domain`: the domain of an address, or one below it. */
export const TextTest = z.enum(['contains', 'is', 'domain', 'begins', 'ends', 'regex']);
export type TextTest = z.infer<typeof TextTest>;

const Words = z.string().max(256);
const not = z.boolean().default(false);

/** A question about one letter. */
export const Question = z.discriminatedUnion('field', [
  z.object({
    field: z.enum(['from', 'to', 'cc', 'recipient', 'subject', 'body', 'file-name', 'file-type']),
    test: TextTest,
    value: Words,
    not,
  }),
  z.object({
    field: z.literal('header'),
    /** A header field's name (RFC 5322 section 2.2). */
    name: z.string().regex(/^[\x21-\x39\x3b-\x7e]{1,100}$/),
    test: TextTest,
    value: Words,
    not,
  }),
  /** Octets of the whole letter. */
  z.object({ field: z.literal('size'), test: z.enum(['over', 'under']), value: z.int().min(0), not }),
  /** Days since its date. */
  z.object({
    field: z.literal('age'),
    test: z.enum(['older', 'newer']),
    value: z.int().min(0).max(36_500),
    not,
  }),
  z.object({ field: z.literal('account'), value: Id, not }),
  z.object({ field: z.literal('tag'), value: z.string().min(1).max(64), not }),
  /** It has a file, comes from somebody of the address book, through a list, from one of the person's own addresses. */
  z.object({ field: z.enum(['has-file', 'known', 'list', 'me']), not }),
]);
export type Question = z.infer<typeof Question>;
export type QuestionInput = z.input<typeof Question>;

export interface Group {
  match: 'all' | 'any' | 'none';
  of: Condition[];
}
export type Condition = Question | Group;
export interface GroupInput {
  match: 'all' | 'any' | 'none';
  of: (QuestionInput | GroupInput)[];
}

export const Group: z.ZodType<Group, GroupInput> = z.lazy(() =>
  z.object({
    match: z.enum(['all', 'any', 'none']),
    of: z.array(z.union([Question, Group])).max(100),
  }),
);

const Recipients = z.array(z.string().min(3).max(320)).min(1).max(20);

export const RuleAction = z.discriminatedUnion('do', [
  z.object({ do: z.literal('move'), to: Id }),
  z.object({ do: z.literal('copy'), to: Id }),
  /** To Trash. */
  z.object({ do: z.literal('delete') }),
  z.object({ do: z.literal('tag'), tag: z.string().min(1).max(64) }),
  z.object({ do: z.literal('flag') }),
  z.object({ do: z.literal('read') }),
  z.object({ do: z.literal('forward'), to: Recipients }),
  /** As it came, under its own sender (RFC 5322 section 3.6.6). */
  z.object({ do: z.literal('redirect'), to: Recipients }),
  /**
   * To the sender, at most once in `days`: by a template, or in words of its own, in which the fields of templates and {name}
   * {subject} {date} {me} stand for what they say.
   */
  z.object({
    do: z.literal('reply'),
    template: Id.optional(),
    subject: z.string().max(200).default(''),
    text: z.string().max(20_000).default(''),
    days: z.int().min(1).max(365).default(7),
  }),
  z.object({ do: z.literal('sound') }),
  z.object({ do: z.literal('notify') }),
  /** A letter known by its header: fetched at the next connection, kept on the server, or deleted there unread. */
  z.object({ do: z.literal('plan'), mark: z.enum(['fetch', 'keep', 'delete']) }),
]);
export type RuleAction = z.infer<typeof RuleAction>;

/** What a person writes. */
export const RuleDraft = z.object({
  name: z.string().trim().min(1).max(200),
  enabled: z.boolean().default(true),
  when: Group,
  actions: z.array(RuleAction).max(20),
  /** Rules below do not see these letters. */
  stop: z.boolean().default(false),
  /** Folders whose new letters it looks at; empty: every inbox. */
  folders: z.array(Id).max(100).default([]),
});
export type RuleDraft = z.infer<typeof RuleDraft>;
export type RuleDraftInput = z.input<typeof RuleDraft>;

export const Rule = RuleDraft.extend({
  id: Id,
  /** Why it does not run: a folder or account it names is gone, a pattern cannot be used. */
  problem: z.object({ code: z.string(), detail: z.string() }).nullable(),
  /** Letters it has caught since it was made. */
  caught: z.int(),
  /** What an office server could not do of it; empty: everything. */
  localOnly: z.array(z.string()),
});
export type Rule = z.infer<typeof Rule>;

/** The piece of a letter that made a question true. */
export const Reason = z.object({
  field: z.string(),
  test: z.string(),
  value: z.string(),
  /** A line of the letter round the found words; '' where a fact has no text. */
  text: z.string(),
  /** The found words in `text`; equal: none to mark. */
  from: z.int(),
  to: z.int(),
});
export type Reason = z.infer<typeof Reason>;

export const Caught = z.object({
  row: Row,
  reasons: z.array(Reason),
  /** Not caught by the rule as it is saved. */
  fresh: z.boolean(),
  /** Name of the folder it lies in where the rule would not have to move it any more; '' otherwise. */
  elsewhere: z.string(),
  /** Names of the rules, in order. */
  rules: z.array(z.string()),
});
export type Caught = z.infer<typeof Caught>;

export const RulePreview = z.object({
  /** Letters looked at, newest first. */
  scanned: z.int(),
  count: z.int(),
  fresh: z.int(),
  elsewhere: z.int(),
  /** Letters that cannot be decided because only their header is here. */
  waiting: z.int(),
  rows: z.array(Caught),
  /** Letters there are to look at, this piece and all others. */
  total: z.int(),
  /** Where the next piece begins; null: that was all. */
  next: z.int().nullable(),
});
export type RulePreview = z.infer<typeof RulePreview>;

export const LogLine = z.object({
  id: Id,
  message: Id,
  /** Shown when the letter is gone. */
  subject: z.string(),
  rule: z.string(),
  at: z.number(),
  /** What was done, in the order of doing. */
  did: z.array(z.object({ do: z.string(), what: z.string() })),
  reasons: z.array(Reason),
  /** Run on a folder; null: on arrival. */
  run: z.string().nullable(),
});
export type LogLine = z.infer<typeof LogLine>;

export const RuleRun = z.object({
  undo: z.string(),
  at: z.number(),
  folder: Id,
  folderName: z.string(),
  letters: z.int(),
  caught: z.int(),
  undone: z.boolean(),
});
export type RuleRun = z.infer<typeof RuleRun>;

const nothing = z.object({});
const BAD_RULE = [
  'bad-pattern',
  'bad-address',
  'no-such-folder',
  'no-such-account',
  'no-such-template',
  'bad-rule',
];

export const ruleEntries = {
  'rules.list': entry(nothing, z.array(Rule)),
  /** A new rule stands last, or where a removed one stood. */
  'rules.save': entry(z.object({ id: Id.optional(), rule: RuleDraft, at: z.int().min(0).optional() }), Rule, [
    'no-such-rule',
    ...BAD_RULE,
  ]),
  'rules.switch': entry(z.object({ id: Id, enabled: z.boolean() }), Rule, ['no-such-rule']),
  'rules.remove': entry(z.object({ id: Id }), nothing, ['no-such-rule']),
  /** To place `at`, from 0. */
  'rules.move': entry(z.object({ id: Id, at: z.int().min(0) }), nothing, ['no-such-rule']),
  /** What a draft would catch of the newest letters of a folder; `draft` null: what the rules as they are would. */
  'rules.preview': entry(
    z.object({
      draft: RuleDraft.nullable(),
      /** The saved rule it is an edit of. */ saved: Id.nullable().default(null),
      /** Of those, instead of all that are switched on. */ rules: z
        .array(Id)
        .max(1000)
        .nullable()
        .default(null),
      /** null: the inboxes. */ folder: Id.nullable(),
      limit: z.int().min(1).max(20_000).default(5000),
      /** From the letter below this place in time, where a piece has ended; null: from the newest. */
      below: z.int().nullable().default(null),
      /** A piece ends after about so many ms, so that its first rows are seen at once; null: everything in one answer. */
      within: z.int().min(1).max(10_000).nullable().default(null),
      rows: z.int().min(0).max(200).default(50),
    }),
    RulePreview,
    ['no-such-folder', ...BAD_RULE],
  ),
  /** As a job. Nothing is sent by it; all of it is taken back by one messages.undo of `undo`. */
  'rules.run': entry(
    z.object({ folder: Id, rules: z.array(Id).max(1000).nullable().default(null) }),
    z.object({ job: z.string(), undo: z.string() }),
    ['no-such-folder', 'no-such-rule'],
  ),
  'rules.runs': entry(nothing, z.array(RuleRun)),
  'rules.undo': entry(z.object({ undo: z.string() }), z.object({ count: z.int() }), ['undo-too-late']),
  /** Newest first; of one letter or of all. */
  'rules.log': entry(
    z.object({ message: Id.nullable().default(null), limit: z.int().min(1).max(1000).default(100) }),
    z.array(LogLine),
  ),
  /** Letters that wait for their text before a rule can decide. */
  'rules.waiting': entry(nothing, z.object({ count: z.int() })),
  /** "Make a rule from this letter". */
  'rules.propose': entry(
    z.object({ message: Id }),
    z.object({ name: z.string(), questions: z.array(Question) }),
    ['no-such-message'],
  ),
  'rules.export': entry(
    z.object({ as: z.enum(['json', 'sieve']).default('json') }),
    z.object({ text: z.string() }),
  ),
  /** Rules whose folders or accounts are not here come switched off, with their problem. */
  'rules.import': entry(
    z.object({
      text: z.string().max(4_000_000),
      /** The first rule takes the place of this one. */ replace: Id.nullable().default(null),
    }),
    z.object({
      added: z.int(),
      problems: z.array(z.object({ rule: z.string(), code: z.string(), detail: z.string() })),
    }),
    ['bad-rules-file', 'no-such-rule'],
  ),
};

export const ruleEvents = {
  'rules.changed': z.array(Rule),
  /** A rule asked to be heard or seen. */
  'rules.alert': z.object({
    rule: z.string(),
    sound: z.boolean(),
    notify: z.boolean(),
    rows: z.array(Row).max(5),
  }),
};
