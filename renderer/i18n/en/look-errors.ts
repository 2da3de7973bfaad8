import type { ErrorWords } from './errors.ts';

/** What can go wrong with saved searches, kept filters and tags. */
export const lookErrors: Record<string, (facts: { name: string; limit: string }) => ErrorWords> = {
  'no-such-search': () => ({
    title: 'This saved search is no longer here.',
    body: 'It was removed elsewhere. No letter is touched.',
  }),
  'no-such-filter': () => ({
    title: 'This filter is no longer here.',
    body: 'It was removed elsewhere. No letter is touched.',
  }),
  'too-many-filters': () => ({
    title: 'There is no room for another filter above the list.',
    body: 'Remove one that you do not use, or save it as a search in the tree.',
  }),
  'tag-exists': ({ name }) => ({
    title: name ? `There is a tag “${name}” already.` : 'There is a tag with this name already.',
    body: 'Nothing was changed. Choose another name.',
  }),
  'no-such-tag': () => ({
    title: 'This tag is no longer here.',
    body: 'It was removed or renamed elsewhere. Letters keep their mark.',
  }),
};
