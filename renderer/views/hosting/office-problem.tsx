import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { sentence, serverWords } from '../../i18n/sentence.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';

interface Failed {
  code: string;
  detail?: Readonly<Record<string, unknown>> | undefined;
}

/** A reason with its way out. */
export function Failure(props: {
  fault: Failed;
  again: () => void;
  freePorts?: (() => void) | undefined;
}): ReactNode {
  const t = useText();
  const { fault, again, freePorts } = props;
  const { title, body } = sentence(fault);
  const reply = serverWords(fault.detail);
  return (
    <Banner
      tone="danger"
      alert
      label={t.hosting.state}
      icon={<CircleAlert size={16} strokeWidth={1.75} aria-hidden="true" />}
      title={title}
      actions={
        <>
          {freePorts ? <Button onPress={freePorts}>{t.hosting.freePorts}</Button> : null}
          <Button variant="quiet" onPress={again}>
            {t.hosting.again}
          </Button>
        </>
      }
    >
      {body}
      {reply ? ` ${reply}` : null}
    </Banner>
  );
}

/** Why the office does not run; nothing when it does. */
export function OfficeProblem({ onAgain }: { onAgain?: () => void }): ReactNode {
  const problem = useSession((state) => (state.hosting?.state === 'failed' ? state.hosting.problem : null));
  if (!problem) return null;
  const aboutPort = problem.detail?.['port'] !== undefined;
  // The same code says that a folder may not be written; with a port it is about the port.
  const code = problem.code === 'no-access' && aboutPort ? 'port-refused' : problem.code;
  const again = (ports: 'same' | 'free') => {
    engine()
      .request('hosting.again', { ports })
      .then((hosting) => {
        useSession.setState({ hosting });
        onAgain?.();
      }, sayFailure);
  };
  return (
    <Failure
      fault={{ code, detail: problem.detail }}
      again={() => again('same')}
      freePorts={aboutPort ? () => again('free') : undefined}
    />
  );
}
