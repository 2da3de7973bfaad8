import {
  Archive,
  Clock,
  FilePen,
  Flag,
  Folder,
  Inbox,
  Mail,
  Mails,
  Search,
  Send,
  ShieldAlert,
  SquareArrowOutUpRight,
  Trash2,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { Role } from '../../../main/contract/mail/folders.ts';

const ICONS = {
  inbox: Inbox,
  drafts: FilePen,
  sent: Send,
  archive: Archive,
  junk: ShieldAlert,
  trash: Trash2,
  outbox: SquareArrowOutUpRight,
  scheduled: Clock,
  all: Mails,
  flagged: Flag,
} as const;

export function TreeIcon({
  role,
  search,
  unread,
}: {
  role: Role | null;
  search?: boolean;
  unread?: boolean;
}): ReactNode {
  const Icon = search ? Search : unread ? Mail : role ? ICONS[role] : Folder;
  return <Icon size={16} strokeWidth={1.75} aria-hidden="true" />;
}
