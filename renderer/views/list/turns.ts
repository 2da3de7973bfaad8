/**
 * Moves in the list that wait for rows from the engine: carried out in the order of the keys. What acts upon the choice
 * comes after the moves before it, and never acts upon what was chosen earlier.
 */
import { sayFailure } from '../../state/actions.ts';

let underWay: Promise<boolean> | null = null;

/** @param move nothing: it was done at once. */
export function inTurn(move: () => Promise<void> | undefined): Promise<void> {
  const begun = underWay === null ? move() : underWay.then(move);
  if (!begun) return Promise.resolve();
  const turn: Promise<boolean> = begun
    .then(
      () => true,
      (failure: unknown) => {
        sayFailure(failure);
        return false;
      },
    )
    .finally(() => {
      if (underWay === turn) underWay = null;
    });
  underWay = turn;
  return turn.then(() => undefined);
}

/** Runs when the moves before it are done; not at all when the last of them failed or `still` is not true any more. */
export function afterTurns(run: () => void, still: () => boolean): void {
  if (underWay === null) run();
  else
    void underWay.then((done) => {
      if (done && still()) run();
    });
}
