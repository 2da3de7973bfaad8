/** How the rest of the window asks for a composer. The composer's own state lives in views/composer. */
import type { Input } from '../../main/contract/contract.ts';

/** A new letter, a reply ...; a draft that exists already; the draft behind a row of Drafts; a letter of the outbox. */
export type ComposeRequest =
  | {
      open: 'create';
      input: Input<'drafts.create'> /** in the reading pane instead of a sheet */;
      inPane?: boolean;
    }
  | { open: 'template'; template: number }
  | { open: 'draft'; id: number }
  | { open: 'message'; message: number }
  | { open: 'outbox'; id: number };

type Opener = (request: ComposeRequest) => void;

let opener: Opener | null = null;
const waiting: ComposeRequest[] = [];

/** Opens a composer (or brings the one with this draft to the front). */
export function compose(request: ComposeRequest): void {
  if (opener) opener(request);
  else waiting.push(request);
}

/** The composer's host registers itself while it is mounted. */
export function onCompose(open: Opener): () => void {
  opener = open;
  for (const request of waiting.splice(0)) open(request);
  return () => {
    if (opener === open) opener = null;
  };
}
