/**
 * What another program knows besides letters and people, in our words: rules, identities, signatures. Brought in by the
 * contract, as a window would; what is here already by its name is left as it is.
 *
 * A rule never does more here than it did there: one that loses a question comes switched off, one that loses a deed says
 * so, and one whose account is not here comes switched off where the other program had several. Passwords are not brought.
 */
import { Fault } from '../../base/errors.ts';
import type { ThunderbirdIdentity } from '../../boxes/thunderbird/identities.ts';
import type { GroupInput, RuleAction } from '../../contract/mail/rules.ts';
import type { Call } from './belongings.ts';

export interface ForeignRule {
  name: string;
  enabled: boolean;
  /** Address of the account it looks after; '' for all. */
  account: string;
  when: GroupInput;
  /** `tag` names a tag by its keyword. */
  actions: (
    | Exclude<RuleAction, { do: 'move' } | { do: 'copy' }>
    | { do: 'move' | 'copy'; levels: readonly string[] }
  )[];
  stop: boolean;
  /** What could not be said in our words, as the other program says it. */
  lostQuestions: readonly string[];
  lostDeeds: readonly string[];
}

/** Thunderbird's, the only program that has them so far. */
export type ForeignIdentity = ThunderbirdIdentity;

export interface Foreign {
  rules: readonly ForeignRule[];
  identities: readonly ForeignIdentity[];
  /** Keywords of tags that rules name. */
  keywords: readonly string[];
}

export interface ForeignTaken {
  rules: number;
  signatures: number;
  identities: number;
}

export interface ForeignPlaces {
  /** The folder here of a folder there. */
  folder(levels: readonly string[]): Promise<number>;
  /** Path of the origin, for what is told. */
  path: string;
  onProblem(path: string, reason: string): void;
}

export async function takeForeign(
  call: Call,
  foreign: Foreign,
  places: ForeignPlaces,
): Promise<ForeignTaken> {
  return {
    rules: await takeRules(call, foreign, places),
    ...(await takeIdentities(call, foreign.identities, places)),
  };
}

async function takeRules(call: Call, { rules }: Foreign, places: ForeignPlaces): Promise<number> {
  if (rules.length === 0) return 0;
  const here = new Set((await call('rules.list', {})).map((rule) => rule.name));
  const accounts = new Map(
    (await call('accounts.list', {}))
      .filter((each) => each.kind !== 'local')
      .map((each) => [each.address.toLowerCase(), each.id]),
  );
  const tags = new Map((await call('tags.list', {})).map((tag) => [tag.keyword.toLowerCase(), tag.name]));
  const several = new Set(rules.map((rule) => rule.account)).size > 1;
  let taken = 0;
  for (const rule of rules) {
    const name = rule.name.trim().slice(0, 200) || '?';
    if (here.has(name)) continue;
    const told = `${places.path}: ${name}`;
    if (rule.lostQuestions.length > 0)
      places.onProblem(`${told}: ${rule.lostQuestions.join(', ')}`, 'rule-question');
    if (rule.lostDeeds.length > 0) places.onProblem(`${told}: ${rule.lostDeeds.join(', ')}`, 'rule-deed');
    const actions: RuleAction[] = [];
    for (const action of rule.actions) {
      if ('levels' in action) actions.push({ do: action.do, to: await places.folder(action.levels) });
      else if (action.do === 'tag')
        actions.push({ do: 'tag', tag: tags.get(action.tag.toLowerCase()) ?? action.tag });
      else actions.push(action);
    }
    if (actions.length === 0 && !rule.stop) {
      places.onProblem(told, 'rule-nothing');
      continue;
    }
    const account = accounts.get(rule.account.toLowerCase());
    const lost = rule.account !== '' && account === undefined && several;
    if (lost) places.onProblem(`${told}: ${rule.account}`, 'rule-account');
    const when: GroupInput =
      account === undefined || accounts.size < 2
        ? rule.when
        : { match: 'all', of: [{ field: 'account', value: account }, rule.when] };
    try {
      await call('rules.save', {
        rule: {
          name,
          enabled: rule.enabled && !lost && rule.lostQuestions.length === 0,
          when: tagged(when, tags),
          actions,
          stop: rule.stop,
        },
      });
      here.add(name);
      taken++;
    } catch (failure) {
      places.onProblem(told, failure instanceof Fault ? failure.code : 'damaged');
    }
  }
  return taken;
}

