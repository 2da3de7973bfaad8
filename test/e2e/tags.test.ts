/**
 * Tags are keywords of the server: put here they stand there, put there they are shown here, on Dovecot and on the office's
 * server; a server that takes no new ones keeps them here, and that is said.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { openImap } from '../../main/server/imap/imap.ts';
import { dovecotMissing, startDovecot } from '../kit/dovecot.ts';
import { OFFICE_DOMAIN, openTestOffice, passwordOf } from '../kit/office.ts';
import { put } from '../kit/office-mailstore.ts';
import { startRewritingProxy } from '../kit/rewriting-proxy.ts';
import { openPeer } from '../kit/tag-peer.ts';
import { eventually, hostMissing, hostName, languages, openWindow, scene } from './hosts.ts';
import { hasFocus, movesIn } from './moves.ts';
import { type Ask, jobsEnded } from './seed.ts';

const WORDS = {
  en: {
    tags: 'Tags',
    newTag: 'New tag “Смета”',
    tagged: /tags: .*Смета/,
    both: /tags: .*Контракт/,
    plain: /tags: .*Urgent/,
    stays: 'The tag “Смета” stays on this computer only.',
  },
  ru: {
    tags: 'Метки',
    newTag: 'Новая метка «Смета»',
    tagged: /метки: .*Смета/,
    both: /метки: .*Контракт/,
    plain: /метки: .*Urgent/,
    stays: 'Метка «Смета» останется только на этом компьютере.',
  },
} as const;

/** «Смета» and «Контракт» as keywords. */
const ESTIMATE = '_d0_a1_d0_bc_d0_b5_d1_82_d0_b0';
const CONTRACT = '_d0_9a_d0_be_d0_bd_d1_82_d1_80_d0_b0_d0_ba_d1_82';

const letter = (subject: string): string =>
  `From: Boris <boris@x.example>\r\nTo: anna@x.example\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replaceAll(' ', '.')}@x.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0300\r\n\r\nThe text of ${subject}.\r\n`;

interface Servers {
  dovecot: number;
  office: number;
  strict: number;
}

async function seed(ask: Ask, ports: Servers): Promise<void> {
  const server = { host: '127.0.0.1', security: 'none' } as const;
  const people = [
    ['anna@dovecot.example', ports.dovecot, 'anna', 'secret-anna'],
    [`anna@${OFFICE_DOMAIN}`, ports.office, `anna@${OFFICE_DOMAIN}`, passwordOf('anna')],
    ['boris@strict.example', ports.strict, 'boris', 'secret-boris'],
  ] as const;
  for (const [address, port, user, password] of people)
    await ask('accounts.add', {
      address,
      name: 'Anna',
      incoming: { ...server, port, user },
      outgoing: null,
      password,
    });
  await eventually(async () => {
    const inboxes = (await ask('folders.list', {})).filter((each) => each.role === 'inbox' && each.total > 0);
    assert.equal(inboxes.length, people.length);
  });
  await jobsEnded(ask, 'sync');
  await ask('settings.set', { conversations: false, singleKeys: true });
}

/** A keyword that only lies in the way is not one of the mailbox's. */
const noNewOnes = (piece: string): string => piece.replace(/(\[PERMANENTFLAGS \([^)]*?) ?\\\*\)/g, '$1)');

const missing =
  hostMissing || dovecotMissing() || (hostName === 'electron' && 'the desktop keeps passwords elsewhere');

