/** Who of the senders in sight stands in the address book, and their photographs; asked once an address. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { engine } from '../../state/engine.ts';

export interface Known {
  contact: number;
  name: string;
  photo: boolean;
}

/** undefined: being asked; null: in no book. */
const known = new Map<string, Known | null | undefined>();
const photos = new Map<number, Promise<string | null>>();
const listeners = new Set<() => void>();
let version = 0;
let listening = false;
/** Addresses remembered; an address book is not a reason to grow for ever. */
const KEPT = 500;

function tell(): void {
  version++;
  for (const listener of listeners) listener();
}

function listen(): void {
  if (listening) return;
  listening = true;
  engine().on('contacts.changed', () => {
    known.clear();
    for (const photo of photos.values()) void photo.then((url) => url && URL.revokeObjectURL(url));
    photos.clear();
    tell();
  });
}

function subscribe(listener: () => void): () => void {
  listen();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Who has this address; null: nobody; undefined: not known yet. */
export function useKnown(address: string): Known | null | undefined {
  const key = address.trim().toLowerCase();
  const stamp = useSyncExternalStore(subscribe, () => version);
  useEffect(() => {
    if (stamp < 0 || key === '' || known.has(key)) return;
    if (known.size > KEPT) known.clear();
    known.set(key, undefined);
    engine()
      .request('contacts.find', { addresses: [key] })
      .then(
        ([found]) => {
          known.set(key, found ?? null);
          tell();
        },
        // A portrait is a help: initials stand there without it.
        () => known.delete(key),
      );
  }, [key, stamp]);
  return known.get(key);
}

/** The photograph of a contact as something an <img> shows; null: none, or not here yet. */
export function usePhoto(contact: number | null, there: boolean): string | null {
  const stamp = useSyncExternalStore(subscribe, () => version);
  const [shown, setShown] = useState<{ contact: number; url: string } | null>(null);
  useEffect(() => {
    if (stamp < 0 || contact === null || !there) {
      setShown(null);
      return;
    }
    let left = false;
    const asked = photos.get(contact) ?? loadPhoto(contact);
    photos.set(contact, asked);
    void asked.then((url) => {
      if (!left) setShown(url === null ? null : { contact, url });
    });
    return () => {
      left = true;
    };
  }, [contact, there, stamp]);
  return shown?.contact === contact ? shown.url : null;
}

async function loadPhoto(contact: number): Promise<string | null> {
  try {
    const photo = await engine().request('contacts.photo', { id: contact });
    return photo && URL.createObjectURL(new Blob([photo.bytes.slice()], { type: photo.type }));
  } catch {
    // Initials stand there without it.
    return null;
  }
}
