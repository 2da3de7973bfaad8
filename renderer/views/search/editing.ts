/** The saved search whose words are being changed in the search box; it ends when the search is closed. */
import { create } from 'zustand';
import { usePlace } from '../../state/place.ts';

export interface Edited {
  id: number;
  name: string;
}

export const useEdited = create<{ edited: Edited | null }>(() => ({ edited: null }));

export function editSearch(edited: Edited): void {
  useEdited.setState({ edited });
}

usePlace.subscribe(({ search }) => {
  if (search === null && useEdited.getState().edited) useEdited.setState({ edited: null });
});
