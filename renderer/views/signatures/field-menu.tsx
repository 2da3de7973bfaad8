/** Puts a field at the cursor of a signature, a template or a snippet. */
import { Braces } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { Button } from '../../ui/button.tsx';
import { MenuButton } from '../../ui/menu.tsx';

export const SIGNATURE_FIELDS = [
  'name',
  'address',
  'organisation',
  'date',
  'time',
  'recipient',
  'first-name',
] as const;
export const TEMPLATE_FIELDS = [...SIGNATURE_FIELDS, 'subject', 'cursor', 'quote'] as const;
type Field = (typeof TEMPLATE_FIELDS)[number];

export interface FieldMenuProps {
  fields: readonly Field[];
  onInsert: (token: string) => void;
}

export function FieldMenu({ fields, onInsert }: FieldMenuProps): ReactNode {
  const t = useText();
  const words = t.signatures;
  return (
    <MenuButton
      label={words.field}
      placement="bottom end"
      entries={fields.map((field) => ({
        id: field,
        label: words.fields[field],
        keys: `{{${words.tokens[field]}}}`,
        run: () => onInsert(`{{${words.tokens[field]}}}`),
      }))}
    >
      <Button variant="quiet" size="small" icon={<Braces size={16} strokeWidth={1.75} aria-hidden="true" />}>
        {words.field}
      </Button>
    </MenuButton>
  );
}
