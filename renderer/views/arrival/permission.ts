/** Whether this browser shows notifications; asked for by a person's click and never otherwise. */
import { create } from 'zustand';

export type Permission = NotificationPermission | 'missing';

const now = (): Permission => (typeof Notification === 'undefined' ? 'missing' : Notification.permission);

export const usePermission = create<{ permission: Permission }>(() => ({ permission: now() }));

/** Call from a click. */
export async function askPermission(): Promise<void> {
  if (typeof Notification === 'undefined') return;
  await Notification.requestPermission();
  usePermission.setState({ permission: now() });
}
