import { ShieldX } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Certificate } from '../../../main/contract/mail/accounts.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import styles from './accounts.module.css';

/** A fingerprint in groups that eyes can compare. */
export function grouped(fingerprint: string): string {
  const hex = fingerprint.replace(/[^0-9a-f]/gi, '').toUpperCase();
  return (hex.match(/.{1,4}/g) ?? []).join(' ');
}

/** An unknown certificate: what it shows, what differs, and trust in this one for this host. Never "checks off". */
export function CertificateCard(props: {
  certificate: Certificate;
  code: string;
  onTrusted: () => void;
}): ReactNode {
  const { certificate, code } = props;
  const t = useText();
  const formats = useFormats();
  const words = t.accounts.certificate;
  const [open, setOpen] = useState(code !== 'certificate-antivirus');
  const said = sentence({ code, detail: { host: certificate.host, issuer: certificate.issuer } });
  const day = (date: string) => formats.day(Date.parse(date)) || date;
  const facts: [string, string][] = [
    [words.subject, certificate.subject],
    [words.issuer, certificate.issuer],
    [words.valid, words.validity(day(certificate.validFrom), day(certificate.validTo))],
    [words.names, certificate.names.join(', ')],
  ];
  const trust = async () => {
    const { host, port, fingerprint256 } = certificate;
    try {
      await engine().request('accounts.trust', { host, port, fingerprint256 });
      showToast({ text: words.trusted, icon: 'check' });
      props.onTrusted();
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  return (
    <section className={styles.certificate} aria-label={words.title}>
      <div className={styles.certificateHead} role="alert">
        <ShieldX size={18} strokeWidth={1.75} aria-hidden="true" />
        <div>
          <b>{said.title}</b>
          <p>{said.body}</p>
          <p>{words.reasons[certificate.reason]}</p>
        </div>
      </div>
      {open ? (
        <dl className={styles.facts}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
          <div>
            <dt>{words.fingerprint}</dt>
            <dd className={styles.mono}>{grouped(certificate.fingerprint256)}</dd>
          </div>
        </dl>
      ) : null}
      <div className={styles.certificateActions}>
        {open ? (
          <>
            <Button onPress={() => void trust()}>{words.trust(certificate.host)}</Button>
            <p>{words.compare}</p>
          </>
        ) : (
          <Button variant="quiet" onPress={() => setOpen(true)}>
            {words.showing}
          </Button>
        )}
      </div>
    </section>
  );
}
