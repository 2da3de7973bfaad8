/**
 * Guesses the charset of 8-bit text that says nothing about itself. UTF-8 has been ruled out by the
 * caller. Russian in its five charsets is told apart by letter frequencies and by case (a wrong charset
 * turns words inside out: small letter first, capitals after); then East Asian by their usual characters;
 * what is left is Western.
 */

/** Letters per thousand in Russian prose, a to ya. */
const FREQUENCY = [
  80, 16, 45, 17, 30, 85, 9, 16, 74, 12, 35, 44, 32, 67, 110, 28, 47, 55, 63, 26, 3, 10, 5, 14, 7, 4, 1, 19,
  17, 3, 6, 20,
];
const SMALL = 1;
const CAPITAL = 2;
const OTHER_LETTER = 3;
const SYMBOL = 4;
const CONTROL = 5;

interface Candidate {
  charset: string;
  kind: Uint8Array;
  weight: Float32Array;
}

/** Octets worth looking at; a guess does not get better after that. */
const SAMPLE = 16_384;

let candidates: Candidate[] | undefined;

function build(charset: string): Candidate {
  const octets = Uint8Array.from({ length: 256 }, (_, i) => i);
  const text = new TextDecoder(charset).decode(octets);
  const kind = new Uint8Array(256);
  const weight = new Float32Array(256);
  for (let i = 128; i < 256; i++) {
    const point = text.charCodeAt(i);
    const small = point >= 0x430 && point <= 0x44f ? point - 0x430 : point === 0x451 ? 5 : -1;
    const capital = point >= 0x410 && point <= 0x42f ? point - 0x410 : point === 0x401 ? 5 : -1;
    const rare = point === 0x451 || point === 0x401;
    if (small >= 0) {
      kind[i] = SMALL;
      weight[i] = rare ? -1 : Math.log2((FREQUENCY[small] as number) / 31);
    } else if (capital >= 0) {
      kind[i] = CAPITAL;
      weight[i] = (rare ? 0 : Math.log2((FREQUENCY[capital] as number) / 31)) * 0.5 - 0.5;
    } else if (point >= 0x400 && point < 0x500) {
      kind[i] = OTHER_LETTER;
      // The four extra letters of Ukrainian and Belarusian are ordinary, Serbian ones are not.
      weight[i] = 'іїєґўІЇЄҐЎ'.includes(text.charAt(i)) ? -1.5 : -3;
    } else if (point < 0xa0 || point === 0xfffd) {
      kind[i] = CONTROL;
      weight[i] = -6;
    } else {
      kind[i] = SYMBOL;
      weight[i] = '«»—–№“”„…\u00a0•'.includes(text.charAt(i)) ? -0.5 : -4;
    }
  }
  return { charset, kind, weight };
}

function score(bytes: Uint8Array, candidate: Candidate): number {
  const { kind, weight } = candidate;
  let sum = 0;
  let count = 0;
  let before = 0;
  let beforeThat = 0;
  for (let i = 0; i < bytes.length; i++) {
    const octet = bytes[i] as number;
    const now = kind[octet] as number;
    if (octet >= 128) {
      sum += weight[octet] as number;
      count++;
      if (now === CAPITAL && before === SMALL) sum -= 4;
      else if (now === SMALL && before === CAPITAL && beforeThat === CAPITAL) sum -= 1.5;
      else if (now === SYMBOL && (before === SMALL || before === CAPITAL)) sum -= 0.5;
    }
    beforeThat = before;
    before = now;
  }
  return count === 0 ? 0 : sum / count;
}

interface Asian {
  charset: string;
  /** Share of characters that an ordinary text of this language is full of. */
  usual: (text: string) => number;
}

function share(text: string, test: (point: number) => boolean): number {
  let high = 0;
  let hits = 0;
  for (let i = 0; i < text.length; i++) {
    const point = text.charCodeAt(i);
    if (point < 128) continue;
    high++;
    if (test(point)) hits++;
  }
  return high === 0 ? 0 : hits / high;
}

