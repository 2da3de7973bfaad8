/** Letters on their way out of the list: into a window of their own, by mouse into folders and composers, onto paper. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { writeLetter } from '../kit/mail-office.ts';
import { assertAccessible, assertNothingCut } from './axe.ts';
import { eventually, hostMissing, openWindow, PATIENCE, scene } from './hosts.ts';
import { hasFocus, movesIn } from './moves.ts';
import { jobsEnded } from './seed.ts';

/** A PNG of one point. */
const DOT =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const PICTURE = writeLetter({
  from: 'Sergey Melnikov <s.melnikov@otd2.constr.org>',
  to: 'Olga Belova <o.belova@otd1.constr.org>',
  subject: 'The sketch',
  html: '<p>See the sketch: <img src="cid:dot@office.example" width="200" height="100" alt="sketch"></p>',
  files: [
    {
      name: 'dot.png',
      type: 'image/png',
      bytes: Buffer.from(DOT, 'base64'),
      contentId: 'dot@office.example',
    },
  ],
});

test('letters in windows, by mouse and on paper', { skip: hostMissing }, async (t) => {
  const window = await openWindow(t, {
    async seed(ask, profile) {
      await ask('settings.set', { conversations: false });
      await ask('sample.create', {});
      await jobsEnded(ask, 'sample');
      const path = join(profile, 'picture.eml');
      await writeFile(path, PICTURE);
      const inbox = (await ask('folders.list', {})).find((folder) => folder.role === 'inbox');
      assert.ok(inbox);
      await ask('import.start', { paths: [path], folder: inbox.id });
      await jobsEnded(ask, 'import');
    },
  });
  const here = () => window;
  const m = () => movesIn(window.page);
  const total = async () => Number(await m().grid.getAttribute('aria-rowcount'));

  /** What opens another window, and that window. A shell may refuse the page its window and make one itself. */
  const opened = async (act: () => Promise<void>): Promise<Page> => {
    await act();
    return eventually(async () => {
      const page = window.page
        .context()
        .pages()
        .find((each) => each !== window.page && !each.isClosed());
      assert.ok(page, 'a window was opened');
      page.setDefaultTimeout(PATIENCE);
      assert.equal(await movesIn(page).reader.count(), 1);
      return page;
    });
  };

  /**
   * A key that closes its window. What stands for Electron keeps windows that a script closes: there the test does it,
   * once the window says what was done.
   */
  const closeBy = async (page: Page, key: string, done?: string) => {
    const closed = page.waitForEvent('close', { timeout: PATIENCE });
    // The driver may lose the window before it has its answer.
    await page.keyboard.press(key).catch(() => undefined);
    if (window.host === 'electron') {
      if (done) await page.getByText(done, { exact: true }).first().waitFor();
      await page.close();
    }
    await closed;
  };

  await scene(t, 'a double click opens a window that answers and closes', here, async () => {
    const other = await opened(() => m().row('Invoice 2214').first().dblclick());
    const { subject, letter, composer } = movesIn(other);
    await subject('Invoice 2214 does not match the estimate').waitFor();
    await letter.getByText('Line 6 is 18,400 higher').waitFor();
    await eventually(async () => assert.match(await other.title(), /^Invoice 2214/));
    assert.equal(await other.getByRole('grid').count(), 0, 'it has no list');
    await assertAccessible(other, 'a window of a letter');
    await assertNothingCut(other, 'a window of a letter');
    await other.keyboard.press('KeyR');
    await hasFocus(composer(/Reply/));
    await other.keyboard.press('Escape');
    await composer(/Reply/).waitFor({ state: 'detached' });
    await movesIn(other).reader.focus();
    await hasFocus(movesIn(other).reader);
    await closeBy(other, 'Escape');
  });

  await scene(t, 'Enter too; what is done there is undone here', here, async (page) => {
    const { row, grid, focusedRow } = m();
    await row('Photos from the site').first().click();
    await eventually(async () => assert.match(await focusedRow(), /Photos from the site/));
    const before = await total();
    const other = await opened(() => page.keyboard.press('Enter'));
    await movesIn(other).subject('Photos from the site').waitFor();
    await closeBy(other, 'KeyE', 'Archived');
    const undo = page
      .getByRole('region', { name: m().words.notices })
      .getByRole('button', { name: 'Undo', exact: true });
    // Under the pointer it stays until it is pressed.
    await undo.hover();
    await eventually(async () => assert.equal(await total(), before - 1));
    await undo.click();
    await row('Photos from the site').first().waitFor();
    await eventually(async () => assert.equal(await total(), before));
    await grid.waitFor();
  });

  await scene(t, 'letters are dragged onto a folder, with Ctrl copied', here, async (page) => {
    const { row, folder, openFolder, words } = m();
    const before = await total();
    await row('Leave schedule for December').first().dragTo(folder('Block 7, roofing'));
    await eventually(async () => assert.equal(await total(), before - 1));
    await openFolder('Block 7, roofing');
    await row('Leave schedule for December').first().waitFor();
    await openFolder(words.inbox);
    await page.keyboard.press('Control+KeyZ');
    await row('Leave schedule for December').first().waitFor();
    await eventually(async () => assert.equal(await total(), before));
    await page.keyboard.down('Control');
    await row('Leave schedule for December').first().dragTo(folder('Block 7, roofing'));
    await page.keyboard.up('Control');
    await page
      .getByText(/Copied/)
      .first()
      .waitFor();
    assert.equal(await total(), before);
    await openFolder('Block 7, roofing');
    await row('Leave schedule for December').first().waitFor();
    await openFolder(words.inbox);
  });

  await scene(t, 'files are dropped into a letter, pictures into its text', here, async (page) => {
    const { composer, words } = m();
    await page.keyboard.press('Control+KeyN');
    const form = composer(/New message/);
    const text = form.getByRole('textbox', { name: words.text });
    await text.click();
    const drop = async (target: typeof text, name: string, type: string, base64: string) => {
      const data = await page.evaluateHandle(
        ([name, type, base64]) => {
          const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
          const files = new DataTransfer();
          files.items.add(new File([bytes], name, { type }));
          return files;
        },
        [name, type, base64] as const,
      );
      await target.dispatchEvent('dragenter', { dataTransfer: data });
      await target.dispatchEvent('dragover', { dataTransfer: data });
      await form.getByText(/Drop/).waitFor();
      await target.dispatchEvent('drop', { dataTransfer: data });
      await form.getByText(/Drop/).waitFor({ state: 'detached' });
    };
    await drop(text, 'Смета.xlsx', 'application/vnd.ms-excel', 'AAECAw==');
    await form.getByRole('button', { name: 'Remove Смета.xlsx' }).waitFor();
    await drop(text, 'dot.png', 'image/png', DOT);
    await text.locator('img').waitFor();
    assert.equal(
      await form.getByRole('button', { name: /^Remove/ }).count(),
      1,
      'the picture is in the text',
    );
    await text.focus();
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
  });

  await scene(
    t,
    'the letter alone is printed, whole, and can be saved as PDF',
    here,
    async (page, { host }) => {
      const { openLetter, letter } = m();
      await openLetter('Concrete for block 4');
      await letter.getByText('The plant moved Thursday’s delivery').waitFor();
      // The dialog is the system's: it is answered here, and what it was given stays for a look.
      await page.evaluate(() => {
        const attach = Element.prototype.attachShadow;
        Element.prototype.attachShadow = function (init) {
          const root = attach.call(this, { ...init, mode: 'open' });
          if (this.className === 'paper') Object.assign(globalThis, { paper: root });
          return root;
        };
        globalThis.print = () => {
          const { paper } = globalThis as unknown as { paper: ShadowRoot };
          const kept = paper.host.cloneNode(false) as HTMLElement;
          const pictures = [...paper.querySelectorAll('img')].map((each) => each.naturalWidth);
          Object.assign(globalThis, { printed: paper.innerHTML, pictures });
          kept.className = 'paper';
          kept.id = 'kept';
          kept.innerHTML = paper.innerHTML;
          document.body.append(kept);
        };
      });
      await page.keyboard.press('Control+KeyP');
      const printed = await eventually(async () => {
        const html = await page.evaluate(() => (globalThis as unknown as { printed?: string }).printed);
        assert.ok(html);
        return html;
      });
      for (const part of [
        'Concrete for block 4',
        'p.orlov@otd2.constr.org',
        'B30 W8',
        'Stair core',
        'ext. 214',
      ])
        assert.ok(printed.includes(part), part);
      assert.ok(!/<script|onerror|javascript:/i.test(printed));
      assert.equal(await page.locator('.paper:not(#kept)').count(), 0, 'the paper is taken away');
      if (host === 'browser') {
        const pdf = await page.pdf({ format: 'A4' });
        assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
        assert.equal(
          (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length,
          1,
          'one page, not the window',
        );
      }
      await page.locator('#kept').evaluate((paper) => paper.remove());

      await openLetter('The sketch');
      await letter.getByAltText('sketch').waitFor();
      await page.keyboard.press('Control+KeyP');
      const natural = await eventually(async () => {
        const size = await page.evaluate(() => (globalThis as unknown as { pictures?: number[] }).pictures);
        assert.equal(size?.length, 1);
        return size[0];
      });
      assert.equal(natural, 1, 'its picture was there when the dialog opened');
      await page.locator('#kept').evaluate((paper) => paper.remove());
    },
  );
});
