/**
 * The application menu: everything a person can do, with its key. On macOS it is the menu bar; elsewhere the window draws
 * its own (Alt or F10) and this one stays hidden, but tests and accessibility tools find it.
 *
 * Items name commands of the window's registry. The window listens to the keys itself; here they are only printed.
 */
import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { ShellWords } from './words.ts';

export interface MenuActions {
  command(id: string): void;
  newWindow(): void;
  importMail(): void;
}

type Item = MenuItemConstructorOptions;
const LINE: Item = { type: 'separator' };

export function menuTemplate(words: ShellWords, actions: MenuActions, platform: NodeJS.Platform): Item[] {
  const does = (label: string, id: string, key?: string): Item => ({
    id,
    label,
    ...(key ? { accelerator: key.replace('Ctrl', 'CmdOrCtrl'), registerAccelerator: false } : {}),
    click: () => actions.command(id),
  });
  const mac = platform === 'darwin';
  const file: Item[] = [
    does(words.newMessage, 'write.new', 'Ctrl+N'),
    { label: words.newWindow, click: () => actions.newWindow() },
    does(words.newFolder, 'folder.create'),
    LINE,
    { id: 'shell.import', label: words.importMail, click: () => actions.importMail() },
    does(words.addAccount, 'application.addAccount'),
    does(words.profiles, 'application.profiles'),
    LINE,
    does(words.saveAs, 'letter.saveAs'),
    does(words.print, 'letter.print', 'Ctrl+P'),
    LINE,
    { label: words.closeWindow, role: 'close' },
    ...(mac ? [] : [LINE, { label: words.quit, role: 'quit' } satisfies Item]),
  ];
  const edit: Item[] = [
    does(words.undo, 'edit.undo', 'Ctrl+Z'),
    does(words.redo, 'edit.redo', 'Ctrl+Shift+Z'),
    LINE,
    { label: words.cut, role: 'cut' },
    { label: words.copy, role: 'copy' },
    { label: words.paste, role: 'paste' },
    { label: words.selectAll, role: 'selectAll' },
    LINE,
    does(words.search, 'application.search', 'Ctrl+K'),
    does(words.find, 'letter.find', 'Ctrl+F'),
  ];
  const view: Item[] = [
    does(words.layoutRight, 'view.layoutRight'),
    does(words.layoutBelow, 'view.layoutBelow'),
    does(words.layoutOff, 'view.layoutOff'),
    LINE,
    does(words.larger, 'view.larger', 'Ctrl+='),
    does(words.smaller, 'view.smaller', 'Ctrl+-'),
    does(words.normal, 'view.normal', 'Ctrl+0'),
    LINE,
    { label: words.fullScreen, role: 'togglefullscreen' },
    { label: words.developer, role: 'toggleDevTools' },
  ];
  const go: Item[] = [
    does(words.mail, 'go.mail', 'Ctrl+1'),
    does(words.contacts, 'go.contacts', 'Ctrl+2'),
    does(words.settings, 'application.settings', 'Ctrl+,'),
    LINE,
    does(words.nextUnread, 'list.nextUnread'),
  ];
  const message: Item[] = [
    does(words.reply, 'message.reply', 'Ctrl+R'),
    does(words.replyAll, 'message.replyAll', 'Ctrl+Shift+R'),
    does(words.forward, 'message.forward', 'Ctrl+Shift+F'),
    LINE,
    does(words.archive, 'message.archive'),
    does(words.delete, 'message.delete', 'Delete'),
    does(words.junk, 'message.junk'),
    LINE,
    does(words.moveTo, 'message.move'),
    does(words.tag, 'message.tag'),
    does(words.flag, 'message.flag'),
    does(words.markRead, 'message.read'),
    does(words.markUnread, 'message.unread'),
    LINE,
    does(words.source, 'letter.source'),
  ];
  const folder: Item[] = [
    does(words.newFolder, 'folder.create'),
    LINE,
    does(words.check, 'application.check', 'F5'),
    does(words.checkAll, 'application.checkAll', 'Shift+F5'),
    does(words.offline, 'application.offline'),
  ];
  const help: Item[] = [
    does(words.keys, 'application.help', 'F1'),
    does(words.palette, 'application.palette', 'Ctrl+Shift+P'),
  ];
  return [
    ...(mac ? [{ role: 'appMenu' } satisfies Item] : []),
    { label: words.file, submenu: file },
    { label: words.edit, submenu: edit },
    { label: words.view, submenu: view },
    { label: words.go, submenu: go },
    { label: words.message, submenu: message },
    { label: words.folder, submenu: folder },
    { label: words.help, role: 'help', submenu: help },
  ];
}

export function setMenu(words: ShellWords, actions: MenuActions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(words, actions, process.platform)));
}
