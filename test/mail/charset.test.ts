import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import iconv from 'iconv-lite';
import { decodeText, listCharsets, resolveCharset } from '../../main/mail/charset.ts';
import { octets, utf8 } from './letters.ts';

const SENTENCES = [
  'Добрый день! Высылаю счёт на оплату за июль.',
  'Прошу согласовать командировку в Казань до конца недели.',
  'Совещание переносится на четверг, начало в десять часов.',
  'Во вложении акт сверки, подпишите и верните, пожалуйста.',
  'Коллеги, завтра сервер будет недоступен с шести до семи.',
  'Спасибо, получил. Отвечу после обеда, когда вернусь.',
];
const CYRILLIC = ['windows-1251', 'koi8-r', 'cp866', 'iso-8859-5', 'x-mac-cyrillic'];

function encode(text: string, charset: string): Uint8Array {
  if (charset !== 'x-mac-cyrillic') return new Uint8Array(iconv.encode(text, charset));
  const table = new TextDecoder(charset).decode(Uint8Array.from({ length: 256 }, (_, i) => i));
  return Uint8Array.from(text, (char) => Math.max(0, table.indexOf(char)));
}

describe('charset', () => {
  it('decodes DOS code pages as iconv-lite does', () => {
    const upper = Uint8Array.from({ length: 128 }, (_, i) => i + 128);
    for (const page of [437, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 865, 869, 1125]) {
      const expected = iconv.decode(Buffer.from(upper), `cp${page}`);
      assert.equal(decodeText(upper, `cp${page}`, true).text, expected, `cp${page}`);
      assert.equal(resolveCharset(`IBM${page}`), `cp${page}`);
    }
  });
  it('knows the names that mail uses', () => {
    const names: [string, string][] = [
      ['Windows-1251', 'windows-1251'],
      ['cp-1251', 'windows-1251'],
      ['win1251', 'windows-1251'],
      ['KOI8R', 'koi8-r'],
      ['iso_8859-5', 'iso-8859-5'],
      ['ISO8859_5', 'iso-8859-5'],
      ['x-cp866', 'ibm866'],
      ['cp-850', 'cp850'],
      ['ks_c_5601-1987', 'euc-kr'],
      ['cp932', 'shift_jis'],
      ['GB-2312', 'gbk'],
      ['"utf-8"', 'utf-8'],
      ['UTF8', 'utf-8'],
      ['unicode-1-1-utf-7', 'utf-7'],
      ['us-ascii*en', 'us-ascii'],
      ['cp65001', 'utf-8'],
    ];
    for (const [label, expected] of names) assert.equal(resolveCharset(label), expected, label);
    assert.equal(resolveCharset('martian'), undefined);
    assert.equal(resolveCharset('__proto__'), undefined);
  });
  it('decodes every charset of the menu by its name', () => {
    for (const { charset } of listCharsets()) {
      const { charset: used, guessed } = decodeText(octets('plain'), charset, true);
      assert.equal(guessed, false, charset);
      assert.equal(used, resolveCharset(charset));
    }
  });
  it('decodes the charsets that no runtime has', () => {
    assert.equal(decodeText(octets('1 +- 1 = 2, +BCEERwRRBEI-!'), 'utf-7').text, '1 + 1 = 2, Счёт!');
    assert.equal(
      decodeText(octets('This ~{<:Ky2;S{#,NpJ)l6HK!#~}Bye ~~'), 'hz-gb-2312').text,
      'This 己所不欲，勿施於人。Bye ~',
    );
    assert.equal(decodeText(octets('\x1b$)C\x0e>H3g\x0f, ok'), 'iso-2022-kr').text, '안녕, ok');
    assert.equal(decodeText(new Uint8Array(iconv.encode('Ёж 😀', 'utf-32le')), 'utf-32').text, 'Ёж 😀');
    assert.equal(decodeText(new Uint8Array(iconv.encode('Ёж', 'utf-32be')), 'utf-32be').text, 'Ёж');
    assert.equal(
      decodeText(new Uint8Array(iconv.encode('Привет', 'utf-16le')), 'utf-16').text,
      decodeText(new Uint8Array(iconv.encode('Привет', 'utf-16le')), 'utf-16be').text,
    );
    assert.equal(decodeText(new Uint8Array(iconv.encode('Hello Ёж', 'utf-16le')), 'utf-16').text, 'Hello Ёж');
    assert.equal(decodeText(octets('\x1b$B8+@Q\x1b(B\x1b$B=q\x1b(B'), 'iso-2022-jp').text, '見積書');
  });
  it('sees UTF-8 under a wrong or missing label', () => {
    for (const label of [
      'us-ascii',
      'iso-8859-1',
      'windows-1251',
      'koi8-r',
      undefined,
      'x-unknown',
      'gb2312',
    ])
      assert.equal(decodeText(utf8('Счёт — 15 €'), label).text, 'Счёт — 15 €', String(label));
  });
  it('obeys the person who chooses another encoding', () => {
    assert.equal(decodeText(utf8('ё'), 'windows-1252', true).text, 'Ñ‘');
  });
  it('survives damaged UTF-8 without changing its mind', () => {
    const bytes = utf8('Обычное письмо, в котором испорчен один октет, остальное цело.');
    bytes[20] = 0xff;
    const { text, charset } = decodeText(bytes, 'utf-8');
    assert.equal(charset, 'utf-8');
    assert.match(text, /остальное цело/);
  });
  it('guesses unlabelled Russian in five charsets', () => {
    let short = 0;
    for (const sentence of SENTENCES)
      for (const charset of CYRILLIC) {
        assert.equal(decodeText(encode(sentence, charset), undefined).text, sentence, charset);
        const ten = sentence.slice(0, 14);
        if (decodeText(encode(ten, charset), undefined).text === ten) short++;
      }
    assert.ok(short >= 28, `${short} of 30 short texts`);
  });
  it('overrules a Western label over Cyrillic words, never over Western ones', () => {
    assert.equal(decodeText(encode(SENTENCES[0] as string, 'windows-1251'), 'iso-8859-1').text, SENTENCES[0]);
    const western = 'Größe, Übung, façade, naïve, El Niño, crème brûlée à la carte';
    assert.equal(decodeText(octets(western), 'iso-8859-1').text, western);
    assert.equal(decodeText(octets(western), undefined).text, western);
  });
  it('guesses unlabelled East Asian text', () => {
    for (const [text, charset] of [
      ['您好，请查收附件中的发票，谢谢。', 'gbk'],
      ['お世話になっております。見積書を送ります。', 'shift_jis'],
      ['お世話になっております。見積書を送ります。', 'euc-jp'],
      ['안녕하세요. 견적서를 보내드립니다.', 'euc-kr'],
      ['您好，請查收附件中的發票，謝謝。', 'big5'],
    ] as const)
      assert.equal(decodeText(new Uint8Array(iconv.encode(text, charset)), undefined).text, text, charset);
  });
});
