/**
 * Rules as a Sieve script (RFC 5228, with fileinto, copy RFC 3894, variables RFC 5229, imap4flags RFC 5232, body RFC 5173,
 * mime RFC 5703, regex). Pure. Where both engines can say something they say the same; what Sieve has no word for is told in
 * `left` and stands in the script as a comment.
 *
 * The place of a letter is the first that a rule gives it, so it is kept in a variable and carried out at the end.
 */
import type { Condition, Question, RuleAction, RuleDraft, TextTest } from '../../contract/mail/rules.ts';
import { keywordFor } from '../messages/keywords.ts';
import type { Names } from './portable.ts';
import { isPosix } from './sieve-pattern.ts';

export interface Sieve {
  script: string;
  /**
   * Rules and actions that are not in it; codes of localOnly(), or `regex`, `folders`, `no-such-folder`. `local-folder`: it is
   * in it, and names a folder that is on this computer only, as it would be called on a server.
   */
  left: { rule: string; what: string }[];
}

const ADDRESSES: Readonly<Record<string, string[]>> = {
  from: ['from'],
  to: ['to'],
  cc: ['cc'],
  recipient: ['to', 'cc', 'bcc'],
};

/** Thrown inside only: the rule has no words in Sieve. */
class Wordless extends Error {
  readonly what: string;
  constructor(what: string) {
    super(what);
    this.what = what;
  }
}

export function writeSieve(rules: readonly RuleDraft[], names: Pick<Names, 'folders'>): Sieve {
  const script = new Script(names);
  for (const rule of rules) if (rule.enabled) script.rule(rule);
  return script.end();
}

class Script {
  readonly #names: Pick<Names, 'folders'>;
  readonly #needs = new Set<string>();
  readonly #lines: string[] = [];
  readonly #left: Sieve['left'] = [];
  #dollar = false;
  /** Some rule gives letters a place. */
  #places = false;

  constructor(names: Pick<Names, 'folders'>) {
    this.#names = names;
  }

