/** An HTML newsletter as such letters really are: nested tables, styles, an inner picture and remote ones that must not load by themselves. */
export function newsletter(language: 0 | 1, issue: number): { subject: string; text: string; html: string } {
  const t =
    language === 0
      ? {
          subject: `Building Digest No. ${issue}: winter concrete, prices, safety`,
          hello: 'Winter concrete without surprises',
          lead: 'Three sites tell how they heat a slab at −15 °C, and what it costs per cubic metre.',
          items: [
            ['Prices of the week', 'Rebar is 2 % cheaper, cement stands still, washed sand is 4 % dearer.'],
            ['Safety', 'New rules for scaffolds from January: what changes in the log.'],
            ['Machines', 'A tower crane that a crew of four erects in one day.'],
          ],
          more: 'Read the article',
          stop: 'You get this letter because you subscribed. Unsubscribe',
        }
      : {
          subject: `Строительный дайджест № ${issue}: зимний бетон, цены, охрана труда`,
          hello: 'Зимний бетон без неожиданностей',
          lead: 'Три площадки рассказывают, как прогревают плиту при −15 °C и сколько это стоит на кубометр.',
          items: [
            ['Цены недели', 'Арматура дешевле на 2 %, цемент без изменений, мытый песок дороже на 4 %.'],
            ['Охрана труда', 'Новые правила для лесов с января: что меняется в журнале.'],
            ['Техника', 'Башенный кран, который бригада из четырёх человек собирает за день.'],
          ],
          more: 'Читать статью',
          stop: 'Вы получаете это письмо, потому что подписались. Отписаться',
        };
  const items = t.items
    .map(
      ([title, text], n) =>
        `<tr><td style="padding:16px 24px;border-top:1px solid #e3dfd8"><table width="100%"><tr><td width="120"><img src="https://img.stroydigest.example/${issue}/${n}.jpg" width="104" height="78" alt="${title}"></td><td style="font:14px/22px Arial,sans-serif;color:#1f1d1a"><b>${title}</b><br>${text}<br><a href="https://stroydigest.example/${issue}/${n}" style="color:#2449ad">${t.more}</a></td></tr></table></td></tr>`,
    )
    .join('');
  const html = `<!doctype html><html><head><meta charset="utf-8"><style>body{margin:0;background:#f1efeb}.card{background:#fff;border-radius:8px}</style></head><body><table width="100%" bgcolor="#f1efeb"><tr><td align="center"><table class="card" width="600" cellspacing="0" cellpadding="0" style="background:#ffffff"><tr><td><img src="cid:header@stroydigest.example" width="600" height="140" alt=""></td></tr><tr><td style="padding:24px;font:22px/30px Georgia,serif;color:#1f1d1a">${t.hello}</td></tr><tr><td style="padding:0 24px 16px;font:15px/24px Arial,sans-serif;color:#504b44">${t.lead}</td></tr>${items}<tr><td style="padding:16px 24px;font:12px Arial,sans-serif;color:#635d54">${t.stop}<img src="https://track.stroydigest.example/open.gif?u=1" width="1" height="1" alt=""></td></tr></table></td></tr></table></body></html>`;
  const text = [
    t.hello,
    '',
    t.lead,
    '',
    ...t.items.flatMap(([title, body]) => [`* ${title}`, body ?? '', '']),
    t.stop,
  ].join('\n');
  return { subject: t.subject, text, html };
}
