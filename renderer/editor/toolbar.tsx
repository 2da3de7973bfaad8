/** The editor's buttons. Every one has a name and, where there is one, a key. */
import {
  Baseline,
  Bold,
  ChevronDown,
  ImagePlus,
  IndentDecrease,
  IndentIncrease,
  Italic,
  Link as LinkIcon,
  List,
  ListOrdered,
  RemoveFormatting,
  Table as TableIcon,
  TextQuote,
  Underline,
} from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { Toolbar as AriaToolbar } from 'react-aria-components';
import { useText } from '../i18n/text.ts';
import { isMac, keyLabel } from '../state/keys.ts';
import { printedKey } from '../state/shortcuts.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { MenuButton } from '../ui/menu.tsx';
import styles from './editor.module.css';
import { linkTarget } from './link-target.ts';
import { BLOCK_STYLES, type Formats, type RichText, SIZES } from './rich-text.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** Colours of text that are legible on white paper and adapt in the dark. */
const COLOURS = ['#1f1d1a', '#a8201a', '#774800', '#14693a', '#2449ad', '#5b3a9e', '#635d54'] as const;

export interface ToolbarProps {
  text: RichText | null;
  formats: Formats;
  /** Absent: pictures cannot be put in here. */
  pictures: boolean;
  /** At the right end. */
  children?: ReactNode;
}

