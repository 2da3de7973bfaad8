/** What a damaged store means for people: whose letters are behind each problem. */
import type { CheckProblem } from '../../store/store.ts';
import type { Office } from '../office.ts';

/** Letters named in one report. */
const MOST_LETTERS = 1000;

export interface ReportedDamage {
  readonly code: string;
  readonly message: string;
  readonly repairable: boolean;
  readonly segment?: number;
  readonly letters?: { person: string; folder: string; uid: number }[];
}

export async function damageOf(
  { store, context }: Pick<Office, 'store' | 'context'>,
  problems: readonly CheckProblem[],
): Promise<ReportedDamage[]> {
  if (problems.length === 0) return [];
  const lost = problems.filter(({ code, segment }) => code === 'segment-missing' && segment !== undefined);
  const letters = await store.read('mailstore.lettersIn', {
    hashes: problems.flatMap(({ hash }) => (hash === undefined ? [] : [hash])),
    segments: lost.map(({ segment }) => segment!),
    most: MOST_LETTERS,
  });
  const names = new Map<number, string>();
  for (const { person } of letters) {
    if (!names.has(person)) names.set(person, (await context.directory.person(person))?.address ?? '');
  }
  return problems.map((problem) => {
    const { code, message, segment, hash } = problem;
    const behind = letters.filter((each) =>
      hash === undefined ? lost.includes(problem) && each.segment === segment : each.hash === hash,
    );
    return {
      code,
      message,
      repairable: false,
      ...(segment === undefined ? {} : { segment }),
      letters: behind.map(({ person, folder, uid }) => ({ person: names.get(person) ?? '', folder, uid })),
    };
  });
}
