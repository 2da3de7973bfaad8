/** Who writes in the sample office: a small construction firm, its suppliers and its machines. Everybody is invented. */
export interface Person {
  readonly en: string;
  readonly ru: string;
  readonly address: string;
  readonly roleEn: string;
  readonly roleRu: string;
}

const office = (
  en: string,
  ru: string,
  local: string,
  department: string,
  roleEn: string,
  roleRu: string,
): Person => ({
  en,
  ru,
  address: `${local}@${department}.constr.org`,
  roleEn,
  roleRu,
});
const outside = (en: string, ru: string, address: string, roleEn: string, roleRu: string): Person => ({
  en,
  ru,
  address,
  roleEn,
  roleRu,
});

export const OWNER = office('Olga Belova', 'Ольга Белова', 'o.belova', 'otd1', 'Estimates', 'Сметный отдел');

export const people = {
  orlov: office('Pavel Orlov', 'Павел Орлов', 'p.orlov', 'otd2', 'Supply, ext. 214', 'Снабжение, доб. 214'),
  kuznetsova: office(
    'Irina Kuznetsova',
    'Ирина Кузнецова',
    'i.kuznetsova',
    'otd3',
    'Accounts, ext. 130',
    'Бухгалтерия, доб. 130',
  ),
  melnikov: office(
    'Sergey Melnikov',
    'Сергей Мельников',
    's.melnikov',
    'otd2',
    'Site, section 3',
    'Участок 3',
  ),
  galiev: office(
    'Timur Galiev',
    'Тимур Галиев',
    't.galiev',
    'otd3',
    'Drawings, ext. 176',
    'Проектная группа, доб. 176',
  ),
  vetrova: office(
    'Anna Vetrova',
    'Анна Ветрова',
    'a.vetrova',
    'otd1',
    'Director’s office',
    'Приёмная директора',
  ),
  frolova: office('Lidia Frolova', 'Лидия Фролова', 'l.frolova', 'otd4', 'Personnel', 'Отдел кадров'),
  nikitin: office(
    'Boris Nikitin',
    'Борис Никитин',
    'b.nikitin',
    'otd4',
    'Computers and telephones',
    'Компьютеры и связь',
  ),
  scanner: office('Scanner, 2nd floor', 'Сканер, 2 этаж', 'scanner2', 'otd1', '', ''),
  crane: outside(
    'Northern Crane Hire',
    'Северный кран, аренда',
    'sales@north-crane.example',
    'Hire department',
    'Отдел аренды',
  ),
  beton: outside('Beton-Postavka', 'Бетон-Поставка', 'invoices@beton.example', 'Dispatch', 'Диспетчерская'),
  lab: outside(
    'Materials laboratory',
    'Лаборатория материалов',
    'protocol@lab-stroy.example',
    'Test protocols',
    'Протоколы испытаний',
  ),
  bidder: outside(
    'Bidder desk',
    'Участник закупки',
    'bid@roofline.example',
    'Tender desk',
    'Тендерная группа',
  ),
  harrison: outside(
    'Emma Harrison',
    'Эмма Харрисон',
    'e.harrison@steelworks.example',
    'Export sales',
    'Отдел экспорта',
  ),
  digest: outside('Building Digest', 'Строительный дайджест', 'news@stroydigest.example', '', ''),
  lottery: outside('Prize department', 'Отдел призов', 'winner@lucky-prize.example', '', ''),
} satisfies Record<string, Person>;

export type PersonName = keyof typeof people;
