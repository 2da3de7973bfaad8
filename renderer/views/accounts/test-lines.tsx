import { CircleAlert, CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import type { TestResult } from '../../../main/contract/mail/accounts.ts';
import { sentence, serverWords } from '../../i18n/sentence.ts';
import { useText } from '../../i18n/text.ts';
import styles from './accounts.module.css';
import { CertificateCard } from './certificate-card.tsx';
import type { Side } from './server-form.ts';

export interface TestLinesProps {
  result: TestResult;
  hosts: Record<Side, { host: string; port: string } | null>;
  /** Called after a certificate was trusted: test again. */
  onTrusted: () => void;
}

/** Both ways, each with its own green line or reason. */
export function TestLines({ result, hosts, onTrusted }: TestLinesProps): ReactNode {
  const sides: Side[] = hosts.outgoing === null ? ['incoming'] : ['incoming', 'outgoing'];
  return (
    <div className={styles.tests} aria-live="polite">
      {sides.map((side) => (
        <Line key={side} side={side} line={result[side]} server={hosts[side]} onTrusted={onTrusted} />
      ))}
    </div>
  );
}

function Line(props: {
  side: Side;
  line: TestResult[Side];
  server: { host: string; port: string } | null;
  onTrusted: () => void;
}): ReactNode {
  const t = useText();
  const { side, line, server } = props;
  if (line.ok) {
    return (
      <p className={styles.fine}>
        <CircleCheck size={16} strokeWidth={1.75} aria-hidden="true" />
        {t.accounts.testFine[side]}
      </p>
    );
  }
  if (line.certificate) {
    return <CertificateCard certificate={line.certificate} code={line.code} onTrusted={props.onTrusted} />;
  }
  const said = sentence({ code: line.code, detail: { ...server, ...line.detail } });
  const reply = serverWords(line.detail);
  return (
    <div className={styles.wrong} role="alert">
      <CircleAlert size={16} strokeWidth={1.75} aria-hidden="true" />
      <div>
        <b>{said.title}</b>
        <p>{said.body}</p>
        {reply ? (
          <p className={styles.mono} lang="en" title={t.accounts.serverSaid}>
            {reply}
          </p>
        ) : null}
      </div>
    </div>
  );
}