export function Toolbar({ text, formats, pictures, children }: ToolbarProps): ReactNode {
  const t = useText();
  const words = t.composer.format;
  const [asking, setAsking] = useState<'link' | 'table' | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const tool = (label: string, picture: ReactNode, run: () => void, pressed?: boolean, chord?: string) => (
    <IconButton
      size="small"
      label={label}
      icon={picture}
      pressed={pressed}
      keys={chord ? keyLabel(chord, isMac) : undefined}
      isDisabled={text === null}
      onPress={() => {
        run();
        text?.focus();
      }}
    />
  );
  return (
    <AriaToolbar className={styles.toolbar ?? ''} aria-label={t.a11y.formatting}>
      <MenuButton
        label={words.style}
        entries={BLOCK_STYLES.map((style) => ({
          id: style,
          label: words.styles[style],
          checked: formats.style === style,
          run: () => text?.style(style),
        }))}
      >
        <Button variant="quiet" size="small" label={`${words.style}: ${words.styles[formats.style]}`}>
          {words.styles[formats.style]}
          <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
        </Button>
      </MenuButton>
      <MenuButton
        label={words.size}
        entries={SIZES.map((size) => ({
          id: String(size),
          label: String(size),
          checked: formats.size === size,
          run: () => text?.size(size),
        }))}
      >
        <Button variant="quiet" size="small" label={`${words.size}: ${formats.size}`}>
          {formats.size}
          <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
        </Button>
      </MenuButton>
      <i className={styles.line} />
      {tool(
        words.bold,
        <Bold {...icon} />,
        () => text?.toggle('bold'),
        formats.bold,
        printedKey('text.bold'),
      )}
      {tool(
        words.italic,
        <Italic {...icon} />,
        () => text?.toggle('italic'),
        formats.italic,
        printedKey('text.italic'),
      )}
      {tool(
        words.underline,
        <Underline {...icon} />,
        () => text?.toggle('underline'),
        formats.underline,
        printedKey('text.underline'),
      )}
      <MenuButton
        label={words.colour}
        entries={[
          {
            id: 'own',
            label: words.colours.own,
            checked: formats.colour === null,
            run: () => text?.colour(null),
          },
          ...COLOURS.slice(1).map((colour, at) => ({
            id: colour,
            label: words.colours.names[at] ?? colour,
            icon: <span className={styles.swatch} style={{ background: colour }} />,
            run: () => text?.colour(colour),
          })),
        ]}
      >
        <IconButton
          size="small"
          label={words.colour}
          icon={<Baseline {...icon} />}
          isDisabled={text === null}
        />
      </MenuButton>
      <i className={styles.line} />
      {tool(words.bullets, <List {...icon} />, () => text?.list('bullets'), formats.bullets)}
      {tool(words.numbers, <ListOrdered {...icon} />, () => text?.list('numbers'), formats.numbers)}
      {tool(words.outdent, <IndentDecrease {...icon} />, () => text?.indent(false))}
      {tool(words.indent, <IndentIncrease {...icon} />, () => text?.indent(true))}
      {tool(words.quote, <TextQuote {...icon} />, () => text?.quote(), formats.quote)}
      <i className={styles.line} />
      <IconButton
        size="small"
        label={words.link}
        icon={<LinkIcon {...icon} />}
        pressed={formats.link !== null}
        isDisabled={text === null}
        onPress={() => setAsking('link')}
      />
      <IconButton
        size="small"
        label={words.table}
        icon={<TableIcon {...icon} />}
        isDisabled={text === null}
        onPress={() => setAsking('table')}
      />
      {pictures ? (
        <IconButton
          size="small"
          label={words.picture}
          icon={<ImagePlus {...icon} />}
          isDisabled={text === null}
          onPress={() => picker.current?.click()}
        />
      ) : null}
      {tool(words.clear, <RemoveFormatting {...icon} />, () => text?.clear())}
      <span className={styles.grow} />
      {children}
      <input
        ref={picker}
        type="file"
        accept="image/*"
        multiple
        hidden
        onChange={(event) => {
          text?.addPictures([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      {asking === 'link' && text ? (
        <LinkDialog text={text} formats={formats} onClose={() => setAsking(null)} />
      ) : null}
      {asking === 'table' && text ? <TableDialog text={text} onClose={() => setAsking(null)} /> : null}
    </AriaToolbar>
  );
}

function LinkDialog({
  text,
  formats,
  onClose,
}: {
  text: RichText;
  formats: Formats;
  onClose: () => void;
}): ReactNode {
  const t = useText();
  const words = t.composer.format;
  const selected = text.selectedText();
  const [target, setTarget] = useState(formats.link ?? '');
  const [shown, setShown] = useState(selected);
  const usable = linkTarget(target) !== null;
  const apply = () => {
    if (!usable) return;
    text.link(target, shown);
    onClose();
    text.focus();
  };
  return (
    <Dialog
      isOpen
      title={words.link}
      onClose={onClose}
      foot={
        <>
          {formats.link === null ? null : (
            <Button
              variant="quiet"
              onPress={() => {
                text.unlink();
                onClose();
              }}
            >
              {words.unlink}
            </Button>
          )}
          <Button onPress={onClose}>{t.common.cancel}</Button>
          <Button variant="primary" isDisabled={!usable} onPress={apply}>
            {words.insert}
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <TextField
          label={words.linkTarget}
          value={target}
          onChange={setTarget}
          autoFocus
          placeholder="https://"
        />
        {selected === '' && formats.link === null ? (
          <TextField label={words.linkWords} value={shown} onChange={setShown} />
        ) : null}
      </form>
    </Dialog>
  );
}

/** More would not fit a letter's width. */
const MOST_ROWS = 50;
const MOST_COLUMNS = 12;

function TableDialog({ text, onClose }: { text: RichText; onClose: () => void }): ReactNode {
  const t = useText();
  const words = t.composer.format;
  const [rows, setRows] = useState('3');
  const [columns, setColumns] = useState('3');
  const count = (typed: string, most: number) => Math.min(most, Math.max(1, Math.floor(Number(typed)) || 1));
  const apply = () => {
    text.table(count(rows, MOST_ROWS), count(columns, MOST_COLUMNS));
    onClose();
    text.focus();
  };
  return (
    <Dialog
      isOpen
      title={words.table}
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t.common.cancel}</Button>
          <Button variant="primary" onPress={apply}>
            {words.insert}
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <TextField label={words.rows} type="number" value={rows} onChange={setRows} autoFocus />
        <TextField label={words.columns} type="number" value={columns} onChange={setColumns} />
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
