/** Submissions as well-known programs really make them (protocol rules, section 4.8 and the rules it names). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IVANOV, openSmtpOffice, PETROV, SECRET, SIRMOV, signIn } from '../../kit/office-smtp.ts';

const b64 = (text: string) => Buffer.from(text).toString('base64');

test('4.8 Outlook: LOGIN with the name in the first line, spaces behind the colons, its own header (S17 S52)', async (t) => {
  const office = await openSmtpOffice(t);
  const talk = await office.talk('clearText', office.submission);
  await talk.hello('DESKTOP-7');
  assert.match(await talk.ask(`AUTH LOGIN ${b64(IVANOV)}`), /^334 /);
  assert.match(await talk.ask(b64(SECRET)), /^235 2\.7\.0/);
  assert.match(await talk.ask(`MAIL FROM: <${IVANOV}>`), /^250 /);
  assert.match(await talk.ask(`RCPT TO: <${PETROV}>`), /^250 /);
  assert.match(await talk.ask('DATA'), /^354/);
  const reply = await talk.ask(
    [
      `From: "Ivanov" <${IVANOV}>`,
      `To: <${PETROV}>`,
      `Bcc: <${SIRMOV}>`,
      'Subject: Outlook',
      'X-Mailer: Microsoft Outlook 16.0',
      'Thread-Index: Adw=',
      '',
      'x',
      '.',
    ].join('\r\n'),
  );
  assert.match(reply, /^250 /);
  assert.match(await talk.ask('QUIT'), /^221/);
  const [letter] = await office.letters(office.people.petrov);
  assert.match(letter!, /^Message-ID: </im, 'S52 added');
  assert.match(letter!, /^Date: /im);
  assert.doesNotMatch(letter!, /^Bcc:/im);
});

test('4.8 iOS: raw UTF-8 in the header, without BODY=8BITMIME or SMTPUTF8 (S39)', async (t) => {
  const office = await openSmtpOffice(t);
  const talk = await office.talk('stranger', office.submission);
  assert.match(await signIn(talk, IVANOV), /^235/);
  assert.match(await talk.ask(`MAIL FROM:<${IVANOV}>`), /^250 /);
  assert.match(await talk.ask(`RCPT TO:<${PETROV}>`), /^250 /);
  assert.match(await talk.ask('DATA'), /^354/);
  const words = [
    `From: Иван <${IVANOV}>`,
    'Subject: Отчёт',
    'X-Mailer: iPhone Mail (22A)',
    '',
    'Из поезда',
    '.',
  ];
  assert.match(await talk.ask(words.join('\r\n')), /^250 /);
  const [letter] = await office.letters(office.people.petrov);
  assert.ok(Buffer.from(letter!, 'latin1').includes('Subject: Отчёт\r\n'), 'octets as they came');
});

test('4.8 Thunderbird: everything of the envelope in one packet, DATA behind it; then another letter (G2 S10)', async (t) => {
  const office = await openSmtpOffice(t);
  const talk = await office.talk('stranger', office.submission);
  assert.match(await signIn(talk, IVANOV), /^235/);
  for (const n of [1, 2]) {
    talk.write(
      `MAIL FROM:<${IVANOV}> BODY=8BITMIME SIZE=400\r\nRCPT TO:<${PETROV}>\r\nRCPT TO:<${SIRMOV}>\r\nDATA\r\n`,
    );
    for (const code of [/^250/, /^250/, /^250/, /^354/]) assert.match(await talk.reply(), code);
    assert.match(await talk.ask(`Subject: n${n}\r\n\r\nx\r\n.`), /^250 /);
  }
  assert.equal((await office.letters(office.people.sirmov)).length, 2);
});