  rule(rule: RuleDraft): void {
    const title = rule.name.replace(/[\x00-\x1f\x7f]+/g, ' ');
    try {
      if (rule.folders.length > 0 && !rule.folders.some((id) => this.#isInbox(id)))
        throw new Wordless('folders');
      const test = this.#test(rule.when);
      const body = rule.actions.flatMap((action) => this.#action(rule, action));
      if (rule.stop) body.push(...this.#place(), 'stop;');
      if (body.length === 0) return;
      this.#lines.push(`# ${title}`, `if ${test} {`, ...body.map((line) => `  ${line}`), '}');
    } catch (failure) {
      if (!(failure instanceof Wordless)) throw failure;
      this.#left.push({ rule: rule.name, what: failure.what });
      this.#lines.push(`# ${title}: not in this script (${failure.what})`);
    }
  }

  end(): Sieve {
    const body = [...(this.#dollar ? ['set "dollar" "$";'] : []), ...this.#lines, ...this.#place()];
    const needs = [...this.#needs].sort().map(quoted).join(', ');
    const head = needs === '' ? [] : [`require [${needs}];`];
    return { script: `${[...head, ...body].join('\r\n')}\r\n`, left: this.#left };
  }

  /** Where the letter goes: nowhere means the inbox, which is what Sieve does by itself. */
  #place(): string[] {
    if (!this.#places) return [];
    return [`if not string :is "\${place}" "" { fileinto "\${place}"; }`];
  }

  #string(text: string): string {
    // A variable's value is not expanded again, so a dollar from one begins no other (RFC 5229 section 3).
    if (!text.includes('${')) return quoted(text);
    this.#dollar = true;
    this.#needs.add('variables');
    return quoted(text.replaceAll('${', () => `\${dollar}{`));
  }

  #list(all: readonly string[]): string {
    return all.length === 1
      ? this.#string(all[0] as string)
      : `[${all.map((each) => this.#string(each)).join(', ')}]`;
  }

  #action(rule: RuleDraft, action: RuleAction): string[] {
    switch (action.do) {
      case 'move':
        return [...this.#local(rule, action.to), ...this.#moveTo(this.#folder(action.to))];
      case 'delete':
        return this.#moveTo(this.#trash());
      case 'copy':
        this.#needs.add('fileinto').add('copy');
        return [...this.#local(rule, action.to), `fileinto :copy ${this.#string(this.#folder(action.to))};`];
      case 'tag':
        this.#needs.add('imap4flags');
        return [`addflag ${this.#string(keywordFor(action.tag))};`];
      case 'flag':
        this.#needs.add('imap4flags');
        return ['addflag "\\\\Flagged";'];
      case 'read':
        this.#needs.add('imap4flags');
        return ['addflag "\\\\Seen";'];
      case 'forward':
      case 'redirect': {
        // Addresses of RFC 6531 are no addresses for a script: one of them, and the server refuses all of it.
        const to = action.to.filter((each) => /^[\x21-\x7e]+$/.test(each));
        if (to.length < action.to.length) this.#left.push({ rule: rule.name, what: action.do });
        if (to.length > 0) this.#needs.add('copy');
        return to.map((each) => `redirect :copy ${this.#string(each)};`);
      }
      default:
        this.#left.push({ rule: rule.name, what: action.do });
        return [`# ${action.do}: on the person's computer only`];
    }
  }

  #moveTo(folder: string): string[] {
    this.#needs.add('fileinto').add('variables');
    this.#places = true;
    return [`if string :is "\${place}" "" { set "place" ${this.#string(folder)}; }`];
  }

  #folder(id: number): string {
    const folder = this.#names.folders.find((each) => each.id === id);
    if (folder === undefined) throw new Wordless('no-such-folder');
    return folder.server ?? folder.path;
  }

  /** A maildrop's folders are on no server: a script for the server that comes after it names them as they are here. */
  #local(rule: RuleDraft, id: number): string[] {
    if (this.#names.folders.find((each) => each.id === id)?.server !== null) return [];
    this.#left.push({ rule: rule.name, what: 'local-folder' });
    return ['# the folder is on this computer only: make one of that name on the server'];
  }

  /** The server's name for it where there is one; scripts of several accounts would need several. */
  #trash(): string {
    const all = this.#names.folders.filter(
      (each) => each.role === 'trash' && typeof each.server === 'string',
    );
    const names = new Set(all.map((each) => each.server as string));
    const [only] = names;
    return only !== undefined && names.size === 1 ? only : 'Trash';
  }

  /** A server's script sees letters as they come, which is in the inbox. */
  #isInbox(id: number): boolean {
    const folder = this.#names.folders.find((each) => each.id === id);
    return folder?.role === 'inbox' || folder?.path.toUpperCase() === 'INBOX';
  }

  #test(condition: Condition): string {
    if ('match' in condition) {
      if (condition.of.length === 0) return 'false';
      const parts = condition.of.map((each) => this.#test(each)).join(', ');
      return condition.match === 'all'
        ? `allof (${parts})`
        : `${condition.match === 'none' ? 'not ' : ''}anyof (${parts})`;
    }
    const test = this.#question(condition);
    return condition.not ? `not ${test}` : test;
  }

  #question(question: Question): string {
    switch (question.field) {
      case 'from':
      case 'to':
      case 'cc':
      case 'recipient':
        return this.#people(ADDRESSES[question.field] ?? [], question.test, question.value);
      case 'subject':
        return this.#header('subject', question.test, question.value);
      case 'header':
        return this.#header(question.name, question.test, question.value);
      case 'body':
        this.#needs.add('body');
        return this.#match('body :text', '', question.test, question.value);
      case 'file-name':
        this.#needs.add('mime');
        return anyOf([
          this.#match(
            'header :mime :anychild :param "filename"',
            '"Content-Disposition"',
            question.test,
            question.value,
          ),
          this.#match(
            'header :mime :anychild :param "name"',
            '"Content-Type"',
            question.test,
            question.value,
          ),
        ]);
      case 'file-type':
        this.#needs.add('mime');
        return this.#match(
          'header :mime :anychild :contenttype',
          '"Content-Type"',
          question.test,
          question.value,
        );
      case 'has-file':
        this.#needs.add('mime');
        return anyOf([
          'header :mime :anychild :param "filename" :matches "Content-Disposition" "?*"',
          'header :mime :anychild :param "name" :matches "Content-Type" "?*"',
          'header :mime :anychild :contains "Content-Disposition" "attachment"',
        ]);
      case 'size':
        return `size :${question.test} ${question.value}`;
      case 'list':
        return anyOf([
          ...['List-Id', 'List-Unsubscribe', 'List-Post', 'List-Help', 'List-Archive'].map(
            (name) => `exists "${name}"`,
          ),
          'header :matches "Precedence" ["list*", "bulk*"]',
        ]);
      default:
        throw new Wordless(question.field);
    }
  }

  #people(headers: string[], test: TextTest, value: string): string {
    const fields = this.#list(headers);
    if (test === 'domain') {
      const domain = value.trim().replace(/^@/, '');
      return anyOf([
        `address :domain :is ${fields} ${this.#string(domain)}`,
        `address :domain :matches ${fields} ${this.#string(`*.${pattern(domain)}`)}`,
      ]);
    }
    const whole = this.#match('header', fields, test, value);
    return test === 'contains' || test === 'regex'
      ? whole
      : anyOf([whole, this.#match('address :all', fields, test, value)]);
  }

  #header(name: string, test: TextTest, value: string): string {
    if (test === 'domain') return 'false';
    return this.#match('header', this.#string(name), test, value);
  }

  /** Comparators of Sieve fold ASCII only: other letters are given in every case a person writes them in. */
  #match(command: string, subject: string, test: TextTest, typed: string): string {
    const value = typed.trim();
    if (value === '' && test !== 'is') return 'false';
    const where = subject === '' ? '' : ` ${subject}`;
    const keys = variants(value);
    switch (test) {
      case 'contains':
        return `${command} :contains${where} ${this.#list(keys)}`;
      case 'is':
        return `${command} :is${where} ${this.#list(keys)}`;
      case 'begins':
        return `${command} :matches${where} ${this.#list(keys.map((each) => `${pattern(each)}*`))}`;
      case 'ends':
        return `${command} :matches${where} ${this.#list(keys.map((each) => `*${pattern(each)}`))}`;
      case 'regex':
        if (!isPosix(value)) throw new Wordless('regex');
        this.#needs.add('regex');
        return `${command} :regex${where} ${this.#string(value)}`;
      case 'domain':
        return 'false';
    }
  }
}

const anyOf = (tests: readonly string[]): string => `anyof (${tests.join(', ')})`;

/** RFC 5228 section 2.4.2. */
const quoted = (text: string): string =>
  `"${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replace(/[\r\n\0]+/g, ' ')}"`;

/** Literal words inside a `:matches` key. */
const pattern = (text: string): string => text.replace(/[\\*?]/g, '\\$&');

function variants(value: string): string[] {
  if (/^[\x00-\x7f]*$/.test(value)) return [value];
  const lower = value.toLowerCase();
  const first = lower.slice(0, 1).toUpperCase() + lower.slice(1);
  return [...new Set([value, lower, first, value.toUpperCase()])];
}
