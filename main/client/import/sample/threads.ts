/**
 * The conversations a visitor meets first, written by hand in both languages. Times are given backwards from
 * "now", so the office is always in the middle of its week.
 */
import { pdf, png, type xlsx } from './files.ts';
import type { SampleFile } from './letter.ts';
import type { PersonName } from './people.ts';

type Two = readonly [en: string, ru: string];
type Cell = readonly (string | number)[];

export interface ThreadLetter {
  /** `me`: sent by the owner. */
  from: PersonName | 'me';
  to?: readonly (PersonName | 'me')[];
  cc?: readonly (PersonName | 'me')[];
  /** Hours before now. */
  ago: number;
  text: Two;
  /** Rows of a table shown after the first paragraph of the rich text; the first row is its head. */
  table?: readonly [en: readonly Cell[], ru: readonly Cell[]];
  files?: (language: 0 | 1, sheet: typeof xlsx) => SampleFile[];
  unread?: boolean;
  flagged?: boolean;
  answered?: boolean;
  forwarded?: boolean;
  tags?: readonly Two[];
  folder?: Two;
}

export interface Thread {
  subject: Two;
  folder: Two;
  letters: readonly ThreadLetter[];
}

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const mixEn: readonly Cell[] = [
  ['Mix', 'Volume, m³', 'Trucks', 'Where'],
  ['B25 W6', 42, '07:30–10:00', 'Slab, axes A–D'],
  ['B30 W8', 18, '10:30–12:00', 'Columns, level −1'],
  ['Mortar M150', 6, '13:00', 'Stair core'],
];
const mixRu: readonly Cell[] = [
  ['Смесь', 'Объём, м³', 'Машины', 'Куда'],
  ['Бетон B25 W6', 42, '07:30–10:00', 'Плита, оси А–Д'],
  ['Бетон B30 W8', 18, '10:30–12:00', 'Колонны, уровень −1'],
  ['Раствор М150', 6, '13:00', 'Лестничный узел'],
];

const INBOX: Two = ['Inbox', 'Inbox'];
const BLOCK4: Two = ['Projects/Block 4, foundations', 'Объекты/Корпус 4, фундаменты'];

