/** The office's listening ports by name: opened together or not at all, closed together. */
import type { OfficeContext, Service } from './context.ts';
import { openImap } from './imap/imap.ts';
import { openPop3 } from './pop3/pop3.ts';
import { openSmtp } from './smtp/smtp.ts';

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
}

export type ServiceName = Exclude<keyof Listen, 'host'>;
export type Ports = Partial<Record<ServiceName, number>>;

type Open = (context: OfficeContext, where: { host: string; port: number }) => Promise<Service>;

const OPENERS: Readonly<Record<ServiceName, Open>> = {
  smtp: (context, where) => openSmtp(context, { ...where, kind: 'smtp', implicitTls: false }),
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
  close(graceMs: number): Promise<void>;
}

/** Loopback until sharing is switched on: an office that nobody opened cannot be reached. */
const DEFAULT_HOST = '127.0.0.1';

export function openListeners(context: OfficeContext): Listeners {
  const services: Service[] = [];
  const close = async (graceMs: number) => {
    await Promise.all(services.splice(0).map((service) => service.close(graceMs)));
  };
  return {
    async open(listen) {
      const ports: Ports = {};
      const host = listen.host ?? DEFAULT_HOST;
      try {
        for (const [name, open] of Object.entries(OPENERS) as [ServiceName, Open][]) {
          const port = listen[name] ?? 0;
          if (port === 0) continue;
          const service = await open(context, { host, port: Math.max(0, port) });
          services.push(service);
          ports[name] = service.port;
        }
        return ports;
      } catch (failure) {
        await close(0);
        throw failure;
      }
    },
    get sessions() {
      return services.reduce((sum, service) => sum + service.sessions, 0);
    },
    close,
  };
}
