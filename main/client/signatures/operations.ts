/** Named reads and writes of signatures, templates and snippets, run in the store's threads. */
import { Fault } from '../../base/errors.ts';
import type { DraftAttachment } from '../../contract/mail/drafts.ts';
import type { Snippet, Template, TemplateContent } from '../../contract/mail/signatures.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import type { PreparedBlob } from '../../store/record.ts';
import { liveDraft, type StoredAttachment } from '../drafts/rows.ts';
import {
  addFile,
  allSignatures,
  allTemplates,
  carryFiles,
  demandName,
  type Holder,
  nameTaken,
  setFiles,
  setRemoved,
  signatureById,
  storedFiles,
  templateById,
} from './rows.ts';

/** People whose names are not called mistakes; the latest. */
const KNOWN_PEOPLE = 20_000;

interface FileInput {
  holder: Holder;
  id: number;
}

/** Folded for look-up: `;Адрес` and `;адрес` are one keyword, and ё is е. */
export const foldKeyword = (keyword: string): string => keyword.toLocaleLowerCase().replaceAll('ё', 'е');

function noSuchSnippet(detail: Record<string, unknown>): Fault {
  return new Fault('user', 'no-such-snippet', 'There is no such snippet.', { detail });
}

export const signatureReads = {
  'signatures.list': allSignatures,
  'signatures.get': (db: ReadHandle, input: { id: number }) => signatureById(db, input.id),
  'templates.list': allTemplates,
  'templates.get': (db: ReadHandle, input: { id: number }) => templateById(db, input.id),
  'holder.files': (db: ReadHandle, input: FileInput) => storedFiles(db, input.holder, input.id),
  'snippets.list': (db: ReadHandle): Snippet[] =>
    db.all<Snippet & Record<string, never>>('SELECT id, keyword, html, text FROM snippets ORDER BY folded'),
  'snippets.find'(db: ReadHandle, input: { keyword: string }): Snippet {
    const found = db.get<Snippet & Record<string, never>>(
      'SELECT id, keyword, html, text FROM snippets WHERE folded = ?',
      foldKeyword(input.keyword),
    );
    if (!found) throw noSuchSnippet({ keyword: input.keyword });
    return found;
  },
  'spelling.words': (db: ReadHandle): string[] =>
    db.pluck<string>('SELECT word FROM spelling_words ORDER BY folded'),
  /** Words of the names of people that letters came from or went to. */
  'spelling.names'(db: ReadHandle): string[] {
    const names = [
      ...db.pluck<string>(
        "SELECT name FROM people WHERE name != '' ORDER BY last DESC LIMIT ?",
        KNOWN_PEOPLE,
      ),
      ...db.pluck<string>(
        "SELECT name FROM contacts WHERE name != '' ORDER BY id DESC LIMIT ?",
        KNOWN_PEOPLE,
      ),
    ];
    // «Римский-Корсаков» is written in parts, O'Brien is not.
    const words = names.flatMap((name) => {
      const composed = name.normalize('NFC');
      return [
        ...(composed.match(/\p{L}{3,}/gu) ?? []),
        ...(composed.match(/\p{L}+(?:['’ʼ-]\p{L}+)+/gu) ?? []),
      ];
    });
    return [...new Set(words)];
  },
};

export const signatureWrites = {
  'signatures.save'(
    tx: WriteTx,
    input: { id?: number | undefined; name: string; html: string; text: string },
  ): number {
    const name = demandName(tx.db, 'signatures', input.name, input.id);
    let id = input.id;
    if (id === undefined) {
      id = tx.db.run(
        `INSERT INTO signatures (name, html, text, position)
           VALUES (?, ?, ?, (SELECT coalesce(max(position), -1) + 1 FROM signatures))`,
        name,
        input.html,
        input.text,
      ).lastId;
    } else {
      signatureById(tx.db, id);
      tx.db.run(
        'UPDATE signatures SET name = ?, html = ?, text = ? WHERE id = ?',
        name,
        input.html,
        input.text,
        id,
      );
    }
    tx.change('signatures', { id });
    return id;
  },

  'signatures.order'(tx: WriteTx, input: { ids: number[] }): void {
    const known = allSignatures(tx.db).map((each) => each.id);
    const named = input.ids.filter((id) => known.includes(id));
    [...new Set([...named, ...known])].forEach((id, position) => {
      tx.db.run('UPDATE signatures SET position = ? WHERE id = ?', position, id);
    });
    tx.change('signatures', {});
  },

  'templates.save'(
    tx: WriteTx,
    input: {
      id?: number | undefined;
      name: string;
      kind: Template['kind'];
      content: TemplateContent;
      /** Of a draft: their blobs get a reference more. */
      files?: StoredAttachment[];
    },
  ): number {
    const name = demandName(tx.db, 'templates', input.name, input.id);
    const content = JSON.stringify(input.content);
    let id = input.id;
    if (id === undefined) {
      id = tx.db.run(
        'INSERT INTO templates (name, kind, content) VALUES (?, ?, ?)',
        name,
        input.kind,
        content,
      ).lastId;
    } else {
      templateById(tx.db, id);
      tx.db.run(
        'UPDATE templates SET name = ?, kind = ?, content = ? WHERE id = ?',
        name,
        input.kind,
        content,
        id,
      );
    }
    if (input.files) {
      for (const file of input.files) tx.blobs.retain(file.hash);
      setFiles(tx, 'templates', id, input.files);
    }
    tx.change('templates', { id });
    return id;
  },

  'holder.removed': (tx: WriteTx, input: FileInput & { removed: boolean }): void =>
    setRemoved(tx, input.holder, input.id, input.removed),

  'holder.attach': (
    tx: WriteTx,
    input: FileInput & { file: DraftAttachment & { blob: PreparedBlob } },
  ): StoredAttachment => addFile(tx, input.holder, input.id, input.file),

  'holder.detach'(tx: WriteTx, input: FileInput & { attachment: string }): void {
    const files = storedFiles(tx.db, input.holder, input.id);
    const gone = files.find((each) => each.id === input.attachment);
    if (!gone) return;
    tx.blobs.release(gone.hash);
    setFiles(
      tx,
      input.holder,
      input.id,
      files.filter((each) => each !== gone),
    );
  },

  'holder.carry': (tx: WriteTx, input: FileInput & { draft: number; ids: string[] }): void =>
    carryFiles(tx, input.holder, input),

  'snippets.save'(
    tx: WriteTx,
    input: { id?: number | undefined; keyword: string; html: string; text: string },
  ): number {
    const keyword = input.keyword.trim().replace(/^;/, '');
    if (!/^[\p{L}\p{N}_-]+$/u.test(keyword))
      throw new Fault('user', 'bad-keyword', 'A keyword has letters, digits, "-" and "_" only.');
    const folded = foldKeyword(keyword);
    const twin = tx.db.value<number>('SELECT id FROM snippets WHERE folded = ?', folded);
    if (twin !== undefined && twin !== input.id) throw nameTaken(keyword);
    let id = input.id;
    if (id === undefined) {
      const { html, text } = input;
      id = tx.db.run(
        'INSERT INTO snippets (keyword, folded, html, text) VALUES (?, ?, ?, ?)',
        keyword,
        folded,
        html,
        text,
      ).lastId;
    } else {
      const { changes } = tx.db.run(
        'UPDATE snippets SET keyword = ?, folded = ?, html = ?, text = ? WHERE id = ?',
        keyword,
        folded,
        input.html,
        input.text,
        id,
      );
      if (changes === 0) throw noSuchSnippet({ id });
    }
    tx.change('snippets', { id });
    return id;
  },

  'snippets.remove'(tx: WriteTx, input: { id: number }): void {
    if (tx.db.run('DELETE FROM snippets WHERE id = ?', input.id).changes === 0) throw noSuchSnippet(input);
    tx.change('snippets', input);
  },

  'spelling.add'(tx: WriteTx, input: { word: string }): void {
    const word = input.word.trim();
    if (word === '') return;
    tx.db.run('INSERT OR REPLACE INTO spelling_words (folded, word) VALUES (?, ?)', foldKeyword(word), word);
    tx.change('spelling', {});
  },

  'spelling.forget'(tx: WriteTx, input: { word: string }): void {
    tx.db.run('DELETE FROM spelling_words WHERE folded = ?', foldKeyword(input.word.trim()));
    tx.change('spelling', {});
  },

  /** The files of a draft, for a template of it; demands that the draft is there. */
  'templates.fromDraft'(
    tx: WriteTx,
    input: { draft: number; name: string; content: TemplateContent; ids: string[] },
  ): number {
    const files = liveDraft(tx.db, input.draft)
      .attachments.filter(
        (each) => !each.inline || (input.content.html ?? '').includes(`cid:${each.contentId}`),
      )
      .map((file, n) => ({ ...file, id: input.ids[n] ?? file.id }));
    return signatureWrites['templates.save'](tx, {
      name: input.name,
      kind: 'template',
      content: input.content,
      files,
    });
  },
};
