/**
 * The keys of the window, all of them, in one table. The registry of commands takes a command's keys from here by its id,
 * views that answer keys themselves (lists, the tree, the editor) ask here, tooltips and menus print from here, and the
 * page of keys lists it: a key cannot do one thing and be said to do another.
 *
 * A name is given for the page; the command may speak of its moment ("Not junk"). Chords are those of keys.ts.
 */
import type { Catalogue } from '../i18n/text.ts';
import { chordOf, isMac, type KeyPress, keyLabel } from './keys.ts';

export const SECTIONS = [
  'window',
  'letters',
  'lists',
  'reading',
  'writing',
  'folders',
  'contacts',
  'arranging',
] as const;
export type Section = (typeof SECTIONS)[number];

export interface Shortcut {
  section: Section;
  name: (t: Catalogue) => string;
  /** The first is printed in menus and tooltips. */
  keys: readonly string[];
}

const key = (section: Section, name: Shortcut['name'], ...keys: string[]): Shortcut => ({
  section,
  name,
  keys,
});

const MOVES = ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End'] as const;
const BY_NUMBER = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** Tags by number: one line of the page. */
type TagKey = `message.tag${(typeof BY_NUMBER)[number]}`;
const tagKeys = Object.fromEntries(
  BY_NUMBER.map((n) => [`message.tag${n}`, key('letters', (t) => t.keyboard.names.tagByNumber, String(n))]),
) as Record<TagKey, Shortcut>;

