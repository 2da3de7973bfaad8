/** What a person types about a server, as text, and the server it describes. Pure. */
import type { KeepPolicy, Security, Server, ServerInput } from '../../../main/contract/mail/accounts.ts';

export type Side = 'incoming' | 'outgoing';

export interface ServerForm {
  host: string;
  port: string;
  security: Security;
  user: string;
  auth: Server['auth'];
}

/** Ports by custom (RFC 8314 sections 3.2, 3.3 and 7.3). */
export const USUAL_PORTS: Record<Side, Record<Security, number>> = {
  incoming: { tls: 993, starttls: 143, none: 143 },
  outgoing: { tls: 465, starttls: 587, none: 25 },
};

export function emptyForm(side: Side): ServerForm {
  return { host: '', port: String(USUAL_PORTS[side].tls), security: 'tls', user: '', auth: 'auto' };
}

export function formOf(server: ServerInput): ServerForm {
  const { host, port, security, user, auth } = server;
  return { host, port: String(port), security, user, auth: auth ?? 'auto' };
}

/** Another kind of security brings its port, unless the port was chosen by hand. */
export function withSecurity(form: ServerForm, security: Security, side: Side): ServerForm {
  const usual = USUAL_PORTS[side];
  const byHand = form.port !== '' && !Object.values(usual).some((port) => String(port) === form.port);
  return { ...form, security, port: byHand ? form.port : String(usual[security]) };
}

export interface FormProblems {
  host: boolean;
  port: boolean;
}

/** What is missing or wrong; null: the form describes a server. */
export function formProblems(form: ServerForm): FormProblems | null {
  const port = Number(form.port);
  const problems = {
    host: form.host.trim() === '',
    port: !Number.isInteger(port) || port < 1 || port > 65_535,
  };
  return problems.host || problems.port ? problems : null;
}

/** The server of a form without problems. An empty user name is the address. */
export function serverOf(form: ServerForm, address: string): ServerInput {
  return {
    host: form.host.trim(),
    port: Number(form.port),
    security: form.security,
    user: form.user.trim() || address.trim(),
    auth: form.auth,
  };
}

/** Months offered first for "the last months". */
export const SOME_MONTHS = 12;

export function policyOf(keep: KeepPolicy['keep'], months: string): KeepPolicy {
  if (keep !== 'months') return { keep };
  return { keep, months: Math.min(600, Math.max(1, Math.floor(Number(months)) || SOME_MONTHS)) };
}
