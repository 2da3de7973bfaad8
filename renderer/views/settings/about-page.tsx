import { type ReactNode, useState } from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import styles from './settings.module.css';

/** What this is, with whom it talks, and a check of everything that is stored. */
export function AboutPage(): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.settings.about;
  const hello = useSession((state) => state.hello);
  const [checking, setChecking] = useState(false);
  const [result, setResult] = useState<Output<'check.run'> | null>(null);
  const check = async () => {
    setChecking(true);
    setResult(null);
    try {
      setResult(await engine().request('check.run', {}));
    } catch (thrown) {
      sayFailure(thrown);
    } finally {
      setChecking(false);
    }
  };
  return (
    <>
      <dl className={styles.facts}>
        <div>
          <dt>{words.version}</dt>
          <dd>
            {t.common.product} {hello?.version}
          </dd>
        </div>
        <div>
          <dt>{words.host}</dt>
          <dd>{hello ? words.hosts[hello.host] : ''}</dd>
        </div>
        <div>
          <dt>{words.profile}</dt>
          <dd>{hello?.profileName}</dd>
        </div>
      </dl>
      <p className={styles.intro}>{words.privacy}</p>
      <p className={styles.intro}>{words.updates}</p>
      <div className={styles.check}>
        <Button isDisabled={checking} onPress={() => void check()}>
          {words.check}
        </Button>
        <p>{words.checkAbout}</p>
      </div>
      <div role="status">
        {checking ? words.checking : null}
        {result?.ok ? words.fine(formats.number(result.messages), formats.number(result.blobs)) : null}
        {result && !result.ok ? words.problems(formats.number(result.problems.length)) : null}
      </div>
      {result && !result.ok ? (
        <ul className={styles.problems}>
          {result.problems.slice(0, 100).map((problem) => (
            <li key={`${problem.code} ${problem.message}`}>{problem.message}</li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
