/** What the guard is told by the administrator; read at each use, so a change counts at once. */
import {
  CONNECTIONS_PER_MINUTE,
  MESSAGES_PER_HOUR,
  MESSAGES_PER_MINUTE,
  RECIPIENTS_PER_HOUR,
  SESSIONS_PER_PEER,
  SESSIONS_PER_PERSON,
  SESSIONS_PER_SERVICE,
  SESSIONS_PER_TRUSTED_PEER,
} from '../../base/limits.ts';

export interface GuardPolicy {
  /** Networks in CIDR notation. */
  readonly trustedNetworks: readonly string[];
  readonly oldDevices: readonly string[];
  readonly clearTextLoginFrom: readonly string[];
  readonly sessionsPerService: number;
  readonly sessionsPerPeer: number;
  readonly sessionsPerTrustedPeer: number;
  readonly sessionsPerPerson: number;
  readonly connectionsPerMinute: number;
  readonly messagesPerMinute: number;
  readonly messagesPerHour: number;
  readonly recipientsPerHour: number;
  /** Strangers are asked to come again (rule S55). */
  readonly greylist: boolean;
}

/** Loopback alone is trusted: behind a router the Internet may look like the local network (rule S51). */
export const DEFAULT_GUARD_POLICY: GuardPolicy = {
  trustedNetworks: ['127.0.0.0/8', '::1'],
  oldDevices: [],
  clearTextLoginFrom: [],
  sessionsPerService: SESSIONS_PER_SERVICE,
  sessionsPerPeer: SESSIONS_PER_PEER,
  sessionsPerTrustedPeer: SESSIONS_PER_TRUSTED_PEER,
  sessionsPerPerson: SESSIONS_PER_PERSON,
  connectionsPerMinute: CONNECTIONS_PER_MINUTE,
  messagesPerMinute: MESSAGES_PER_MINUTE,
  messagesPerHour: MESSAGES_PER_HOUR,
  recipientsPerHour: RECIPIENTS_PER_HOUR,
  greylist: false,
};
