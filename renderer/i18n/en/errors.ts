import { contactErrors } from './contacts.ts';
import { lookErrors } from './look-errors.ts';
import { movingErrors } from './moving.ts';
import { ruleErrors } from './rules.ts';
import { sendingErrors } from './sending.ts';
import { signatureErrors } from './signatures.ts';

/**
 * A sentence for every code that can cross the door: what happened, what it means for the letters, what to do.
 * A new code of the contract gets its line here and in ru/; a test compares both with the contract.
 */
export interface ErrorFacts {
  /** Never empty: "the mail server" when the failure named none. */
  host: string;
  port: string;
  address: string;
  /** A file or folder, or ''. */
  name: string;
  /** A size as a person reads it, or ''. */
  limit: string;
  /** The program that stands in the TLS path. */
  program: string;
}

export interface ErrorWords {
  title: string;
  body: string;
}

type Sentences = Record<string, (facts: ErrorFacts) => ErrorWords>;

const gone = (what: string): ErrorWords => ({
  title: `${what} is no longer here.`,
  body: 'It was changed or removed elsewhere. Nothing else is touched.',
});

const codes: Sentences = {
  ...contactErrors,
  ...lookErrors,
  ...movingErrors,
  ...ruleErrors,
  ...sendingErrors,
  ...signatureErrors,
  internal: () => ({
    title: 'Something inside Postroom failed.',
    body: 'Your letters are not touched. Try again; if it comes back, the status bar keeps the note.',
  }),
  cancelled: () => ({ title: 'Stopped.', body: 'What was done up to then stays.' }),
  'bad-input': () => ({
    title: 'Postroom could not read what was asked.',
    body: 'Nothing was changed. Restart Postroom if this comes back.',
  }),
  'no-such-call': () => ({
    title: 'This window and the mail engine are of different versions.',
    body: 'Nothing was changed. Restart Postroom.',
  }),
  'engine-stopped': () => ({
    title: 'The mail engine stopped before it answered.',
    body: 'It is being started again and nothing saved is lost. Try again in a moment.',
  }),
  'disk-full': () => ({
    title: 'The disk is full.',
    body: 'The draft is kept in memory; new letters wait on the server. Free 200 MB.',
  }),
  'disk-failed': () => ({
    title: 'The disk does not write.',
    body: 'Letters that are here stay readable. Check the disk before you go on.',
  }),
  'no-access': ({ name }) => ({
    title: name ? `Postroom may not open ${name}.` : 'Postroom may not open this file or folder.',
    body: 'Nothing was changed. Choose another place or change its permissions.',
  }),
  'wrong-password': ({ host }) => ({
    title: `${host} does not accept the password.`,
    body: 'Your letters here are safe. Type the new password.',
  }),
  'no-route': ({ host }) => ({
    title: `There is no way to ${host} from this network.`,
    body: 'You can read, search and write; letters go when the network is back. Check the cable, Wi-Fi or VPN.',
  }),
  'name-not-found': ({ host }) => ({
    title: `There is no server called ${host}.`,
    body: 'Nothing was sent to it. Check the name for a typing mistake, or the network.',
  }),
  'connection-refused': ({ host, port }) => ({
    title: port
      ? `${host} does not take mail connections on port ${port}.`
      : `${host} does not take mail connections.`,
    body: 'Your letters here are safe. Check the port, or ask whether the server is running.',
  }),
  'timed-out': ({ host }) => ({
    title: `${host} did not answer in time.`,
    body: 'Nothing is lost; Postroom tries again by itself. If it stays so, check the port and the network.',
  }),
  'wrong-port': ({ host, port }) => ({
    title: port
      ? `Port ${port} of ${host} speaks something else.`
      : `This port of ${host} speaks something else.`,
    body: 'The password was not sent. Try the usual ports: 993 or 143 for incoming, 465 or 587 for outgoing mail.',
  }),
  'tls-failed': ({ host }) => ({
    title: `A protected connection to ${host} could not be made.`,
    body: 'Letters and password were not sent. Try another kind of security, or ask who runs the server.',
  }),
  'certificate-unknown': ({ host }) => ({
    title: `Nobody known vouches for the certificate of ${host}.`,
    body: 'Letters and password were not sent. Compare the fingerprint with the one its owner gave you, then trust this one.',
  }),
  'certificate-changed': ({ host }) => ({
    title: `${host} shows another certificate than the one you trusted.`,
    body: 'Letters and password were not sent. Ask who runs the server before you trust the new one.',
  }),
  'certificate-antivirus': ({ host, program }) => ({
    title: `Postroom did not connect to ${host}: its certificate was replaced by “${program}” on this computer.`,
    body: 'Letters and password were not sent. Switch off the mail scanner in that program, or trust its certificate.',
  }),
  'no-tls-offered': ({ host }) => ({
    title: `${host} offers no protected connection on this port.`,
    body: 'The password was not sent. Choose another port or another kind of security.',
  }),
  'login-disabled': ({ host }) => ({
    title: `${host} does not let anybody sign in this way.`,
    body: 'Your letters here are safe. Switch mail programs on in the provider’s settings, or choose another way to sign in.',
  }),
  'too-many-connections': ({ host }) => ({
    title: `${host} has too many connections from you.`,
    body: 'Nothing is lost; Postroom waits and tries again. Close mail programs that you do not use.',
  }),
  'mailbox-in-use': ({ host }) => ({
    title: `Another program is using your mailbox at ${host}.`,
    body: 'Nothing is lost; Postroom tries again in a minute. Close the other program if you do not need it.',
  }),
  'login-too-soon': ({ host }) => ({
    title: `${host} asks to wait before the next check.`,
    body: 'Nothing is lost; Postroom waits as long as the server wants and tries again.',
  }),
  'not-pop3': () => ({
    title: 'This account does not collect by POP3.',
    body: 'Nothing was changed.',
  }),
  'server-error': ({ host }) => ({
    title: `${host} could not do what was asked.`,
    body: 'Your letters here are safe; Postroom tries again by itself.',
  }),
  offline: () => ({
    title: 'You are working offline.',
    body: 'You can read, search and write. Letters go when you connect again.',
  }),
  'bad-address': ({ address }) => ({
    title: address ? `${address} is not a whole address.` : 'This is not a whole address.',
    body: 'Nothing was asked for yet. It looks like name@office.org.',
  }),
  'account-exists': ({ address }) => ({
    title: address ? `${address} is connected already.` : 'This address is connected already.',
    body: 'Nothing was changed. Its settings are under Accounts.',
  }),
  'no-such-account': () => gone('This account'),
  'no-such-folder': () => gone('This folder'),
  'no-such-message': () => gone('This letter'),
  'no-such-attachment': () => gone('This file'),
  'no-such-draft': () => gone('This draft'),
  'no-such-letter': () => gone('This letter of the outbox'),
  'no-such-job': () => gone('This task'),
  'no-such-tag': () => gone('This tag'),
  'no-such-search': () => gone('This saved search'),
  'bad-query': () => ({
    title: 'This search cannot be read.',
    body: 'No letter was touched. Check quotes and dates, or take a word away.',
  }),
  'body-missing': () => ({
    title: 'Only the head of this letter is on this computer.',
    body: 'Its text is still on the server. Connect, then open it again.',
  }),
  'letter-damaged': () => ({
    title: 'This letter cannot be read, its file is damaged.',
    body: 'The others are fine. Bring it back from a backup or from the server.',
  }),
  'blob-damaged': () => ({
    title: 'This letter cannot be read, its file is damaged.',
    body: 'The others are fine. Bring it back from a backup or from the server.',
  }),
  'blob-missing': () => ({
    title: 'The text of this letter is not on this computer.',
    body: 'The others are fine. Connect to fetch it again, or bring it back from a backup.',
  }),
  'undo-too-late': () => ({
    title: 'This can no longer be taken back.',
    body: 'The letters stand as they are now. Look for them in Trash.',
  }),
  'nothing-to-undo': () => ({
    title: 'There is nothing to take back.',
    body: 'It was taken back already, or changed since. Everything stands as it is now.',
  }),
  'too-many': () => ({
    title: 'That is too much for one step.',
    body: 'Nothing was changed. Choose fewer letters.',
  }),
  'too-large': ({ limit }) => ({
    title: limit
      ? `This is larger than ${limit}, which is all a letter may have.`
      : 'This is larger than a letter may be.',
    body: 'The letter is kept as it was. Make the file smaller or send it another way.',
  }),
  'over-quota': ({ host }) => ({
    title: `Your mailbox on ${host} is full.`,
    body: 'The letter is kept here. Delete or move old letters on the server, then try again.',
  }),
  'no-such-profile': () => gone('This profile'),
  'profile-exists': ({ name }) => ({
    title: name ? `There is a profile “${name}” already.` : 'There is a profile with this name already.',
    body: 'Nothing was changed. Choose another name.',
  }),
  'profile-open': () => ({
    title: 'This profile is open in another window.',
    body: 'Nothing was changed. Close that window first.',
  }),
  'too-many-profiles': () => ({
    title: 'There are too many profiles on this computer.',
    body: 'Nothing was changed. Remove one that nobody uses.',
  }),
  'retention-waits': ({ name }) => ({
    title: `“${name}” holds letters older than you keep them there.`,
    body: 'Nothing goes before you have looked: Settings, Keep tidy.',
  }),
  'folder-exists': ({ name }) => ({
    title: name ? `There is a folder “${name}” already.` : 'There is a folder with this name already.',
    body: 'Nothing was changed. Choose another name.',
  }),
  'bad-folder-name': () => ({
    title: 'The server does not take this folder name.',
    body: 'Nothing was changed. Leave out / \\ * % and the like.',
  }),
  'not-allowed': () => ({
    title: 'The server does not allow this here.',
    body: 'Nothing was changed. Ask who runs the server for the right, or choose another folder.',
  }),
  'no-role-folder': () => ({
    title: 'This account has no folder for that.',
    body: 'The letters stay where they are. Make the folder first, or move them by hand.',
  }),
  'no-recipients': () => ({
    title: 'There is nobody to send this letter to.',
    body: 'It is kept as a draft. Add an address.',
  }),
  'bad-recipient': ({ address }) => ({
    title: address ? `${address} cannot be written to.` : 'One address cannot be written to.',
    body: 'The letter is kept as a draft. Correct the address.',
  }),
  'no-account': () => ({
    title: 'No account can send this letter.',
    body: 'It is kept as a draft. Connect your mail, or choose another sender.',
  }),
  'already-sent': () => ({
    title: 'This letter is already on its way.',
    body: 'It can no longer be changed or called back.',
  }),
  'letter-refused': ({ host }) => ({
    title: `${host} did not take the letter.`,
    body: 'Nobody has it. It is kept here, whole; the server’s words say why.',
  }),
  'letter-deferred': ({ host }) => ({
    title: `${host} asked to wait with this letter.`,
    body: 'Postroom tries again by itself. Nothing has to be done.',
  }),
  'recipient-refused': ({ address }) => ({
    title: address ? `${address} was refused by the server.` : 'An address was refused by the server.',
    body: 'The letter is kept here. Correct the address or try again.',
  }),
  'sender-refused': ({ host }) => ({
    title: `${host} does not let you send under this address.`,
    body: 'The letter is kept here. Choose another sender or ask who runs the server.',
  }),
  'outcome-unknown': () => ({
    title: 'The connection broke at the last moment.',
    body: 'The letter may have gone; it will not be sent again by itself.',
  }),
  'mass-deletion': ({ name }) => ({
    title: name
      ? `The server says that most letters of “${name}” are gone.`
      : 'The server says that most letters of a folder are gone.',
    body: 'They are still here. Postroom removes them only when you say so.',
  }),
  'uid-validity-changed': () => ({
    title: 'The server numbered this folder anew.',
    body: 'Postroom matches the letters again; nothing is lost. Try again in a moment.',
  }),
  'port-in-use': ({ port }) => ({
    title: port ? `Port ${port} is used by another program.` : 'A port is used by another program.',
    body: 'Mail that is here is safe. End the other program and try again, or take free ports.',
  }),
  'port-refused': ({ port }) => ({
    title: port
      ? `This computer does not let Postroom open port ${port}.`
      : 'This computer does not let Postroom open a port.',
    body: 'Mail that is here is safe. Ports below 1024 need more rights; take free ports instead.',
  }),
  'office-lost': () => ({
    title: 'The office server stopped several times and is not started again by itself.',
    body: 'Mail that is here is safe. Start it again in Settings, Office server; its log lies in its folder.',
  }),
  'office-restarted': () => ({
    title: 'The office server stopped and was started again.',
    body: 'Nothing was lost.',
  }),
  'office-exists': ({ name }) => ({
    title: name ? `This computer hosts “${name}” already.` : 'This computer hosts an office already.',
    body: 'Nothing was changed. Settings, Office server shows it.',
  }),
  'no-hosting': () => ({
    title: 'An office can be run by the desktop program only.',
    body: 'Nothing was changed.',
  }),
  'hosting-damaged': ({ name }) => ({
    title: `The file ${name || 'hosting.json'} of the office is damaged.`,
    body: 'Mail and people are kept apart and are safe. Set the office up again with the same names.',
  }),
  'authority-damaged': () => ({
    title: 'The certificate authority of the office is damaged.',
    body: 'Mail is safe. Bring the folder “tls” of the office back from a copy, so that nobody has to be taught a new one.',
  }),
  'store-too-new': () => ({
    title: 'This office was made by a newer Postroom.',
    body: 'Nothing was changed. Install the newer version to open it.',
  }),
  'no-free-ports': () => ({
    title: 'There are no free ports left on this computer.',
    body: 'Mail that is here is safe. End a program that uses many of them and try again.',
  }),
  'store-in-use': () => ({
    title: 'This profile is open in another Postroom.',
    body: 'Nothing was changed. Close the other one, or use it.',
  }),
  'store-newer': () => ({
    title: 'This profile was written by a newer Postroom.',
    body: 'Nothing was changed. Install the newer version to open it.',
  }),
  'store-busy': () => ({
    title: 'Postroom is busy with a large piece of work.',
    body: 'Nothing is lost. Try again in a moment.',
  }),
  'database-damaged': () => ({
    title: 'The list of letters is damaged.',
    body: 'The letters themselves are kept apart. Run the check in Settings, About.',
  }),
  'vault-damaged': () => ({
    title: 'The kept passwords cannot be read.',
    body: 'Your letters are safe. Type the passwords again.',
  }),
  'file-exists': ({ name }) => ({
    title: name ? `${name} exists already.` : 'A file with this name exists already.',
    body: 'Nothing was overwritten. Choose another name.',
  }),
  'file-changed': ({ name }) => ({
    title: name ? `${name} changed while it was read.` : 'The file changed while it was read.',
    body: 'What was read before that is kept. Read it again.',
  }),
  'picture-failed': () => ({
    title: 'A picture could not be loaded.',
    body: 'The letter is whole without it. Try again later.',
  }),
  'picture-refused': () => ({
    title: 'A picture was not loaded: its address is not a safe one.',
    body: 'The letter is whole without it.',
  }),
  'line-too-long': () => ({
    title: 'The server sent something that is not mail.',
    body: 'Nothing is lost; Postroom connects again.',
  }),
  'tag-kept-here': ({ name, host }) => ({
    title: `The tag “${name}” stays on this computer only.`,
    body: `${host} keeps no new tags in this folder. Other programs and computers will not see it.`,
  }),
  'too-many-requests': () => ({
    title: 'Too much was asked at once.',
    body: 'Nothing is lost. Try again in a moment.',
  }),
};

export const errors = {
  unknown: { title: 'This did not work.', body: 'Nothing was changed. Try again.' },
  someServer: 'The mail server',
  someProgram: 'an antivirus program',
  codes,
};
