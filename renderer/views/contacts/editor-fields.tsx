/** Parts of the form of a contact that have more than one value, and the photograph. */
import { ImagePlus, Plus, X } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { ContactContent, ContactValue, PostalAddress } from '../../../main/contract/mail/contacts.ts';
import { useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Portrait } from '../../ui/chip.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import { ownHouses } from '../composer/recipients.ts';
import { RecipientsField } from '../composer/recipients-field.tsx';
import styles from './contacts.module.css';
import { usePhoto } from './known-people.ts';
import person from './person.module.css';
import { shownName } from './person-pane.tsx';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export type Photo = { type: string; bytes: Uint8Array<ArrayBuffer> };

/** Addresses or telephones, each with its kind; the kind decides how a line came is written again. */
export function Values(props: {
  kind: 'emails' | 'phones';
  content: ContactContent;
  onChange: (change: Partial<ContactContent>) => void;
}): ReactNode {
  const t = useText();
  const words = t.contacts;
  const { kind, content } = props;
  const values = content[kind];
  const label = kind === 'emails' ? words.fields.email : words.fields.phone;
  const types = (
    kind === 'emails'
      ? (['work', 'home', 'other'] as const)
      : (['work', 'home', 'mobile', 'fax', 'pager', 'other'] as const)
  ).map((id) => ({ id, label: words.types[id] }));
  const change = (at: number, value: Partial<ContactValue>) =>
    props.onChange({ [kind]: values.map((each, place) => (place === at ? { ...each, ...value } : each)) });
  return (
    <fieldset className={person.values}>
      <legend>{kind === 'emails' ? words.fields.emails : words.fields.phones}</legend>
      {values.map((each, at) => (
        // A line has no identity but its place.
        <div key={`${kind} ${String(at)}`} className={person.value}>
          <TextField
            hideLabel
            label={values.length > 1 ? `${label} ${at + 1}` : label}
            type={kind === 'emails' ? 'email' : 'text'}
            value={each.value}
            onChange={(value) => change(at, { value })}
          />
          <Select
            hideLabel
            label={`${words.fields.kind}: ${each.value || label}`}
            options={types}
            value={
              types.some(({ id }) => id === each.type) ? (each.type as (typeof types)[number]['id']) : 'other'
            }
            onChange={(type) => change(at, { type })}
          />
          <IconButton
            label={words.removeValue(each.value || label)}
            icon={<X {...icon} />}
            onPress={() => props.onChange({ [kind]: values.filter((_, place) => place !== at) })}
          />
        </div>
      ))}
      <div>
        <Button
          variant="quiet"
          size="small"
          icon={<Plus {...icon} />}
          onPress={() => props.onChange({ [kind]: [...values, { value: '', type: 'other' }] })}
        >
          {kind === 'emails' ? words.addEmail : words.addPhone}
        </Button>
      </div>
    </fieldset>
  );
}

export function Addresses(props: {
  content: ContactContent;
  onChange: (all: PostalAddress[]) => void;
}): ReactNode {
  const t = useText();
  const words = t.contacts;
  const all = props.content.addresses;
  const change = (at: number, part: Partial<PostalAddress>) =>
    props.onChange(all.map((each, place) => (place === at ? { ...each, ...part } : each)));
  return (
    <fieldset className={person.values}>
      <legend>{words.fields.addresses}</legend>
      {all.map((each, at) => (
        <div key={`address ${String(at)}`} className={person.two}>
          {(['street', 'city', 'region', 'code', 'country'] as const).map((part) => (
            <TextField
              key={part}
              label={words.fields[part]}
              value={each[part]}
              onChange={(value) => change(at, { [part]: value })}
            />
          ))}
        </div>
      ))}
      <div>
        <Button
          variant="quiet"
          size="small"
          icon={<Plus {...icon} />}
          onPress={() =>
            props.onChange([
              ...all,
              { type: 'work', street: '', city: '', region: '', code: '', country: '' },
            ])
          }
        >
          {words.addAddress}
        </Button>
      </div>
    </fieldset>
  );
}

/** People of a group are typed as recipients are: they complete. */
export function Members(props: {
  content: ContactContent;
  onChange: (members: ContactContent['members']) => void;
}): ReactNode {
  const t = useText();
  const accounts = useSession((state) => state.accounts);
  const addresses = useMemo(() => accounts.map((each) => each.address), [accounts]);
  const houses = useMemo(() => ownHouses(addresses), [addresses]);
  const domains = useMemo(
    () => new Set(addresses.map((each) => each.slice(each.lastIndexOf('@') + 1).toLowerCase())),
    [addresses],
  );
  return (
    <div className={person.recipients}>
      <RecipientsField
        line="to"
        label={t.contacts.fields.members}
        recipients={props.content.members}
        onChange={(members) => props.onChange(members)}
        onMoved={() => {}}
        houses={houses}
        ownDomains={domains}
      />
    </div>
  );
}

export function PhotoField(props: {
  id: number | null;
  there: boolean;
  content: ContactContent;
  photo: Photo | null | undefined;
  onChange: (photo: Photo | null) => void;
}): ReactNode {
  const t = useText();
  const words = t.contacts;
  const input = useRef<HTMLInputElement>(null);
  const former = usePhoto(props.id, props.there && props.photo === undefined);
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!props.photo) {
      setUrl(null);
      return;
    }
    const made = URL.createObjectURL(new Blob([props.photo.bytes], { type: props.photo.type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [props.photo]);
  const shown = url ?? former;
  const { content } = props;
  return (
    <div className={person.photoField}>
      {shown ? (
        <img
          className={styles.photo}
          src={shown}
          alt={words.fields.photo}
          style={{ width: '4rem', height: '4rem' }}
        />
      ) : (
        <Portrait name={shownName(content)} address={content.emails[0]?.value ?? ''} size={64} />
      )}
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/gif,image/webp,image/bmp"
        hidden
        onChange={async (event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) props.onChange({ type: file.type, bytes: new Uint8Array(await file.arrayBuffer()) });
        }}
      />
      <Button size="small" icon={<ImagePlus {...icon} />} onPress={() => input.current?.click()}>
        {words.choosePhoto}
      </Button>
      {shown ? (
        <Button size="small" variant="quiet" onPress={() => props.onChange(null)}>
          {words.removePhoto}
        </Button>
      ) : null}
    </div>
  );
}
