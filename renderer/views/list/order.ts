import type { Sort } from '../../../main/contract/mail/views.ts';
import { sayFailure } from '../../state/actions.ts';
import { changeLook } from '../../state/looks.ts';
import { useSession } from '../../state/session.ts';
import { placeOf } from '../../state/whole-look.ts';
import { useList } from './list-state.ts';

/** The place of the list that is shown. */
export function placeShown(): string | null {
  const { rows } = useList.getState();
  return rows ? placeOf(rows.view, useSession.getState().saved) : null;
}

/** Another order of the list that is shown; its place remembers it. */
export function order(change: { sort?: Sort; descending?: boolean }): void {
  const place = placeShown();
  if (place) changeLook(place, change).catch(sayFailure);
}
