/** What a person types about a server, as text, and the server it describes. Pure. */
import type {
  IncomingKind,
  KeepPolicy,
  Security,
  Server,
  ServerInput,
} from '../../../main/contract/mail/accounts.ts';

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
const MAILDROP_PORTS: Record<Security, number> = { tls: 995, starttls: 110, none: 110 };

const portsOf = (side: Side, kind: IncomingKind): Record<Security, number> =>
  side === 'incoming' && kind === 'pop3' ? MAILDROP_PORTS : USUAL_PORTS[side];

export function emptyForm(side: Side, kind: IncomingKind = 'imap'): ServerForm {
  return { host: '', port: String(portsOf(side, kind).tls), security: 'tls', user: '', auth: 'auto' };
}

export function formOf(server: ServerInput): ServerForm {
  const { host, port, security, user, auth } = server;
  return { host, port: String(port), security, user, auth: auth ?? 'auto' };
}

/** Another kind of security brings its port, unless the port was chosen by hand. */
export function withSecurity(
  form: ServerForm,
  security: Security,
  side: Side,
  kind: IncomingKind = 'imap',
): ServerForm {
  const usual = portsOf(side, kind);
  return { ...form, security, port: isByHand(form, usual) ? form.port : String(usual[security]) };
}

/** Another protocol of incoming mail brings its port, unless the port was chosen by hand. */
export function withKind(form: ServerForm, from: IncomingKind, to: IncomingKind): ServerForm {
  if (isByHand(form, portsOf('incoming', from))) return form;
  return { ...form, port: String(portsOf('incoming', to)[form.security]) };
}

const isByHand = (form: ServerForm, usual: Record<Security, number>): boolean =>
  form.port !== '' && !Object.values(usual).some((port) => String(port) === form.port);

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
