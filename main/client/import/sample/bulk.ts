/**
 * The quiet mass of a year: scans, deliveries, acts, minutes, newsletters. Made from sentence patterns by a seeded
 * generator, so the sample is the same on every computer but for its dates.
 */
import { pdf, xlsx } from './files.ts';
import type { SampleFile } from './letter.ts';
import type { PersonName } from './people.ts';

type Two = readonly [en: string, ru: string];

/** A small deterministic generator (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Pattern {
  from: PersonName;
  folder: Two;
  subject: Two;
  text: Two;
  /** Answer of the owner, kept in Sent. */
  answer?: Two;
  file?: (n: number, language: 0 | 1) => SampleFile;
  weight: number;
  junk?: boolean;
  bothLanguages?: boolean;
}

const ARCHIVE: Two = ['Archive', 'Archive'];
const INBOX: Two = ['Inbox', 'Inbox'];
const BLOCK4: Two = ['Projects/Block 4, foundations', 'Объекты/Корпус 4, фундаменты'];
const BLOCK7: Two = ['Projects/Block 7, roofing', 'Объекты/Корпус 7, кровля'];
const PRICES: Two = ['Projects/Prices and offers', 'Объекты/Прайсы, предложения'];
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export const fill: Record<string, readonly Two[]> = {
  thing: [
    ['concrete B25', 'бетон B25'],
    ['concrete B30', 'бетон B30'],
    ['rebar A500, 12 mm', 'арматура А500, 12 мм'],
    ['insulation boards', 'утеплитель'],
    ['face brick', 'облицовочный кирпич'],
    ['roofing membrane', 'кровельная мембрана'],
    ['formwork panels', 'щиты опалубки'],
    ['window units', 'оконные блоки'],
    ['cable trays', 'кабельные лотки'],
    ['sand, washed', 'песок мытый'],
  ],
  place: [
    ['axes A–D', 'оси А–Д'],
    ['the stair core', 'лестничный узел'],
    ['level −1', 'уровень −1'],
    ['the north wall', 'северная стена'],
    ['the roof, section 2', 'кровля, участок 2'],
    ['the boiler room', 'котельная'],
  ],
  day: [
    ['Monday', 'понедельник'],
    ['Tuesday', 'вторник'],
    ['Thursday', 'четверг'],
    ['Friday', 'пятница'],
  ],
  reason: [
    ['the road is closed until noon', 'дорога перекрыта до полудня'],
    ['the pump is needed on block 7', 'насос нужен на корпусе 7'],
    ['the surveyor asks for a second check', 'геодезист просит повторную проверку'],
    ['frost is forecast for the night', 'ночью обещают мороз'],
    ['the truck scale is being repaired', 'весовая на ремонте'],
  ],
};

