/** A contact of which nothing is known, with lists of its own to be filled. Apart from the shapes so that threads and windows load no validator. */
import type { ContactContent } from './contacts.ts';

export const emptyContact = (): ContactContent => ({
  kind: 'person',
  name: '',
  family: '',
  given: '',
  middle: '',
  prefix: '',
  suffix: '',
  nickname: '',
  emails: [],
  phones: [],
  organisation: '',
  department: '',
  title: '',
  room: '',
  addresses: [],
  urls: [],
  birthday: '',
  notes: '',
  categories: [],
  members: [],
  extra: [],
});
