/**
 * The first page: five doors in a fixed order, and the flows behind those that are open. Also the place of
 * "Add an account" and "Bring old mail" later on. It never pretends: a door whose room is not built says so.
 */
import {
  Building2,
  ChevronRight,
  DraftingCompass,
  History,
  Languages,
  MailPlus,
  PackageOpen,
  Ticket,
  WifiOff,
} from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { useLanguageState } from '../../i18n/language.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { go, usePlace } from '../../state/place.ts';
import { changeSettings, refreshFolders, refreshHello, useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { Select } from '../../ui/field.tsx';
import { BrandMark } from '../window/brand-mark.tsx';
import { Toasts } from '../window/toasts.tsx';
import { Connect } from './connect.tsx';
import styles from './first-run.module.css';
import { HostOffice } from './host-office.tsx';
import { ImportMail } from './import-mail.tsx';
import movingStyles from './moving.module.css';
import { PigeonHoles } from './pigeon-holes.tsx';
import { RestoreCopy } from './restore-copy.tsx';
import { programsOf, useFoundStores } from './use-found-stores.ts';

type DoorName = 'connect' | 'join' | 'host' | 'import' | 'sample';

const icon = { size: 20, strokeWidth: 1.75, 'aria-hidden': true } as const;
const small = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function FirstRun(): ReactNode {
  const t = useText();
  const hello = useSession((state) => state.hello);
  const flow = usePlace((state) => state.flow);
  const back = () => go({ flow: null });
  return (
    <div className={styles.window} data-scope="page">
      <header className={styles.title}>
        <BrandMark />
        <b>{t.common.product}</b>
        <span>{hello?.firstRun ? '' : hello?.profileName}</span>
      </header>
      <main className={styles.sheet} aria-label={t.a11y.welcome}>
        <Poster />
        <div className={styles.side}>
          <div className={styles.content}>
            {flow === 'connect' ? (
              <Connect onBack={back} onDone={back} />
            ) : flow === 'host' ? (
              <HostOffice onBack={back} />
            ) : flow === 'import' ? (
              <ImportMail onBack={back} />
            ) : flow === 'restore' ? (
              <RestoreCopy onBack={back} />
            ) : (
              <Doors />
            )}
          </div>
        </div>
        <Toasts />
      </main>
    </div>
  );
}

function Poster(): ReactNode {
  const t = useText();
  const words = t.firstRun;
  return (
    <section className={styles.poster}>
      <div className={styles.posterInner}>
        <PigeonHoles />
        <h1>
          {words.slogan.map((line) => (
            <span key={line}>{line} </span>
          ))}
        </h1>
        <p>{words.promise}</p>
        <ul>
          <li>
            <WifiOff {...small} />
            {words.facts.offline}
          </li>
          <li>
            <History {...small} />
            {words.facts.drafts}
          </li>
          <li>
            <Languages {...small} />
            {words.facts.languages}
          </li>
        </ul>
      </div>
    </section>
  );
}

function Doors(): ReactNode {
  const t = useText();
  const words = t.firstRun;
  const version = useSession((state) => state.hello?.version ?? '');
  const language = useLanguageState((state) => state.language);
  const [told, setTold] = useState(false);
  const [making, setMaking] = useState(false);
  const firstRun = useSession((state) => state.hello?.firstRun ?? false);
  const found = programsOf(useFoundStores() ?? [], t.moving.files)
    .slice(0, 2)
    .join(', ');
  const look = async () => {
    setMaking(true);
    try {
      await engine().request('sample.create', {});
      await Promise.all([refreshFolders(), refreshHello()]);
    } catch (thrown) {
      sayFailure(thrown);
      setMaking(false);
    }
  };
  return (
    <>
      <div className={styles.head}>
        <div>
          <h2>{words.question}</h2>
          <p>{words.hint}</p>
        </div>
        <Select
          label={words.language}
          hideLabel
          className={styles.language ?? ''}
          value={language}
          options={[
            { id: 'en', label: 'English' },
            { id: 'ru', label: 'Русский' },
          ]}
          onChange={(chosen) => {
            changeSettings({ language: chosen }).catch(sayFailure);
          }}
        />
      </div>
      <Door name="connect" icon={<MailPlus {...icon} />} first onOpen={() => go({ flow: 'connect' })} />
      <Door
        name="join"
        icon={<Ticket {...icon} />}
        badge={words.later.badge}
        told={told ? words.later.join : undefined}
        onOpen={() => setTold(!told)}
      />
      <Door name="host" icon={<Building2 {...icon} />} onOpen={() => go({ flow: 'host' })} />
      <hr className={styles.rule} />
      <Door
        name="import"
        icon={<PackageOpen {...icon} />}
        badge={found === '' ? undefined : t.moving.badge(found)}
        onOpen={() => go({ flow: 'import' })}
      />
      <Door
        name="sample"
        icon={<DraftingCompass {...icon} />}
        busy={making ? <SampleProgress /> : undefined}
        onOpen={() => void look()}
      />
      <div className={movingStyles.small}>
        {firstRun ? (
          <Button variant="link" onPress={() => go({ flow: 'restore' })}>
            {t.moving.restore.door}
          </Button>
        ) : (
          <span />
        )}
        <p className={styles.version}>{words.version(version)}</p>
      </div>
    </>
  );
}

interface DoorProps {
  name: DoorName;
  icon: ReactNode;
  onOpen: () => void;
  first?: boolean;
  badge?: string | undefined;
  /** What is said when it is opened and its room is not built yet. */
  told?: string | undefined;
  busy?: ReactNode;
}

function Door({ name, icon: picture, onOpen, first, badge, told, busy }: DoorProps): ReactNode {
  const t = useText();
  const base = useId();
  const words = t.firstRun.doors[name];
  return (
    <div className={styles.doorPlace}>
      <div className={classes(styles.door, first && styles.firstDoor)}>
        <span className={styles.doorIcon}>{picture}</span>
        <span className={styles.doorWords}>
          <span className={styles.doorName}>
            {/* Named by its first line alone, pressed anywhere on the door. */}
            <button
              type="button"
              aria-describedby={`${base}about`}
              {...(badge ? { 'aria-expanded': told !== undefined } : {})}
              aria-disabled={busy ? true : undefined}
              onClick={() => {
                if (!busy) onOpen();
              }}
            >
              {words.name}
            </button>
            {badge ? <span className={styles.badge}>{badge}</span> : null}
          </span>
          <span id={`${base}about`}>{busy ?? words.about}</span>
        </span>
        <ChevronRight {...small} />
      </div>
      {told ? (
        <p className={styles.told} role="status">
          {told}
        </p>
      ) : null}
    </div>
  );
}

/** Letters made so far; a sentence while there is no number yet. */
function SampleProgress(): ReactNode {
  const t = useText();
  const formats = useFormats();
  const job = useSession((state) =>
    state.jobs.find((each) => each.kind === 'sample' && each.state === 'running'),
  );
  const said =
    job && job.total !== null
      ? t.firstRun.madeOf(formats.number(job.done), formats.number(job.total))
      : t.firstRun.firstReadable;
  return (
    <span role="status">
      {t.firstRun.makingSample}. {said}
    </span>
  );
}
