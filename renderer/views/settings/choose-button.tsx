/** Asks the system's own dialog for a path, where the program runs on a desktop; in a browser there is no such button. */
import type { ReactNode } from 'react';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';

export function ChooseButton(props: {
  what: 'folder' | 'new-copy' | 'copy';
  onChosen: (path: string) => void;
  children: ReactNode;
}): ReactNode {
  const desktop = useSession((state) => state.hello?.host === 'electron');
  if (!desktop) return null;
  const choose = () => {
    engine()
      .request('moving.choose', { what: props.what })
      .then(({ path }) => {
        if (path !== null) props.onChosen(path);
      }, sayFailure);
  };
  return (
    <Button variant="quiet" onPress={choose}>
      {props.children}
    </Button>
  );
}