export const SHORTCUTS = {
  'application.search': key('window', (t) => t.commands.search, 'Ctrl+K', '/'),
  'application.palette': key('window', (t) => t.commands.palette, 'Ctrl+Shift+P'),
  'go.nextPane': key('window', (t) => t.commands.nextPane, 'F6'),
  'go.previousPane': key('window', (t) => t.commands.previousPane, 'Shift+F6'),
  'go.mail': key('window', (t) => t.commands.openMail, 'Ctrl+1'),
  'go.contacts': key('window', (t) => t.contacts.commands.open, 'Ctrl+2'),
  'application.settings': key('window', (t) => t.commands.settings, 'Ctrl+,'),
  'application.help': key('window', (t) => t.commands.help, 'F1', '?'),
  'application.menuBar': key('window', (t) => t.a11y.menuBar, 'F10', 'Alt'),
  'application.check': key('window', (t) => t.commands.checkMail, 'F5'),
  'application.checkAll': key('window', (t) => t.commands.checkAll, 'Shift+F5'),
  'edit.undo': key('window', (t) => t.commands.undo, 'Ctrl+Z'),
  'edit.redo': key('window', (t) => t.commands.redo, 'Ctrl+Shift+Z'),
  'view.larger': key('window', (t) => t.commands.textLarger, 'Ctrl+='),
  'view.smaller': key('window', (t) => t.commands.textSmaller, 'Ctrl+-'),
  'view.normal': key('window', (t) => t.commands.textNormal, 'Ctrl+0'),

  'message.reply': key('letters', (t) => t.commands.reply, 'Ctrl+R', 'R'),
  'message.replyAll': key('letters', (t) => t.commands.replyAll, 'Ctrl+Shift+R', 'A'),
  'message.forward': key('letters', (t) => t.commands.forward, 'Ctrl+Shift+F', 'F'),
  'message.redirect': key('letters', (t) => t.sending.commands.redirect, 'Ctrl+Shift+E'),
  'message.resend': key('letters', (t) => t.sending.commands.resend, 'Ctrl+E'),
  'message.archive': key('letters', (t) => t.commands.archive, 'E'),
  'message.delete': key('letters', (t) => t.commands.delete, 'Delete'),
  'message.erase': key('letters', (t) => t.commands.erase, 'Shift+Delete'),
  'message.junk': key('letters', (t) => t.keyboard.names.junk, 'J'),
  'message.move': key('letters', (t) => t.commands.moveTo, 'M'),
  'message.copy': key('letters', (t) => t.commands.copyTo, 'Ctrl+Shift+M'),
  'message.tag': key('letters', (t) => t.commands.tag, 'T'),
  ...tagKeys,
  'message.flag': key('letters', (t) => t.commands.flag, 'S'),
  'message.unread': key('letters', (t) => t.commands.markUnread, 'U'),
  'message.read': key('letters', (t) => t.commands.markRead, 'Q'),
  'maildrop.fetch': key('letters', (t) => t.maildrop.commands.fetch, 'G'),
  'maildrop.keep': key('letters', (t) => t.maildrop.commands.keep, 'K'),
  'maildrop.delete': key('letters', (t) => t.maildrop.commands.delete, 'Shift+Delete'),
  'maildrop.none': key('letters', (t) => t.maildrop.commands.none, 'Backspace'),

  'list.down': key('lists', (t) => t.keyboard.names.down, 'ArrowDown'),
  'list.up': key('lists', (t) => t.keyboard.names.up, 'ArrowUp'),
  'list.pageDown': key('lists', (t) => t.keyboard.names.pageDown, 'PageDown'),
  'list.pageUp': key('lists', (t) => t.keyboard.names.pageUp, 'PageUp'),
  'list.first': key('lists', (t) => t.keyboard.names.first, 'Home'),
  'list.last': key('lists', (t) => t.keyboard.names.last, 'End'),
  'list.extend': key('lists', (t) => t.keyboard.names.extend, ...MOVES.map((move) => `Shift+${move}`)),
  'list.keep': key('lists', (t) => t.keyboard.names.keep, ...MOVES.map((move) => `Ctrl+${move}`)),
  'list.toggle': key('lists', (t) => t.keyboard.names.toggle, 'Ctrl+Space'),
  'list.all': key('lists', (t) => t.commands.selectAll, 'Ctrl+A'),
  'list.one': key('lists', (t) => t.keyboard.names.one, 'Escape'),
  'list.open': key('lists', (t) => t.commands.openLetter, 'Enter'),
  'list.menu': key('lists', (t) => t.keyboard.names.menu, 'ContextMenu', 'Shift+F10'),
  'list.shut': key('lists', (t) => t.keyboard.names.shut, 'ArrowLeft'),
  'list.unfold': key('lists', (t) => t.keyboard.names.unfold, 'ArrowRight'),
  'list.nextUnread': key('lists', (t) => t.commands.nextUnread, 'Space'),

  'letter.pageDown': key('reading', (t) => t.commands.pageDown, 'Space', 'PageDown'),
  'letter.pageUp': key('reading', (t) => t.commands.pageUp, 'Shift+Space', 'PageUp'),
  'letter.older': key('reading', (t) => t.commands.older, '['),
  'letter.newer': key('reading', (t) => t.commands.newer, ']'),
  'letter.find': key('reading', (t) => t.commands.find, 'Ctrl+F'),
  'letter.print': key('reading', (t) => t.commands.print, 'Ctrl+P'),
  'letter.source': key('reading', (t) => t.commands.source, 'Ctrl+U'),
  'letter.saveAttachments': key('reading', (t) => t.commands.saveAttachments, 'Ctrl+S'),
  'go.back': key('reading', (t) => t.commands.back, 'Escape'),
  'window.close': key('reading', (t) => t.keyboard.names.closeLetter, 'Escape'),

  'write.new': key('writing', (t) => t.commands.newMessage, 'Ctrl+N', 'N'),
  'composer.send': key('writing', (t) => t.composer.send, 'Ctrl+Enter'),
  'composer.later': key('writing', (t) => t.composer.sendLater, 'Ctrl+Shift+Enter'),
  'composer.attach': key('writing', (t) => t.composer.attach, 'Ctrl+Shift+A'),
  'composer.save': key('writing', (t) => t.composer.saveVersion, 'Ctrl+S'),
  'composer.close': key('writing', (t) => t.keyboard.names.closeDraft, 'Escape'),
  'text.bold': key('writing', (t) => t.composer.format.bold, 'Ctrl+B'),
  'text.italic': key('writing', (t) => t.composer.format.italic, 'Ctrl+I'),
  'text.underline': key('writing', (t) => t.composer.format.underline, 'Ctrl+U'),
  'text.undo': key('writing', (t) => t.keyboard.names.undoText, 'Ctrl+Z'),
  'text.redo': key('writing', (t) => t.keyboard.names.redoText, 'Ctrl+Shift+Z', 'Ctrl+Y'),
  'text.mistake': key('writing', (t) => t.keyboard.names.mistake, 'F7'),
  'text.snippet': key('writing', (t) => t.keyboard.names.snippet, 'Tab'),

  'tree.open': key('folders', (t) => t.keyboard.names.openFolder, 'Enter', 'Space'),
  'folder.rename': key('folders', (t) => t.commands.renameFolder, 'F2'),
  'folder.delete': key('folders', (t) => t.commands.deleteFolder, 'Delete'),
  'folder.up': key('folders', (t) => t.looks.moveFolderUp, 'Alt+ArrowUp'),
  'folder.down': key('folders', (t) => t.looks.moveFolderDown, 'Alt+ArrowDown'),
  'folder.leaveFavourites': key('folders', (t) => t.looks.removeFavourite, 'Delete'),
  'search.rename': key('folders', (t) => t.looks.renameSearch, 'F2'),
  'search.forget': key('folders', (t) => t.tree.words.forgetSearch, 'Delete'),

  'contacts.open': key('contacts', (t) => t.keyboard.names.editContact, 'Enter'),
  'contacts.choose': key('contacts', (t) => t.keyboard.names.chooseContact, 'Space', 'Ctrl+Space'),
  'contacts.remove': key('contacts', (t) => t.contacts.remove, 'Delete'),

  'columns.move': key('arranging', (t) => t.keyboard.names.moveColumn, 'Alt+ArrowLeft', 'Alt+ArrowRight'),
  'columns.width': key(
    'arranging',
    (t) => t.keyboard.names.columnWidth,
    'Shift+ArrowLeft',
    'Shift+ArrowRight',
  ),
  'rules.move': key('arranging', (t) => t.keyboard.names.moveRule, 'Alt+ArrowUp', 'Alt+ArrowDown'),
  'splitter.move': key(
    'arranging',
    (t) => t.keyboard.names.movePane,
    'ArrowLeft',
    'ArrowRight',
    'ArrowUp',
    'ArrowDown',
  ),
} as const satisfies Record<string, Shortcut>;

