/** What the command line can say, whatever the language. */

export type Advice =
  | 'unreachable'
  | 'refused'
  | 'encryption'
  | 'certificate'
  | 'mailbox-in-use'
  | 'login-too-soon'
  | 'store-in-use';

/** Which advice a fault's code gets; none where its sentence says it all. */
export const ADVICE: Readonly<Record<string, Advice>> = {
  'name-not-found': 'unreachable',
  'no-route': 'unreachable',
  'connection-refused': 'unreachable',
  'timed-out': 'unreachable',
  'connection-lost': 'unreachable',
  'server-error': 'unreachable',
  'too-many-connections': 'unreachable',
  'wrong-password': 'refused',
  'login-disabled': 'refused',
  'wrong-port': 'encryption',
  'tls-failed': 'encryption',
  'no-tls-offered': 'encryption',
  'certificate-unknown': 'certificate',
  'certificate-changed': 'certificate',
  'certificate-name': 'certificate',
  'certificate-antivirus': 'certificate',
  'mailbox-in-use': 'mailbox-in-use',
  'login-too-soon': 'login-too-soon',
  'store-in-use': 'store-in-use',
};

export interface Words {
  try: string;
  missingCommand: string;
  noCommand(name: string): string;
  unknownOption(name: string): string;
  badOption(name: string): string;
  missingOption(name: string): string;
  numberOption(name: string): string;
  missingId: string;
  notId(word: string): string;
  missingRule: string;
  notRule(word: string): string;
  noRules: string;
  noRulesOf(ids: string): string;
  noRun: string;
  ruleProblem(rule: string, what: string, detail: string): string;
  oneLetter: string;
  attachmentNumber: string;
  notFlag(word: string): string;
  missingQuery: string;
  missingPaths: string;
  missingFile: string;
  missingAccount: string;
  oneOf(option: string, values: string): string;
  extraWord(word: string): string;
  profileName: string;
  noProfile(name: string): string;
  noFolder(name: string): string;
  noSetting(name: string): string;
  badSetting(name: string, value: string, values: string): string;
  nothingNamed(name: string): string;
  noLetters(ids: string): string;
  noAccount(name: string): string;
  notMarked(count: number): string;
  emptyPassword: string;
  nothingImported(path: string, reason: string): string;
  someLeftOut(count: number): string;
  unsentLeftOut(count: number): string;
  checkFound(count: number): string;
  notSent: string;
  missingPerson: string;
  notPerson(word: string): string;
  noBook(name: string): string;
  nothingHeard(id: number): string;
  noColumn(name: string, columns: string): string;
  unreadable(code: string): string;
  reasons: Readonly<Record<string, string>>;
  faults: Readonly<Record<string, string>>;
  /** What a failure means for the letters, and what to do. */
  advice: Readonly<Record<Advice, string>>;
  serverSaid(reply: string): string;
  /** A code that has no sentence of its own. */
  failed(code: string): string;
}
