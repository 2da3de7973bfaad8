import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSample, SAMPLE_LETTERS } from '../../../main/client/import/sample/sample.ts';
import { readContent, readMessage } from '../../../main/mail/message.ts';

const now = Date.UTC(2026, 10, 20, 8, 0, 0);

for (const language of ['en', 'ru'] as const) {
  test(`the sample office (${language}) is whole, believable mail`, () => {
    const letters = [...makeSample(now, language)];
    assert.equal(letters.length, SAMPLE_LETTERS);
    const ids = new Set<string>();
    let russian = 0;
    let files = 0;
    for (const letter of letters) {
      const message = readMessage(letter.bytes);
      const content = readContent(letter.bytes, message);
      assert.deepEqual(message.defects, [], message.subject);
      assert.deepEqual(content.defects, [], message.subject);
      assert.ok(
        message.subject && message.from[0]?.address && message.date,
        'has a subject, a sender and a date',
      );
      assert.ok(message.date <= now, `${message.subject} is not from the future`);
      assert.doesNotMatch(`${message.subject}${content.text}`, /\{\w+\}/, 'every blank is filled');
      ids.add(message.messageId);
      if (/[а-яё]/i.test(message.subject)) russian++;
      files += content.attachments.length;
    }
    assert.equal(ids.size, SAMPLE_LETTERS, 'no two letters share a Message-ID');
    assert.ok(
      language === 'ru' ? russian > 700 : russian > 100 && russian < 500,
      `${russian} Russian subjects`,
    );
    assert.ok(files > 150, `${files} files`);
    const inbox = letters.filter((each) => each.folder === 'Inbox');
    assert.ok(
      inbox.some((each) => now - each.date < 3_600_000),
      'something came within the hour',
    );
    assert.ok(inbox.some((each) => !each.flags.includes('seen')));
  });
}

test('the sample is the same for the same clock', () => {
  const [first] = makeSample(now, 'ru');
  const [again] = makeSample(now, 'ru');
  assert.deepEqual(first, again);
});
