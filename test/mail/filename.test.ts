import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { extensionFor, isDangerousName, safeFilename, typeForName } from '../../main/mail/filename.ts';

describe('safeFilename', () => {
  const cases: [string, string][] = [
    ['Отчёт № 7.pdf', 'Отчёт № 7.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['/etc/passwd', 'passwd'],
    ['..\\..\\x.exe', 'x.exe'],
    ['C:\\Documents\\a.doc', 'a.doc'],
    ['C:/Documents/a.doc', 'a.doc'],
    ['Счёт 12/34.pdf', 'Счёт 12_34.pdf'],
    ['a\0b\r\nc.txt', 'abc.txt'],
    ['exe.\u202Etxt.scr', 'exe.txt.scr'],
    ['a<b>:"|?*.txt', 'a_b______.txt'],
    ['con', '_con'],
    ['NUL.txt', '_NUL.txt'],
    ['console.txt', 'console.txt'],
    ['name. . ', 'name'],
    ['  a   b ', 'a b'],
    ['', 'attachment'],
    ['..', 'attachment'],
    ['/', 'attachment'],
    ['.htaccess', '.htaccess'],
    ['a\ud800.txt', 'a.txt'],
  ];
  for (const [name, safe] of cases) it(JSON.stringify(name), () => assert.equal(safeFilename(name), safe));
  it('keeps the extension of a long name', () => {
    const safe = safeFilename(`${'ы'.repeat(500)}.xlsx`);
    assert.equal(safe.length, 120);
    assert.ok(safe.endsWith('ы.xlsx'));
  });
});

describe('dangerous names', () => {
  it('are those that run', () => {
    for (const name of [
      'a.exe',
      'A.EXE',
      'invoice.pdf.scr',
      'x.lnk',
      'x.js',
      'x.desktop',
      'x.command',
      'x.iso',
      'a.exe.',
      'a.exe ',
      'a.e\u200bxe',
      'x.ps1',
      'x.settingcontent-ms',
    ])
      assert.ok(isDangerousName(name), name);
    for (const name of ['a.pdf', 'exe', 'a.exe.txt', 'a.docx', 'a.zip', 'a', ''])
      assert.ok(!isDangerousName(name), name);
  });
  it('types and extensions', () => {
    assert.equal(extensionFor('application/pdf'), 'pdf');
    assert.equal(extensionFor('constructor'), 'bin');
    assert.equal(extensionFor('text/x-strange'), 'txt');
    assert.equal(typeForName('A.PNG'), 'image/png');
    assert.equal(typeForName('a'), 'application/octet-stream');
  });
});
