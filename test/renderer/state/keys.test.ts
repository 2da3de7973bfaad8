import assert from 'node:assert/strict';
import { test } from 'node:test';
import { belongsToFields, chordOf, type KeyPress, keyLabel } from '../../../renderer/state/keys.ts';

function press(key: string, code: string, modifiers: Partial<KeyPress> = {}): KeyPress {
  return { key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers };
}

const chords: [string, KeyPress, string][] = [
  ['Latin layout', press('r', 'KeyR', { ctrlKey: true }), 'Ctrl+R'],
  ['Russian layout takes the letter of the US key', press('к', 'KeyR', { ctrlKey: true }), 'Ctrl+R'],
  ['Russian layout, upper case', press('К', 'KeyR', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+R'],
  ['AZERTY keeps its own letter', press('a', 'KeyQ', { ctrlKey: true }), 'Ctrl+A'],
  ['a single key', press('e', 'KeyE'), 'E'],
  ['a single key on a Russian layout', press('у', 'KeyE'), 'E'],
  ['slash', press('/', 'Slash'), '/'],
  ['slash under a Russian layout is a full stop and stays one', press('.', 'Slash'), '.'],
  ['comma with Ctrl on a Russian layout', press('б', 'Comma', { ctrlKey: true }), 'Ctrl+,'],
  ['brackets on a Russian layout', press('х', 'BracketLeft'), '['],
  ['delete with Shift', press('Delete', 'Delete', { shiftKey: true }), 'Shift+Delete'],
  ['space', press(' ', 'Space', { shiftKey: true }), 'Shift+Space'],
  ['a modifier alone', press('Shift', 'ShiftLeft', { shiftKey: true }), ''],
  ['AltGr alone', press('AltGraph', 'AltRight'), ''],
  ['function keys', press('F6', 'F6', { shiftKey: true }), 'Shift+F6'],
];

for (const [name, given, chord] of chords) test(`chord: ${name}`, () => assert.equal(chordOf(given), chord));

test('on macOS Cmd is Ctrl and Ctrl is not', () => {
  assert.equal(chordOf(press('n', 'KeyN', { metaKey: true }), true), 'Ctrl+N');
  assert.equal(chordOf(press('n', 'KeyN', { ctrlKey: true }), true), 'N');
});

test('menus print Latin letters, macOS its signs', () => {
  assert.equal(keyLabel('Ctrl+Shift+P'), 'Ctrl+Shift+P');
  assert.equal(keyLabel('Shift+Delete'), 'Shift+Del');
  assert.equal(keyLabel('Ctrl+Shift+P', true), '⇧⌘P');
});

test('fields keep what types or edits, and nothing else', () => {
  for (const chord of ['A', 'Delete', 'Space', 'Ctrl+A', 'Ctrl+Z', 'Ctrl+Shift+Z', 'Escape', 'ArrowDown']) {
    assert.equal(belongsToFields(chord), true, chord);
  }
  for (const chord of ['Ctrl+K', 'Ctrl+R', 'F6', 'Shift+F6', 'Ctrl+Shift+P', 'Ctrl+Enter']) {
    assert.equal(belongsToFields(chord), false, chord);
  }
});
