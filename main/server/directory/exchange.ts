/** One SASL exchange: the machine between the guard's question before and its answer after. */
import { Fault } from '../../base/errors.ts';
import type { ServerMechanism as Machine, ServerStep } from '../../net/sasl-server.ts';
import type { SaslExchange, SaslStep, ServerMechanism } from './authenticator.ts';
import type { Person } from './directory.ts';
import type { Proved } from './sign-in.ts';

export interface ExchangeParts {
  readonly mechanism: ServerMechanism;
  /** @throws what forbids the mechanism here and now. */
  readonly require: () => Promise<void>;
  readonly machine: (attempt: (name: string) => Promise<void>) => Machine<Proved>;
  /** As soon as the name is known: waits as long as the guard says. */
  readonly begin: (name: string) => Promise<void>;
  readonly finish: (name: string, proved: Proved | null) => Promise<Person>;
}

export class Exchange implements SaslExchange {
  readonly mechanism: ServerMechanism;
  readonly #parts: ExchangeParts;
  readonly #machine: Machine<Proved>;
  #name: string | undefined;
  #state: 'new' | 'running' | 'over' = 'new';

  constructor(parts: ExchangeParts) {
    this.mechanism = parts.mechanism;
    this.#parts = parts;
    this.#machine = parts.machine(async (name) => {
      await parts.begin(name);
      this.#name = name;
    });
  }

  async start(initial: Uint8Array | null): Promise<SaslStep> {
    this.#enter('new');
    await this.#parts.require();
    return this.#settle(await this.#machine.start(initial));
  }

  async next(answer: Uint8Array): Promise<SaslStep> {
    this.#enter('running');
    return this.#settle(await this.#machine.next(answer));
  }

  /** A step that throws leaves the exchange over. */
  #enter(expected: 'new' | 'running'): void {
    const found = this.#state;
    this.#state = 'over';
    if (found !== expected)
      throw new Fault('internal', 'exchange-misused', 'This exchange is not at that step.', {
        detail: { found },
      });
  }

  async #settle(step: ServerStep<Proved>): Promise<SaslStep> {
    if (step.kind === 'challenge') {
      this.#state = 'running';
      return step;
    }
    const proved = step.kind === 'accepted' ? step.who : null;
    const person = await this.#parts.finish(this.#name ?? '', proved);
    return { kind: 'done', person, data: null };
  }
}
