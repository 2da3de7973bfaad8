import type { ReactNode } from 'react';
import type { HostingPorts } from '../../../main/contract/mail/hosting.ts';
import { useText } from '../../i18n/text.ts';
import styles from './hosting.module.css';

/** What other programs are told by hand. */
export function PortsTable({ ports }: { ports: HostingPorts }): ReactNode {
  const words = useText().hosting.ports;
  const rows: [string, string, string][] = [
    [words.imap, String(ports.imaps), String(ports.imap)],
    [words.pop3, String(ports.pop3s), String(ports.pop3)],
    [words.submission, String(ports.submissions), String(ports.submission)],
  ];
  const others: [string, string][] = [
    [words.smtp, words.optional(String(ports.smtp))],
    [words.web, words.plain(String(ports.web))],
  ];
  return (
    <table className={styles.ports} aria-label={words.title}>
      <thead>
        <tr>
          <th scope="col">{words.service}</th>
          <th scope="col">{words.secure}</th>
          <th scope="col">{words.starttls}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, secure, starttls]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{secure}</td>
            <td>{starttls}</td>
          </tr>
        ))}
        {others.map(([name, port]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td colSpan={2}>{port}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
