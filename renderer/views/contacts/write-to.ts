import { compose } from '../../state/compose.ts';
import { writeRecipient } from '../composer/recipients.ts';

/** A new letter to these people. */
export function writeTo(people: readonly { name: string; address: string }[]): void {
  const to = people.map(writeRecipient).join(', ');
  compose({ open: 'create', input: { kind: 'new', mailto: `mailto:?to=${encodeURIComponent(to)}` } });
}