for (const language of languages) {
  test(`tags on servers, ${language}`, { skip: missing }, async (t) => {
    const dovecot = await startDovecot({ users: ['anna', 'boris'] });
    t.after(() => dovecot.close());
    const strict = await startRewritingProxy(dovecot.port, noNewOnes);
    t.after(() => strict.close());
    const office = await openTestOffice(t, { people: ['anna'] });
    const imap = await openImap(office.context, { host: '127.0.0.1', port: 0, implicitTls: false });
    t.after(async () => {
      await imap.close(0);
      await office.close();
    });
    const anna = await office.context.directory.personByAddress(`anna@${OFFICE_DOMAIN}`);
    assert.ok(anna);
    const inboxOf = await office.inbox(anna);
    for (const subject of ['Dovecot one', 'Dovecot two'])
      await dovecot.save('anna', 'INBOX', letter(subject));
    for (const subject of ['Office one', 'Office two'])
      await put(office.mailstore, inboxOf, Buffer.from(letter(subject)));
    await dovecot.save('boris', 'INBOX', letter('Strict one'));
    const words = WORDS[language];
    const window = await openWindow(t, {
      language,
      seed: (ask) => seed(ask, { dovecot: dovecot.port, office: imap.port, strict: strict.port }),
    });
    const m = () => movesIn(window.page, language);
    const here = () => window;
    const row = (subject: string) => m().row(subject).first();
    const says = (subject: string, tags: RegExp) =>
      eventually(async () => assert.match((await row(subject).getAttribute('aria-label')) ?? '', tags));
    const onDovecot = (subject: string, user = 'anna') =>
      dovecot.doveadm(['fetch', '-u', user, 'flags', 'mailbox', 'INBOX', 'subject', subject]);
    /** Of an account; the first of all lines of that name is theirs together. */
    const inbox = async (n: number) => {
      await m()
        .tree.getByRole('treeitem', { name: new RegExp(`^${m().words.inbox}(,|$)`) })
        .nth(n + 1)
        .click();
    };
    /** By the keyboard: the list of tags, and what is typed there. */
    const tag = async (page: Page, subject: string, typed: string) => {
      await row(subject).click();
      await page.keyboard.press('KeyT');
      const dialog = page.getByRole('dialog', { name: words.tags });
      const box = dialog.getByRole('combobox').or(dialog.getByRole('searchbox')).first();
      await hasFocus(box);
      await box.fill(typed);
      await dialog.getByRole('option').first().waitFor();
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
    };

    await scene(t, 'a tag made here is a keyword of Dovecot, and the other way', here, async (page) => {
      await tag(page, 'Dovecot one', 'Смета');
      await says('Dovecot one', words.tagged);
      await eventually(async () => assert.ok((await onDovecot('one')).includes(ESTIMATE)));
      await dovecot.doveadm([
        'flags',
        'add',
        '-u',
        'anna',
        `${ESTIMATE} ${CONTRACT} Urgent`,
        'mailbox',
        'INBOX',
        'subject',
        'two',
      ]);
      // Of what this computer does not know, too, the name is shown and not its letters' numbers.
      for (const tags of [words.tagged, words.both, words.plain]) await says('Dovecot two', tags);
      await dovecot.doveadm([
        'flags',
        'remove',
        '-u',
        'anna',
        ESTIMATE,
        'mailbox',
        'INBOX',
        'subject',
        'one',
      ]);
      await eventually(async () =>
        assert.doesNotMatch((await row('Dovecot one').getAttribute('aria-label')) ?? '', words.tagged),
      );
    });

    await scene(t, 'the same on the office’s server', here, async (page) => {
      const peer = await openPeer(t, imap.port, `anna@${OFFICE_DOMAIN}`, passwordOf('anna'));
      await inbox(1);
      await tag(page, 'Office one', 'Смета');
      await says('Office one', words.tagged);
      await eventually(async () => assert.ok((await peer.flags('Office one')).includes(ESTIMATE)));
      await peer.add('Office two', [ESTIMATE, CONTRACT]);
      for (const tags of [words.tagged, words.both]) await says('Office two', tags);
    });

    await scene(
      t,
      'a server that takes no new ones: the tag stays here, and that is said',
      here,
      async (page) => {
        await inbox(2);
        await tag(page, 'Strict one', 'Смета');
        await page.getByRole('contentinfo').getByRole('button', { name: words.stays }).waitFor();
        // The server is looked at once more, and says nothing of the tag.
        await dovecot.save('boris', 'INBOX', letter('Strict two'));
        await page.keyboard.press('Shift+F5');
        await row('Strict two').waitFor();
        await says('Strict one', words.tagged);
        assert.ok(!(await onDovecot('Strict one', 'boris')).includes(ESTIMATE));
        assert.ok(!strict.said().includes(ESTIMATE), 'what is not taken is not sent');
      },
    );
  });
}
