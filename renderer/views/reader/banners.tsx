import { CalendarDays, ChevronDown, Image, ImageOff, ListX, ShieldAlert, UserSearch } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Banner as BannerData, Letter } from '../../../main/contract/mail/messages.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { compose } from '../../state/compose.ts';
import { engine } from '../../state/engine.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import { attachmentBlob, saveBlob } from './bytes.ts';
import { type Receipt, ReceiptBanner, useReceipt } from './receipt-banner.tsx';

/** Most serious first; at most two are shown, so that the letter itself stays in sight. */
const ORDER: readonly BannerData['kind'][] = [
  'link-mismatch',
  'colleague-name',
  'first-letter',
  'outside',
  'pictures',
  'receipt',
  'list',
  'invitation',
];
const SHOWN = 2;
const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** The banners to draw: one sender warning, then by seriousness. Pure. */
export function chooseBanners(banners: readonly BannerData[], closed: ReadonlySet<string>): BannerData[] {
  const open = banners.filter((banner) => !closed.has(banner.kind));
  const first = open.some((banner) => banner.kind === 'first-letter' || banner.kind === 'colleague-name');
  return open
    .filter((banner) => !(banner.kind === 'outside' && first))
    .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
    .slice(0, SHOWN);
}

export interface BannersProps {
  letter: Letter;
  /** Remote pictures left out of what is shown now. */
  blocked: number;
  onPictures: () => void;
  onTrustLinks: () => void;
}

export function Banners({ letter, blocked, onPictures, onTrustLinks }: BannersProps): ReactNode {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const close = (kind: string) => setClosed((former) => new Set([...former, kind]));
  const receipt = useReceipt(letter);
  const told = receipt.state?.state;
  const banners: BannerData[] = letter.banners.filter(
    (banner) =>
      banner.kind !== 'pictures' && (banner.kind !== 'receipt' || told === 'ask' || told === 'sent'),
  );
  if (blocked > 0) banners.push({ kind: 'pictures', count: blocked });
  return chooseBanners(banners, closed).map((banner) => (
    <OneBanner
      key={banner.kind}
      banner={banner}
      letter={letter}
      receipt={receipt}
      onClose={() => close(banner.kind)}
      onPictures={onPictures}
      onTrustLinks={() => {
        close(banner.kind);
        onTrustLinks();
      }}
    />
  ));
}

interface OneBannerProps {
  banner: BannerData;
  letter: Letter;
  receipt: Receipt;
  onClose: () => void;
  onPictures: () => void;
  onTrustLinks: () => void;
}

function OneBanner({
  banner,
  letter,
  receipt,
  onClose,
  onPictures,
  onTrustLinks,
}: OneBannerProps): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.reader.banners;
  const address = letter.from[0]?.address ?? '';
  switch (banner.kind) {
    case 'link-mismatch':
      return (
        <Banner
          tone="danger"
          alert
          label={t.a11y.senderWarning}
          icon={<ShieldAlert {...icon} />}
          title={words.linkTitle}
          actions={
            <Button variant="quiet" onPress={onTrustLinks}>
              {words.showAnyway}
            </Button>
          }
          onClose={onClose}
        >
          {words.linkBody(banner.text, banner.target)}
        </Banner>
      );
    case 'colleague-name':
      return (
        <Banner
          tone="danger"
          alert
          label={t.a11y.senderWarning}
          icon={<ShieldAlert {...icon} />}
          title={words.colleagueTitle(banner.name)}
          onClose={onClose}
        >
          {words.colleagueBody(banner.address)}
        </Banner>
      );
    case 'first-letter':
      return (
        <Banner
          tone="warning"
          label={t.a11y.senderWarning}
          icon={<UserSearch {...icon} />}
          title={words.firstTitle}
          actions={
            <Button
              variant="quiet"
              onPress={() => {
                onClose();
                engine().request('senders.know', { address: banner.address }).catch(sayFailure);
              }}
            >
              {words.know}
            </Button>
          }
          onClose={onClose}
        >
          {words.firstBody(banner.address)}
        </Banner>
      );
    case 'outside':
      return (
        <Banner
          tone="warning"
          label={t.a11y.senderWarning}
          icon={<UserSearch {...icon} />}
          title={words.outsideTitle}
          onClose={onClose}
        >
          {words.outsideBody(banner.domain)}
        </Banner>
      );
    case 'pictures':
      return <PicturesBanner count={banner.count} address={address} onPictures={onPictures} />;
    case 'receipt':
      return <ReceiptBanner receipt={receipt} onClose={onClose} />;
    case 'list':
      return (
        <Banner
          label={words.list}
          icon={<ListX {...icon} />}
          title={words.list}
          actions={
            banner.unsubscribe ? (
              <Button variant="quiet" onPress={() => unsubscribe(banner.unsubscribe)}>
                {words.unsubscribe}
              </Button>
            ) : undefined
          }
          onClose={onClose}
        />
      );
    case 'invitation': {
      const when = banner.start === null ? '' : `${formats.day(banner.start)}, ${formats.time(banner.start)}`;
      return (
        <Banner
          label={words.invitation}
          icon={<CalendarDays {...icon} />}
          title={words.invitation}
          actions={
            <Button
              variant="quiet"
              onPress={() => {
                attachmentBlob({ id: letter.row.id, path: [], n: banner.attachment }).then(
                  ({ blob, name }) => saveBlob(blob, name),
                  sayFailure,
                );
              }}
            >
              {words.saveCalendar}
            </Button>
          }
          onClose={onClose}
        >
          {words.invitationAt(banner.summary, when, banner.location)}
        </Banner>
      );
    }
    default:
      return null;
  }
}

function PicturesBanner({
  count,
  address,
  onPictures,
}: {
  count: number;
  address: string;
  onPictures: () => void;
}): ReactNode {
  const t = useText();
  const words = t.reader.banners;
  const host = address.split('@')[1] ?? '';
  const always = (domain: boolean) => {
    engine()
      .request('senders.allow', { address: domain ? host : address, domain, allow: true })
      .then(onPictures, sayFailure);
  };
  return (
    <Banner
      label={t.a11y.picturesBlocked}
      icon={<ImageOff {...icon} />}
      title={words.pictures(count)}
      actions={
        <>
          <Button onPress={onPictures}>{words.load}</Button>
          <MenuButton
            label={words.loadMore}
            placement="bottom end"
            entries={[
              {
                id: 'once',
                label: words.load,
                icon: <Image size={16} strokeWidth={1.75} />,
                run: onPictures,
              },
              ...(address
                ? [{ id: 'sender', label: words.alwaysSender(address), run: () => always(false) }]
                : []),
              ...(host ? [{ id: 'domain', label: words.alwaysDomain(host), run: () => always(true) }] : []),
            ]}
          >
            <IconButton label={words.loadMore} icon={<ChevronDown size={16} strokeWidth={1.75} />} />
          </MenuButton>
        </>
      }
    />
  );
}

/** A list's address is written to in the composer; a page is opened outside. Nothing is sent by itself. */
function unsubscribe(target: string): void {
  if (/^mailto:/i.test(target)) compose({ open: 'create', input: { kind: 'new', mailto: target } });
  else if (/^https?:/i.test(target)) window.open(target, '_blank', 'noopener,noreferrer');
}