export const threads: readonly Thread[] = [
  {
    subject: [
      'Concrete for block 4: delivery moved to Friday',
      'Бетон на корпус 4: поставка перенесена на пятницу',
    ],
    folder: INBOX,
    letters: [
      {
        from: 'orlov',
        ago: 43,
        text: [
          'Olga, the plant asks whether we can take the trucks before nine. What does the site say?\n\nPavel Orlov\nSupply, ext. 214',
          'Ольга, завод спрашивает, сможем ли мы принять машины до девяти. Что говорит участок?\n\nПавел Орлов\nСнабжение, доб. 214',
        ],
        answered: true,
      },
      {
        from: 'me',
        to: ['orlov'],
        ago: 42.7,
        text: [
          'Yes, from 07:30 if the pump is there. Please get it in writing.',
          'Да, с 07:30, если будет насос. Пожалуйста, возьмите это письменно.',
        ],
      },
      {
        from: 'orlov',
        cc: ['melnikov', 'kuznetsova'],
        ago: 0.6,
        unread: true,
        tags: [['Block 4', 'Корпус 4']],
        text: [
          'Olga, good morning.\n\nThe plant moved Thursday’s delivery to Friday, 07:30. Volumes stay the same:\n\n{table}\n\nPlease confirm the estimate before 15:00 today: the plant holds the trucks until then. The price per cubic metre did not change, sheet 2 of the schedule has it.\n\nPavel Orlov\nSupply, ext. 214',
          'Ольга, доброе утро.\n\nЗавод перенёс поставку с четверга на пятницу, 07:30. Объёмы прежние:\n\n{table}\n\nПодтвердите, пожалуйста, смету до 15:00: до этого времени завод держит машины. Цена за куб не изменилась, она на листе 2.\n\nПавел Орлов\nСнабжение, доб. 214',
        ],
        table: [mixEn, mixRu],
        files: (language, sheet) => [
          {
            name: language === 0 ? 'Block 4 delivery schedule.xlsx' : 'График поставки, корпус 4.xlsx',
            type: XLSX,
            bytes: sheet(language === 0 ? mixEn : mixRu),
          },
          {
            name: 'Plant letter 1147.pdf',
            type: 'application/pdf',
            bytes: pdf([
              'Concrete plant No. 3',
              '',
              'Letter 1147',
              'Delivery to block 4 is moved to Friday, 07:30.',
              'B25 W6 - 42 m3, B30 W8 - 18 m3, mortar M150 - 6 m3.',
            ]),
          },
        ],
      },
    ],
  },
  {
    subject: ['Invoice 2214 does not match the estimate', 'Счёт 2214 не сходится со сметой'],
    folder: INBOX,
    letters: [
      {
        from: 'kuznetsova',
        ago: 1.1,
        unread: true,
        flagged: true,
        tags: [['Urgent', 'Срочно']],
        text: [
          'Line 6 is 18,400 higher than in your file of 12 November. Is delivery counted twice? I hold the payment until you answer.\n\nIrina Kuznetsova\nAccounts, ext. 130',
          'Строка 6 на 18 400 больше, чем в вашем файле от 12 ноября. Доставка посчитана дважды? До вашего ответа оплату задерживаю.\n\nИрина Кузнецова\nБухгалтерия, доб. 130',
        ],
      },
    ],
  },
  {
    subject: ['Photos from the site, section 3', 'Фото с площадки, участок 3'],
    folder: INBOX,
    letters: [
      {
        from: 'melnikov',
        ago: 1.6,
        unread: true,
        text: [
          '6 photos. The formwork on axis D is ready, the surveyor comes at noon. The fir tree by the gate stays: we fence it.\n\nSergey',
          '6 снимков. Опалубка по оси Д готова, геодезист будет в полдень. Ёлку у ворот сохраняем: огородим щитами.\n\nСергей',
        ],
        files: () =>
          [1, 2, 3, 4, 5, 6].map((n) => ({
            name: `IMG_20${40 + n}.png`,
            type: 'image/png',
            bytes: png(320, 200, n),
          })),
      },
    ],
  },
  {
    subject: ['Question about clause 7.2 of the tender', 'Вопрос участника по пункту 7.2'],
    folder: INBOX,
    letters: [
      {
        from: 'bidder',
        ago: 2,
        unread: true,
        text: [
          'Is the warranty period counted from the acceptance act of each stage, or from the act of the whole building? Clause 7.2 allows both readings.\n\nRoofline, tender desk',
          'Гарантийный срок считается с даты акта каждого этапа или с даты акта на всё здание? Пункт 7.2 допускает оба чтения.\n\nRoofline, тендерная группа',
        ],
      },
    ],
  },
  {
    subject: ['Drawings for the stair core, revision C', 'Чертежи лестничного узла, изменение 3'],
    folder: INBOX,
    letters: [
      {
        from: 'galiev',
        ago: 30,
        answered: true,
        text: [
          'Revision C is attached as PDF. The landing is 40 mm lower than in B.',
          'Изменение 3 во вложении, PDF. Площадка на 40 мм ниже, чем в изменении 2.',
        ],
        files: () => [
          {
            name: 'KJ-4-117-C.pdf',
            type: 'application/pdf',
            bytes: pdf(['Stair core, block 4', 'Sheet KJ-4-117, revision C', 'Landing level -0.040']),
          },
        ],
      },
      {
        from: 'me',
        to: ['galiev'],
        ago: 29,
        text: ['Thank you. Does the reinforcement change too?', 'Спасибо. Армирование тоже меняется?'],
      },
      {
        from: 'galiev',
        ago: 27,
        answered: true,
        text: [
          'No, only the levels. The bending list stays.',
          'Нет, только отметки. Ведомость деталей прежняя.',
        ],
      },
      {
        from: 'me',
        to: ['galiev'],
        ago: 4,
        text: ['Then I keep the estimate as it is.', 'Тогда смету не трогаю.'],
      },
      {
        from: 'galiev',
        ago: 2.5,
        text: [
          'Thank you, revision C is the valid one. Please destroy the earlier prints.\n\nTimur',
          'Спасибо, действует изменение 3. Прежние распечатки, пожалуйста, уничтожьте.\n\nТимур',
        ],
      },
    ],
  },
  {
    subject: ['Monday meeting with the director: agenda', 'Совещание у директора в понедельник: повестка'],
    folder: INBOX,
    letters: [
      {
        from: 'vetrova',
        cc: ['orlov', 'melnikov', 'galiev'],
        ago: 20,
        text: [
          '1. Block 4 programme.\n2. Winter heating of concrete.\n3. Budget for December.\n\nPlease send your numbers by Friday noon.\n\nAnna Vetrova',
          '1. График корпуса 4.\n2. Зимний прогрев бетона.\n3. Бюджет на декабрь.\n\nЦифры пришлите, пожалуйста, до полудня пятницы.\n\nАнна Ветрова',
        ],
      },
    ],
  },
  {
    subject: ['Offer 118: tower crane, three months', 'Предложение № 118: башенный кран на три месяца'],
    folder: INBOX,
    letters: [
      {
        from: 'crane',
        ago: 21,
        unread: true,
        text: [
          'Good afternoon, Olga.\n\nFollowing your call, please find our offer for a 6-tonne tower crane with a 50 m jib.\n\n{table}\n\nThe price holds until 30 November. The crane is free from 7 December. Please send the soil report for the base.\n\nHire department\nNorthern Crane Hire',
          'Добрый день, Ольга!\n\nПо вашему запросу направляем предложение на аренду башенного крана грузоподъёмностью 6 тонн, вылет стрелы 50 метров.\n\n{table}\n\nЦена действительна до 30 ноября. Кран свободен с 7 декабря. Для расчёта фундамента под кран пришлите, пожалуйста, отчёт по грунтам.\n\nОтдел аренды\nСеверный кран',
        ],
        table: [
          [
            ['Item', 'Term', 'Price'],
            ['Crane with operator', '3 months', '1,440,000'],
            ['Erection and dismantling', 'once', '380,000'],
            ['Delivery, 84 km', 'once', '126,500'],
          ],
          [
            ['Наименование', 'Срок', 'Цена, руб.'],
            ['Аренда крана с машинистом', '3 месяца', '1 440 000'],
            ['Монтаж и демонтаж', 'разово', '380 000'],
            ['Доставка, 84 км', 'разово', '126 500'],
          ],
        ],
        files: (language) => [
          {
            name: language === 0 ? 'Offer_118.pdf' : 'Предложение_118.pdf',
            type: 'application/pdf',
            bytes: pdf([
              'Northern Crane Hire',
              'Offer 118',
              'Tower crane, 6 t, jib 50 m, three months: 1 440 000',
            ]),
          },
        ],
      },
    ],
  },
  {
    subject: ['Leave schedule for December', 'График отпусков на декабрь'],
    folder: INBOX,
    letters: [
      {
        from: 'frolova',
        ago: 24,
        forwarded: true,
        text: [
          'Please send me your dates by Friday. Everyone who carries days over needs the director’s signature.\n\nLidia Frolova\nPersonnel',
          'Пришлите, пожалуйста, даты до пятницы. У кого остались дни, нужна подпись директора.\n\nЛидия Фролова\nОтдел кадров',
        ],
      },
    ],
  },
  {
    subject: ['Samples of B30, protocol', 'Лаборатория: образцы B30, протокол'],
    folder: BLOCK4,
    letters: [
      {
        from: 'lab',
        ago: 550,
        text: [
          'The cubes were tested, mean strength 39.4 MPa, the concrete is given class B30. The protocol is attached.',
          'Кубики испытаны, средняя прочность 39,4 МПа, бетону присвоен класс B30. Протокол во вложении.',
        ],
        files: (language) => [
          {
            name: language === 0 ? 'protocol_611.pdf' : 'акт_611.pdf',
            type: 'application/pdf',
            bytes: pdf(['Materials laboratory', 'Protocol 611', 'Class B30 confirmed, 39.4 MPa at 28 days']),
          },
        ],
      },
    ],
  },
  {
    subject: ['Steel sections: prices ex works', 'Steel sections: prices ex works'],
    folder: ['Projects/Prices and offers', 'Объекты/Прайсы, предложения'],
    letters: [
      {
        from: 'harrison',
        ago: 200,
        answered: true,
        text: [
          'Dear Ms Belova,\n\nOur ex-works prices for HEB 200 and HEB 240 are valid until the end of the quarter. The lead time is four weeks from the order.\n\nKind regards,\nEmma Harrison\nExport sales',
          'Dear Ms Belova,\n\nOur ex-works prices for HEB 200 and HEB 240 are valid until the end of the quarter. The lead time is four weeks from the order.\n\nKind regards,\nEmma Harrison\nExport sales',
        ],
      },
      {
        from: 'me',
        to: ['harrison'],
        ago: 190,
        text: [
          'Dear Ms Harrison,\n\nThank you. Please quote delivery to the site as well.\n\nOlga Belova',
          'Dear Ms Harrison,\n\nThank you. Please quote delivery to the site as well.\n\nOlga Belova',
        ],
      },
    ],
  },
];
