/** Rules: the contract's names over the room of rules. */
import { toFault } from '../../base/errors.ts';
import type { Handlers } from '../../contract/door.ts';
import type { RuleDraft } from '../../contract/mail/rules.ts';
import { type ActionDeps, undo } from '../messages/actions.ts';
import { noSuchMessage } from '../messages/reads.ts';
import type { ClientStore } from '../program.ts';
import { loaded } from '../rules/octets.ts';
import type { Rules } from '../rules/rules.ts';

export interface RuleHandlerDeps extends ActionDeps {
  store: ClientStore;
  rules: Rules;
}

type Served = Extract<keyof Handlers, `rules.${string}`>;

export function ruleHandlers(deps: RuleHandlerDeps): Pick<Handlers, Served> {
  const { store, rules } = deps;
  const list = () => store.read('rules.list');
  /** @throws Fault user `bad-pattern`, `bad-rule` */
  const checked = async (rule: RuleDraft): Promise<void> => void (await rules.thread.call('check', { rule }));
  return {
    'rules.list': list,
    async 'rules.save'({ id, rule, at }) {
      await checked(rule);
      return store.write('rules.save', {
        rule,
        ...(id === undefined ? {} : { id }),
        ...(at === undefined ? {} : { at }),
      });
    },
    'rules.switch': (input) => store.write('rules.switch', input),
    async 'rules.remove'(input) {
      await store.write('rules.remove', input);
      return {};
    },
    async 'rules.move'(input) {
      await store.write('rules.move', input);
      return {};
    },
    'rules.preview': (input, { signal }) => rules.previews.preview(input, signal),
    async 'rules.run'(input) {
      const { job, undo: token } = await rules.runs.run(input);
      return { job, undo: token };
    },
    'rules.runs': () => store.read('rules.runs'),
    async 'rules.undo'({ undo: token }) {
      const { count } = await undo(deps, token);
      const run = (await store.read('rules.runs')).find((each) => each.undo === token);
      await store.write('rules.undone', { token });
      // Steps of several rules and actions touch the same letter.
      return { count: Math.min(count, run?.caught ?? count) };
    },
    'rules.log': (input) => store.read('rules.log', input),
    'rules.waiting': async () => ({ count: await store.read('rules.waiting') }),
    async 'rules.propose'({ message }) {
      const [row] = await store.read('rules.lettersOf', { ids: [message] });
      if (!row) throw noSuchMessage(message);
      for await (const [letter] of loaded(store, [row], false))
        if (letter) return rules.thread.call('propose', { letter });
      throw noSuchMessage(message);
    },
    async 'rules.export'({ as }) {
      const [all, names] = await Promise.all([list(), store.read('rules.names')]);
      if (as === 'json') return { text: (await import('../rules/portable.ts')).writeRules(all, names) };
      const { writeSieve } = await import('../rules/sieve.ts');
      return { text: writeSieve(all, names).script };
    },
    async 'rules.import'({ text, replace }) {
      const { readRules } = await import('../rules/portable.ts');
      const { rules: read, unread } = readRules(text, await store.read('rules.names'));
      const problems = unread.map(({ n, detail }) => ({ rule: String(n), code: 'bad-rule', detail }));
      let added = 0;
      for (const { rule, problem } of read) {
        try {
          await checked(rule);
          const over = added === 0 && replace !== null ? { id: replace } : {};
          await store.write('rules.save', { rule, problem, ...over });
          added++;
          if (problem) problems.push({ rule: rule.name, ...problem });
        } catch (failure) {
          const { code, detail } = toFault(failure);
          if (code === 'no-such-rule') throw failure;
          problems.push({ rule: rule.name, code, detail: String(detail?.reason ?? '') });
        }
      }
      return { added, problems };
    },
  };
}
