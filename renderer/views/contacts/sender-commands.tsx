import { BookUser, UserPlus } from 'lucide-react';
import type { ReactNode } from 'react';
import { text, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { useCommands } from '../../state/commands.ts';
import { engine } from '../../state/engine.ts';
import { showToast } from '../../state/toasts.ts';
import { showContact } from './contacts-state.ts';
import { useKnown } from './known-people.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** One command for the sender of the letter that is read: into the address book, or to where they stand in it. */
export function SenderCommands({ name, address }: { name: string; address: string }): ReactNode {
  const t = useText();
  const words = t.contacts.commands;
  const found = useKnown(address);
  useCommands([
    {
      id: 'contact.sender',
      label: found ? words.openSender : words.addSender,
      group: 'message',
      icon: found ? <BookUser {...icon} /> : <UserPlus {...icon} />,
      reason: address === '' ? t.common.noSender : undefined,
      run: () => (found ? showContact(found.contact) : void addSender(name, address)),
    },
  ]);
  return null;
}

async function addSender(name: string, address: string): Promise<void> {
  try {
    const { id } = await engine().request('contacts.save', {
      id: null,
      content: { name: name === address ? '' : name, emails: [{ value: address, type: 'work' }] },
    });
    const { contacts } = text();
    showToast({
      text: contacts.done.added(name || address),
      icon: 'check',
      actions: [{ label: contacts.edit, run: () => showContact(id) }],
    });
  } catch (thrown) {
    sayFailure(thrown);
  }
}
