/** What would come in: one sentence, the folders with their numbers, and what cannot be read with its reason. */
import type { ReactNode } from 'react';
import type { BringReport } from '../../../main/contract/mail/moving.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import styles from './moving.module.css';

/** Folders and reasons shown; the report has them all. */
const SHOWN = 40;

export function ImportPreview({ report }: { report: BringReport }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.moving;
  const { calendar, tasks, notes } = report.others;
  const facts = [
    words.wouldCome(report.letters),
    words.areHere(report.doubles),
    words.thrownAway(report.thrownAway),
    words.people(report.people),
    words.rules(report.rules),
    words.signatures(report.signatures),
    words.others(calendar + tasks + notes),
  ].filter(Boolean);
  return (
    <section className={styles.preview} aria-label={words.table}>
      <p role="status">{facts.join(' ')}</p>
      {report.folders.length > 0 ? (
        <table>
          <thead>
            <tr>
              <th scope="col">{words.columns.folder}</th>
              <th scope="col">{words.columns.letters}</th>
              <th scope="col">{words.columns.doubles}</th>
              <th scope="col">{words.columns.size}</th>
            </tr>
          </thead>
          <tbody>
            {report.folders.slice(0, SHOWN).map((folder) => (
              <tr key={folder.path}>
                <th scope="row" title={folder.path}>
                  {folder.path.split('/').join(' › ')}
                </th>
                <td>{formats.number(folder.letters)}</td>
                <td>{folder.doubles > 0 ? formats.number(folder.doubles) : ''}</td>
                <td>{formats.size(folder.bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {report.folders.length > SHOWN ? <p>{words.moreFolders(report.folders.length - SHOWN)}</p> : null}
      <Unreadable items={report.unreadable} />
    </section>
  );
}

export function Unreadable({ items }: { items: BringReport['unreadable'] }): ReactNode {
  const t = useText();
  const words = t.moving;
  if (items.length === 0) return null;
  return (
    <>
      <p>{words.unreadable(items.length)}</p>
      <ul className={styles.reasons}>
        {items.slice(0, SHOWN).map((each) => (
          <li key={`${each.path} ${each.reason}`}>
            <span>{each.path}</span> {words.reasons[each.reason] ?? words.otherReason(each.reason)}
          </li>
        ))}
      </ul>
    </>
  );
}