export const patterns: readonly Pattern[] = [
  {
    from: 'scanner',
    folder: INBOX,
    weight: 9,
    subject: ['Scan {date} {time}, {m} pages', 'Скан {date} {time}, страниц: {m}'],
    text: [
      'Sent by the office scanner. Reply goes to nobody.',
      'Отправлено офисным сканером. Отвечать не нужно.',
    ],
    file: (n) => ({
      name: `scan-${String(n).padStart(4, '0')}.pdf`,
      type: 'application/pdf',
      bytes: pdf(['Scanned document', `No. ${n}`]),
    }),
  },
  {
    from: 'orlov',
    folder: BLOCK4,
    weight: 14,
    subject: ['Delivery of {thing}, order {n}', 'Поставка: {thing}, заявка {n}'],
    text: [
      'Olga, {thing} for {place} comes on {day}: {reason}. Order {n}, volume {m} m³.\n\nPavel Orlov',
      'Ольга, по заявке {n} завод отгружает: {thing}, {m} м³. Место: {place}. Срок: {day}. Причина переноса: {reason}.\n\nПавел Орлов',
    ],
    answer: ['Noted, the estimate has it on sheet {m}.', 'Принято, в смете это лист {m}.'],
  },
  {
    from: 'beton',
    folder: PRICES,
    weight: 7,
    subject: ['Invoice {n} for {thing}', 'Счёт {n}: {thing}'],
    text: [
      'Invoice {n} of {date} is attached: {thing}, {m} m³ with delivery. Payment within 10 days.',
      'Во вложении счёт {n} от {date}: {thing}, {m} м³ с доставкой. Оплата в течение 10 дней.',
    ],
    file: (n, language) => ({
      name: language === 0 ? `invoice_${n}.xlsx` : `счёт_${n}.xlsx`,
      type: XLSX,
      bytes: xlsx([
        [language === 0 ? 'Invoice' : 'Счёт', n],
        [language === 0 ? 'Total' : 'Итого', n * 137],
      ]),
    }),
  },
  {
    from: 'kuznetsova',
    folder: ARCHIVE,
    weight: 9,
    subject: ['Act {n} and the advance report', 'Акт {n} и авансовый отчёт'],
    text: [
      'Please sign act {n} for {thing} and bring the papers by {day}. Without them the payment waits.',
      'Подпишите, пожалуйста, акт {n} ({thing}) и занесите бумаги, срок: {day}. Без них оплата стоит.',
    ],
    answer: ['Signed, on your desk.', 'Подписала, лежит у вас на столе.'],
  },
  {
    from: 'melnikov',
    folder: BLOCK7,
    weight: 10,
    subject: ['Block 7: {place}, what is missing', 'Корпус 7: {place}, чего не хватает'],
    text: [
      'On {place} we wait for {thing}: {reason}. Two crews stand. Can it come before {day}?\n\nSergey',
      'Место: {place}. Ждём: {thing}. Причина задержки: {reason}. Две бригады стоят, по графику {day}. Можно раньше?\n\nСергей',
    ],
  },
  {
    from: 'galiev',
    folder: BLOCK4,
    weight: 7,
    subject: ['Sheet KJ-4-{n}: remarks', 'Лист КЖ-4-{n}: замечания'],
    text: [
      'Remarks to sheet KJ-4-{n}, {place}. The dimension chain does not close by {m} mm, see the cloud on the drawing.',
      'Замечания к листу КЖ-4-{n}, {place}. Размерная цепь не сходится на {m} мм, на чертеже отмечено облаком.',
    ],
    file: (n) => ({
      name: `KJ-4-${n}.pdf`,
      type: 'application/pdf',
      bytes: pdf([`Sheet KJ-4-${n}`, 'Remarks']),
    }),
  },
  {
    from: 'vetrova',
    folder: ARCHIVE,
    weight: 6,
    subject: ['Minutes {n} of the meeting', 'Протокол совещания № {n}'],
    text: [
      'Minutes {n}. Decided: 1. {thing} is ordered by {day}. 2. The forecast for the month goes to accounts. 3. Next meeting at 10:00.',
      'Протокол № {n}. Решили: 1. Заказать ({thing}), срок: {day}. 2. Прогноз на месяц передать в бухгалтерию. 3. Следующее совещание в 10:00.',
    ],
  },
  {
    from: 'nikitin',
    folder: ARCHIVE,
    weight: 4,
    subject: ['Work on the network on {day}', 'Работы на сети, {day}'],
    text: [
      'On {day} from 18:00 the file server is restarted. Please save your work and close the estimates.',
      'Файловый сервер перезапускаем: {day}, с 18:00. Сохраните, пожалуйста, работу и закройте сметы.',
    ],
  },
  {
    from: 'frolova',
    folder: ARCHIVE,
    weight: 3,
    subject: ['Safety briefing, group {n}', 'Инструктаж по охране труда, группа {n}'],
    text: [
      'The briefing for group {n} is on {day} at 09:00 in the small hall. Bring your card.',
      'Инструктаж для группы {n}: {day}, 09:00, малый зал. Возьмите удостоверение.',
    ],
  },
  {
    from: 'harrison',
    folder: PRICES,
    weight: 4,
    bothLanguages: true,
    subject: ['Quotation {n}: HEB sections', 'Quotation {n}: HEB sections'],
    text: [
      'Dear Ms Belova,\n\nplease find quotation {n}. The mill rolls HEB in week {m}; the freight is quoted separately.\n\nKind regards,\nEmma Harrison',
      'Dear Ms Belova,\n\nplease find quotation {n}. The mill rolls HEB in week {m}; the freight is quoted separately.\n\nKind regards,\nEmma Harrison',
    ],
  },
  {
    from: 'lottery',
    folder: ['Junk', 'Junk'],
    weight: 2,
    junk: true,
    subject: ['You have won {n}000', 'Вы выиграли {n}000'],
    text: [
      'Send your card number to receive the prize number {n}.',
      'Пришлите номер карты, чтобы получить приз № {n}.',
    ],
  },
];