export type ShortcutId = keyof typeof SHORTCUTS;

const byId: ReadonlyMap<string, Shortcut> = new Map(Object.entries(SHORTCUTS));

/** Chords of a command; it may have none. */
export function keysOf(id: string): readonly string[] {
  return byId.get(id)?.keys ?? [];
}

/** The key as menus print it. */
export function printedKey(id: ShortcutId): string {
  return keyLabel(SHORTCUTS[id].keys[0] ?? '', isMac);
}

/** The press is one of the shortcut's chords, with just these modifiers. */
export function pressed(id: ShortcutId, press: KeyPress): boolean {
  return SHORTCUTS[id].keys.includes(chordOf(press, isMac));
}

/** The same whatever modifiers are held: they say how a move of a list chooses. */
export function pressedPlain(id: ShortcutId, press: KeyPress): boolean {
  return SHORTCUTS[id].keys.includes(press.key);
}

export interface KeyLine {
  name: string;
  /** As they are printed. */
  keys: readonly string[];
}

const fold = (text: string) => text.toLocaleLowerCase().replaceAll('ё', 'е');

/** The page's lines by section: those whose name, section or key contains every typed word. Empty sections are left out. */
export function linesOf(
  t: Catalogue,
  typed: string,
  mac = isMac,
): readonly { section: Section; lines: readonly KeyLine[] }[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  const all = [...byId.values()];
  return SECTIONS.map((section) => {
    const lines = new Map<string, string[]>();
    for (const each of all) {
      if (each.section !== section) continue;
      const name = each.name(t);
      lines.set(name, [...(lines.get(name) ?? []), ...each.keys.map((chord) => keyLabel(chord, mac))]);
    }
    const found = [...lines].filter(([name, keys]) => {
      const text = fold([name, t.keyboard.sections[section], ...keys].join(' '));
      return words.every((word) => text.includes(word));
    });
    return { section, lines: found.map(([name, keys]) => ({ name, keys })) };
  }).filter(({ lines }) => lines.length > 0);
}
