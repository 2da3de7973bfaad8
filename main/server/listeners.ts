/** The office's listening ports by name: opened together or not at all, closed together. */
import type { OfficeContext, Service } from './context.ts';
import { openImap } from './imap/imap.ts';
import { openPop3 } from './pop3/pop3.ts';
import { openSmtp } from './smtp/smtp.ts';
import { openWeb, type WebRooms } from './web/web.ts';

/** Absent or 0: off. -1 takes a free port. */
export interface Listen {
  readonly host?: string | undefined;
  readonly smtp?: number | undefined;
  readonly submission?: number | undefined;
  readonly submissions?: number | undefined;
  readonly pop3?: number | undefined;
  readonly pop3s?: number | undefined;
  readonly imap?: number | undefined;
  readonly imaps?: number | undefined;
  /** The authority's certificate, settings for mail programs, figures: plain HTTP. */
  readonly web?: number | undefined;
}

export type ServiceName = Exclude<keyof Listen, 'host'>;
export type Ports = Partial<Record<ServiceName, number>>;

type Open = (context: OfficeContext, where: { host: string; port: number }, told: Told) => Promise<Service>;

/** What the listeners are told besides the rooms. */
export interface Told extends Pick<WebRooms, 'authority' | 'queue'> {
  /** Names of a peer's address for the trace of what it brings (rule S56); absent: nobody is asked. */
  readonly reverse?: (ip: string) => Promise<string[]>;
}

const OPENERS: Readonly<Record<Exclude<ServiceName, 'web'>, Open>> = {
  smtp: (context, where, { reverse }) =>
    openSmtp(context, { ...where, kind: 'smtp', implicitTls: false, ...(reverse ? { reverse } : {}) }),
  submission: (context, where) => openSmtp(context, { ...where, kind: 'submission', implicitTls: false }),
  submissions: (context, where) => openSmtp(context, { ...where, kind: 'submission', implicitTls: true }),
  pop3: (context, where) => openPop3(context, { ...where, implicitTls: false }),
  pop3s: (context, where) => openPop3(context, { ...where, implicitTls: true }),
  imap: (context, where) => openImap(context, { ...where, implicitTls: false }),
  imaps: (context, where) => openImap(context, { ...where, implicitTls: true }),
};

export interface Listeners {
  /** @throws Fault user `port-in-use`, `no-access`, `bad-address`; what was opened before is closed again. */
  open(listen: Listen): Promise<Ports>;
  readonly sessions: number;
  /** Sessions open now by the name of their port. */
  counts(): Readonly<Partial<Record<ServiceName, number>>>;
  close(graceMs: number): Promise<void>;
}

/** Loopback until sharing is switched on: an office that nobody opened cannot be reached. */
const DEFAULT_HOST = '127.0.0.1';

export function openListeners(context: OfficeContext, told: Told): Listeners {
  const services = new Map<ServiceName, Service>();
  const close = async (graceMs: number) => {
    const open = [...services.values()];
    services.clear();
    await Promise.all(open.map((service) => service.close(graceMs)));
  };
  const counts = () => Object.fromEntries([...services].map(([name, { sessions }]) => [name, sessions]));
  return {
    async open(listen) {
      const ports: Ports = {};
      const host = listen.host ?? DEFAULT_HOST;
      try {
        const openOne = async (name: ServiceName, open: Open) => {
          const port = listen[name] ?? 0;
          if (port === 0) return;
          const service = await open(context, { host, port: Math.max(0, port) }, told);
          services.set(name, service);
          ports[name] = service.port;
        };
        for (const [name, open] of Object.entries(OPENERS)) await openOne(name as ServiceName, open);
        // Last, because it tells of the others.
        const { authority, queue } = told;
        const web = { authority, queue, context, ports, sessions: counts };
        await openOne('web', (_, where) => openWeb(web, where));
        return ports;
      } catch (failure) {
        await close(0);
        throw failure;
      }
    },
    get sessions() {
      return [...services.values()].reduce((sum, service) => sum + service.sessions, 0);
    },
    counts,
    close,
  };
}
