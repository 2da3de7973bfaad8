/** Connecting an account by hand, as a person does it. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { MailOffice } from '../kit/mail-office.ts';
import { eventually } from './hosts.ts';
import { pickOption } from './moves.ts';

/** Fills the form of "Set by hand" for both servers; nothing is pressed after it. */
export async function fillAccount(page: Page, office: MailOffice, password: string): Promise<void> {
  await page.getByRole('button', { name: 'Connect my mail', exact: true }).click();
  await page.getByRole('textbox', { name: 'Address' }).fill(office.address);
  await page.getByRole('textbox', { name: 'Your name' }).fill('Anna Vetrova');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Set by hand' }).click();
  for (const [way, port] of [
    [/^Incoming mail/, office.imap.tlsPort],
    [/^Outgoing mail/, office.smtp.port],
  ] as const) {
    const group = page.getByRole('group', { name: way });
    await group.getByRole('button', { name: /Security/ }).click();
    await pickOption(page, 'TLS', true);
    await group.getByRole('textbox', { name: 'Server' }).fill(office.host);
    await group.getByRole('textbox', { name: 'Port' }).fill(String(port));
    await group.getByRole('textbox', { name: 'User name' }).fill(office.user);
  }
}

/** Trusts each certificate that is shown, one after another, until both ways have been tested. */
export async function trustBoth(page: Page, office: MailOffice): Promise<void> {
  const cards = page.getByRole('region', { name: 'Certificate' });
  for (const left of [2, 1]) {
    await eventually(async () => assert.equal(await cards.count(), left));
    await cards
      .first()
      .getByRole('button', { name: `Trust this one for ${office.host}` })
      .click();
  }
}

/** From the welcome page to the inbox. */
export async function connect(page: Page, office: MailOffice): Promise<void> {
  await fillAccount(page, office, office.password);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await trustBoth(page, office);
  await page.getByRole('tree', { name: 'Folders' }).waitFor();
}

/** The first pass over the account has ended (English window): what comes from now on is new. */
export async function upToDate(page: Page): Promise<void> {
  await page
    .getByRole('status', { name: 'Sync' })
    .filter({ hasText: /Up to date, / })
    .waitFor();
}
