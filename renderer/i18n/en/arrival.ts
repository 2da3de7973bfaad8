/** How new letters are told: who, when, how loud. */
import { pluralEn } from '../plural.ts';

export const arrival = {
  permission: {
    ask: 'This browser does not show notifications of Postroom yet.',
    allow: 'Allow notifications',
    denied: 'This browser was told not to show notifications of Postroom. Its own settings can change that.',
    granted: 'This browser shows notifications of Postroom.',
    missing: 'This browser cannot show notifications. Postroom still plays the sound.',
  },
  example: 'Show an example',
  exampleTitle: 'This is how Postroom tells of a letter',
  exampleBody: 'Who wrote, the subject, and how it begins.',
  newLetters: (n: number) => pluralEn(n, 'New letter', '# new letters'),
  title: (n: string) => `(${n}) Postroom`,
  who: {
    title: 'Whose letters',
    everyone: 'Everyone',
    book: 'People in my address book and those I have written to',
    chosen: 'Only these people',
    people: 'Addresses, one a line',
    peopleHint: '@beton.example stands for everybody there.',
  },
  sound: {
    title: 'Sound',
    label: 'Sound of a new letter',
    names: {
      none: 'None',
      system: 'The system’s',
      chime: 'Chime',
      knock: 'Knock',
      drop: 'Drop',
    },
  },
  accounts: {
    title: 'By account',
    list: 'Accounts',
    tell: (name: string) => `Tell about letters of ${name}`,
    sound: (name: string) => `Sound of ${name}`,
    same: 'As above',
  },
  folders: {
    title: 'By folder',
    list: 'Folders told of',
    about: 'Inboxes are told of; other folders when you add them.',
    add: 'Add a folder',
    tell: (name: string) => `Tell about letters in ${name}`,
    remove: (name: string) => `Do not tell about ${name}`,
  },
  quiet: {
    title: 'Quiet hours',
    on: 'Keep quiet at these hours',
    about: 'Letters come as ever; nothing is shown and nothing sounds.',
    from: 'From',
    to: 'To',
    days: 'Days on which they begin',
    dayNames: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
    short: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
  },
  locked: {
    name: 'Hide the words on a locked screen',
    about: 'Only the number of letters is shown. Where the system says that the screen is locked.',
  },
};
