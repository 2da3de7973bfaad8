/**
 * The office half of the contract: everything an administrator can click or script, one handler an entry. It holds no
 * behaviour of its own: the rooms do the work and give the Faults.
 */
import type { HandlersOf } from '../../contract/door.ts';
import type { OfficeEntries } from '../../contract/office/office.ts';
import type { Office } from '../office.ts';
import { directoryHandlers } from './directory.ts';
import { upkeepHandlers } from './upkeep.ts';

export type OfficeHandlers = HandlersOf<OfficeEntries>;

export function officeHandlers(office: Office, authority: () => Promise<string | null>): OfficeHandlers {
  return { ...directoryHandlers(office), ...upkeepHandlers(office, authority) };
}
