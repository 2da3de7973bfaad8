/**
 * Signatures, templates and snippets at work: which one is due, and its fields filled for one letter.
 *
 * It reads and fills; a letter is changed by whoever writes it. It never decides for a person who has decided: a signature
 * that is asked for by its id is given whatever the choices say.
 */
import type { Clock } from '../../base/clock.ts';
import type { Identity } from '../../contract/mail/identities.ts';
import type { Filled, Snippet, Template } from '../../contract/mail/signatures.ts';
import type { Address } from '../../mail/address.ts';
import type { ClientStore } from '../program.ts';
import { readSettings } from '../settings.ts';
import { chooseSignature } from './choice.ts';
import { type FieldValues, fillBoth, fillHtml, fillText } from './fields.ts';

/** What the fields are filled from, as the contract asks it. */
export interface Filling {
  identity: number | null;
  recipients: readonly Address[];
  subject: string;
}

export interface FilledTemplate extends Filled {
  subject: string;
  to: Address[];
  cc: Address[];
  bcc: Address[];
  plain: boolean;
  kind: Template['kind'];
}

export class Signatures {
  readonly #store: ClientStore;
  readonly #clock: Clock;

  constructor(store: ClientStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** @throws Fault user `no-such-signature` when one is asked for that is gone */
  async fill(
    input: Filling & { use: 'new' | 'reply'; signature?: number | 'none' | undefined },
  ): Promise<{ signature: number | null; name: string; html: string; text: string }> {
    const nothing = { signature: null, name: '', html: '', text: '' };
    const [identities, signatures] = await Promise.all([
      this.#store.read('identities.list'),
      this.#store.read('signatures.list'),
    ]);
    const identity = identities.find((each) => each.id === input.identity) ?? identities[0];
    const id =
      input.signature === 'none'
        ? null
        : (input.signature ??
          chooseSignature({
            choices: identity?.signatures ?? DEFAULTS,
            use: input.use,
            recipients: input.recipients.map((each) => each.address),
            own: identities.map((each) => each.address),
            signatures: signatures.map((each) => each.id),
          }));
    if (id === null) return nothing;
    const found = await this.#store.read('signatures.get', { id });
    const { html, text } = fillBoth(found, await this.#values(input, identity));
    return { signature: id, name: found.name, html, text };
  }

  async fillTemplate(input: Filling & { id: number }): Promise<FilledTemplate> {
    const template = await this.#store.read('templates.get', { id: input.id });
    const recipients = input.recipients.length > 0 ? input.recipients : template.to;
    const values = await this.#values({ ...input, recipients });
    const body = fillBoth({ html: template.html ?? '', text: template.text }, values);
    return {
      ...body,
      html: papered(body.html, template),
      subject: fillText(template.subject, values).text,
      to: template.to,
      cc: template.cc,
      bcc: template.bcc,
      plain: template.html === null,
      kind: template.kind,
    };
  }

  /** @throws Fault user `no-such-snippet` */
  async fillSnippet(input: Filling & { keyword: string }): Promise<Filled> {
    const snippet: Snippet = await this.#store.read('snippets.find', { keyword: input.keyword });
    const values = await this.#values(input);
    return { ...fillBoth(snippet, values), html: fillHtml(snippet.html, values) };
  }

  async #values(input: Filling, known?: Identity): Promise<FieldValues> {
    const identities = known ? [known] : await this.#store.read('identities.list');
    const identity = identities.find((each) => each.id === input.identity) ?? identities[0];
    const { language } = await readSettings(this.#store);
    const spoken = language === 'system' ? Intl.DateTimeFormat().resolvedOptions().locale : language;
    return {
      name: identity?.name ?? '',
      address: identity?.address ?? '',
      organisation: identity?.organisation ?? '',
      recipient: input.recipients[0],
      subject: input.subject,
      now: new Date(this.#clock.now()),
      language: spoken.startsWith('ru') ? 'ru' : 'en',
    };
  }
}

const DEFAULTS = { new: 'default', reply: 'default', newInside: 'default', replyInside: 'default' } as const;

const FONTS = {
  '': '',
  serif: 'Georgia, "Times New Roman", serif',
  sans: 'Verdana, Arial, sans-serif',
  mono: 'Consolas, "Courier New", monospace',
} as const;

/** The ground a stationery lays under the text; nothing where it has neither colour nor font. */
export function papered(html: string, { paper }: Pick<Template, 'paper'>): string {
  const styles = [
    // The ink goes with the paper: on light paper a dark window must not leave it light.
    ...(paper.background === ''
      ? []
      : [`background-color: ${paper.background}`, `color: ${inkOn(paper.background)}`]),
    ...(FONTS[paper.font] === '' ? [] : [`font-family: ${FONTS[paper.font].replaceAll('"', "'")}`]),
  ];
  if (styles.length === 0) return html;
  const room = paper.background === '' ? '' : '; padding: 16px';
  return `<div class="postroom-paper" style="${styles.join('; ')}${room}">${html}</div>`;
}

/** Black or white, whichever is legible on #rrggbb (relative luminance, WCAG 2.2). */
export function inkOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#1f1d1a' : '#ffffff';
}