/** Questions about tags ask for their names here. */
function tagged(group: GroupInput, tags: ReadonlyMap<string, string>): GroupInput {
  return {
    match: group.match,
    of: group.of.map((each) => {
      if ('match' in each) return tagged(each, tags);
      return each.field === 'tag'
        ? { ...each, value: tags.get(each.value.toLowerCase()) ?? each.value }
        : each;
    }),
  };
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A plain signature as the markup that shows the same lines. */
const htmlOf = ({ text, html }: NonNullable<ForeignIdentity['signature']>): string =>
  html ? text : `<p>${text.trimEnd().split(/\r?\n/).map(escapeHtml).join('<br>')}</p>`;

async function takeIdentities(
  call: Call,
  identities: readonly ForeignIdentity[],
  places: ForeignPlaces,
): Promise<Pick<ForeignTaken, 'signatures' | 'identities'>> {
  const taken = { signatures: 0, identities: 0 };
  if (identities.length === 0) return taken;
  const signatures = new Map((await call('signatures.list', {})).map(({ name, id }) => [name, id]));
  const accounts = new Map(
    (await call('accounts.list', {})).map((each) => [each.address.toLowerCase(), each.id]),
  );
  for (const identity of identities) {
    const told = `${places.path}: ${identity.address}`;
    try {
      let signature: number | null = null;
      if (identity.signature) {
        const name = [identity.name, identity.label, identity.address]
          .filter((each, n, all) => each !== '' && all.indexOf(each) === n)
          .join(', ')
          .slice(0, 200);
        signature = signatures.get(name) ?? null;
        if (signature === null) {
          const text = identity.signature.html ? '' : identity.signature.text.trimEnd();
          signature = (await call('signatures.save', { name, html: htmlOf(identity.signature), text })).id;
          signatures.set(name, signature);
          taken.signatures++;
        }
      }
      const account = accounts.get(identity.account.toLowerCase());
      if (account === undefined) {
        places.onProblem(told, 'account-absent');
        continue;
      }
      if (await takeIdentity(call, identity, account, signature)) taken.identities++;
    } catch (failure) {
      places.onProblem(told, failure instanceof Fault ? failure.code : 'damaged');
    }
  }
  return taken;
}

/** Completes a main identity where it says nothing yet; adds another that is not here. @returns whether anything changed */
async function takeIdentity(
  call: Call,
  identity: ForeignIdentity,
  account: number,
  signature: number | null,
): Promise<boolean> {
  const known = (await call('identities.list', {})).filter((each) => each.account === account);
  const same = known.find((each) => each.address.toLowerCase() === identity.address.toLowerCase());
  const people = (list: string | null) =>
    (list ?? '')
      .split(',')
      .map((each) => each.trim())
      .filter((each) => /^[^\s@]+@[^\s@]+$/.test(each))
      .slice(0, 20)
      .map((address) => ({ name: '', address }));
  const choices = signature === null ? {} : { signatures: { new: signature, reply: signature } };
  const whole = {
    label: identity.label.slice(0, 100),
    organisation: identity.organisation.slice(0, 200),
    replyTo: people(identity.replyTo),
    bcc: people(identity.bcc),
  };
  if (!same) {
    const { name, address } = identity;
    await call('identities.add', { account, address, name: name.slice(0, 200), ...whole, ...choices });
    return true;
  }
  const changes = {
    ...(same.label === '' && whole.label !== '' ? { label: whole.label } : {}),
    ...(same.organisation === '' && whole.organisation !== '' ? { organisation: whole.organisation } : {}),
    ...(same.replyTo.length === 0 && whole.replyTo.length > 0 ? { replyTo: whole.replyTo } : {}),
    ...(same.bcc.length === 0 && whole.bcc.length > 0 ? { bcc: whole.bcc } : {}),
    ...(same.signatures.new === 'default' && same.signatures.reply === 'default' ? choices : {}),
  };
  if (Object.keys(changes).length === 0) return false;
  await call('identities.update', { id: same.id, ...changes });
  return true;
}