const COMMON_HAN = new Set(
  '的一是不了在人有我他这中大来上个国到说们为和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于起还发成事只作当想看文無開手十用主行方又如前所本見經頭面起公同三已老從動兩長知民样現分將外但身些與高意進把法此實回二理美點月明其種聲全工己話兒者向情部正名定女問力機給等几很業最間新什打便位因重被走電四第門相次東政海口使教西再平真聽世气信北少關並内加化由却代軍產入先山五太水万市眼体別處總才場師書比住員九笑性通目華報立馬命張活難神數件安表原車白應路期叫死常提感金何更反合放做系計或司利受光王果親界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴'.split(
    '',
  ),
);

const COMMON_HANGUL = new Set(
  '이다는에의가을를은하고지도로나사그있대기어한자시리인아서원정부해수일제전들안녕세요견적보내드립니까게만면라여했었습것거과와주무상공성장소신연오우위유으음입저조중치터테파표품하할함합행현호화회확후각간감개건결경계관교구국군금급남내년념능당동된될두드등때또량러려력례록료류른마말며명모목문물미민바반받발방배법변별보본분불비산생선설속순술스시식실심써약양업없역영예용운월있작잘재점제족졸종좋준증직진질집차찰참책처천첨체초총최추축출충취측층친크타특편포하학해향허험형'.split(
    '',
  ),
);

const ASIANS: Asian[] = [
  {
    charset: 'shift_jis',
    usual: (text) =>
      share(text, (p) => p >= 0x3041 && p <= 0x30ff) - share(text, (p) => p >= 0xff61 && p <= 0xff9f),
  },
  { charset: 'euc-jp', usual: (text) => share(text, (p) => p >= 0x3041 && p <= 0x30ff) },
  { charset: 'euc-kr', usual: (text) => share(text, (p) => COMMON_HANGUL.has(String.fromCharCode(p))) },
  { charset: 'gb18030', usual: (text) => share(text, (p) => COMMON_HAN.has(String.fromCharCode(p))) },
  { charset: 'big5', usual: (text) => share(text, (p) => COMMON_HAN.has(String.fromCharCode(p))) },
];

function guessAsian(sample: Uint8Array): string | undefined {
  let best: string | undefined;
  let most = 0.2;
  for (const { charset, usual } of ASIANS) {
    let text: string;
    try {
      text = new TextDecoder(charset, { fatal: true }).decode(sample, { stream: true });
    } catch {
      continue;
    }
    const found = usual(text);
    if (found > most) {
      most = found;
      best = charset;
    }
  }
  return best;
}

export interface Guess {
  charset: string;
  /** True when the text is full of words in that charset, enough to overrule a Western label. */
  sure: boolean;
}

/** The likeliest charset of `bytes`, which hold octets above 127 and are not UTF-8. */
export function guessCharset(bytes: Uint8Array): Guess {
  const sample = bytes.length > SAMPLE ? bytes.subarray(0, SAMPLE) : bytes;
  let western = 0;
  let words = 0;
  for (let i = 0; i < sample.length; i++) {
    const octet = sample[i] as number;
    if (octet < 128) continue;
    const previous = i > 0 ? (sample[i - 1] as number) | 32 : 0;
    const next = i + 1 < sample.length ? (sample[i + 1] as number) | 32 : 0;
    if ((previous >= 97 && previous <= 122) || (next >= 97 && next <= 122)) western++;
    else if (
      (i > 0 && (sample[i - 1] as number) >= 128) ||
      (i + 1 < sample.length && (sample[i + 1] as number) >= 128)
    )
      words++;
  }
  if (words <= western) return { charset: guessAsian(sample) ?? 'windows-1252', sure: false };
  candidates ??= ['windows-1251', 'koi8-r', 'ibm866', 'iso-8859-5', 'x-mac-cyrillic'].map(build);
  let best = 'windows-1252';
  let most = Number.NEGATIVE_INFINITY;
  for (const candidate of candidates) {
    const found = score(sample, candidate);
    if (found > most) {
      most = found;
      best = candidate.charset;
    }
  }
  const asian = most < -0.2 ? guessAsian(sample) : undefined;
  if (asian) return { charset: asian, sure: false };
  if (most < -2.5) return { charset: 'windows-1252', sure: false };
  return { charset: best, sure: words >= 8 && words > western * 4 && most > -0.5 };
}
