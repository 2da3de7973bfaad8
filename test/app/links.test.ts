import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeLink } from '../../app/links.ts';

for (const url of ['https://example.org/a?b#c', 'http://example.org/', 'tel:+74951234567']) {
  test(`${url} goes to the system`, () => {
    assert.deepEqual(judgeLink(url), { open: 'outside', url });
  });
}

test('a name before the host is taken away', () => {
  assert.deepEqual(judgeLink('https://bank.example:pw@evil.example/x'), {
    open: 'outside',
    url: 'https://evil.example/x',
  });
});

test('mailto goes to the composer', () => {
  assert.deepEqual(judgeLink('MAILTO:a@b.example?subject=x'), {
    open: 'composer',
    url: 'mailto:a@b.example?subject=x',
  });
});

const NOTHING = [
  'file:///etc/passwd',
  '\\\\server\\share\\run.exe',
  'smb://server/share',
  'ms-msdt:/id PCWDiagnostic',
  'search-ms:query=x',
  'javascript:alert(1)',
  'data:text/html,<script>1</script>',
  'vbscript:x',
  'postroom://window/desktop.html',
  'postroom-body://letters/x',
  'not an address',
  '',
  `https://example.org/${'x'.repeat(9000)}`,
];
for (const url of NOTHING) {
  test(`${url.slice(0, 40) || 'an empty address'} goes nowhere`, () => {
    assert.deepEqual(judgeLink(url), { open: 'nothing' });
  });
}
