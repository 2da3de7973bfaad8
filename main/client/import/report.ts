/** What a dry run found, or an import did: the same numbers for both. Plain data. */

export interface BringFolder {
  /** Where it goes: levels below the account, joined by "/". */
  path: string;
  letters: number;
  doubles: number;
  bytes: number;
}

export interface BringReport {
  /** What was read. */
  sources: { path: string; kind: string; title: string }[];
  /** Letters that came in, or (dry run) would. */
  letters: number;
  doubles: number;
  folders: BringFolder[];
  people: number;
  tags: number;
  /** Rules, signatures and identities of the other program. */
  rules: number;
  signatures: number;
  identities: number;
  /** Items that are no letters. */
  others: { calendar: number; tasks: number; notes: number };
  /** Letters that were deleted there already and only waited to be cleared. */
  thrownAway: number;
  unreadable: { path: string; reason: string }[];
}

/** Letters named one by one in a report; a longer list helps nobody. */
export const MAX_NAMED = 10_000;
/** Folders named. */
const MAX_FOLDERS = 5000;

/** Adds what an export of ours has brought besides letters. */
export function addBrought(
  report: BringReport,
  brought: Pick<BringReport, 'people' | 'rules' | 'signatures' | 'identities'>,
): void {
  for (const part of ['people', 'rules', 'signatures', 'identities'] as const) report[part] += brought[part];
}

export class ReportKeeper {
  readonly report: BringReport = {
    sources: [],
    letters: 0,
    doubles: 0,
    folders: [],
    people: 0,
    tags: 0,
    rules: 0,
    signatures: 0,
    identities: 0,
    others: { calendar: 0, tasks: 0, notes: 0 },
    thrownAway: 0,
    unreadable: [],
  };
  #folders = new Map<string, BringFolder>();

  problem(path: string, reason: string): void {
    if (this.report.unreadable.length < MAX_NAMED) this.report.unreadable.push({ path, reason });
  }
  letter(path: string, bytes: number, double: boolean): void {
    let folder = this.#folders.get(path);
    if (!folder) {
      folder = { path, letters: 0, doubles: 0, bytes: 0 };
      this.#folders.set(path, folder);
      if (this.report.folders.length < MAX_FOLDERS) this.report.folders.push(folder);
    }
    if (double) {
      folder.doubles++;
      this.report.doubles++;
      return;
    }
    folder.letters++;
    folder.bytes += bytes;
    this.report.letters++;
  }
}
