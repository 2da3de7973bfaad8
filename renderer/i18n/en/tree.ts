import { pluralEn } from '../plural.ts';

export const tree = {
  allAccounts: 'All accounts',
  savedSearches: 'Saved searches',
  local: 'On this computer',
  roles: {
    inbox: 'Inbox',
    drafts: 'Drafts',
    sent: 'Sent',
    archive: 'Archive',
    junk: 'Junk',
    trash: 'Trash',
    outbox: 'Outbox',
    scheduled: 'Scheduled',
    all: 'All mail',
    flagged: 'Flagged',
    unread: 'Unread',
  },
  words: {
    special: 'This folder belongs to the account and keeps its name',
    chooseFolder: 'Choose a folder in the tree',
    chooseAccount: 'Choose an account or a folder in the tree',
    chooseSearch: 'Choose a saved search in the tree',
    onlyTrash: 'Only Trash and Junk can be emptied',
    showHidden: 'Show hidden folders',
    forgetSearch: 'Remove this saved search',
    noMatch: 'Nothing with this name',
    name: 'Folder name',
    create: 'Create',
    rename: 'Rename',
    deleteQuestion: (name: string) => `Delete the folder “${name}”?`,
    deleteBody: 'Its letters go with it, on the server too. This cannot be undone.',
    emptyQuestion: (name: string, n: number) =>
      pluralEn(
        n,
        `Empty ${name}? # letter is deleted for ever.`,
        `Empty ${name}? # letters are deleted for ever.`,
      ),
  },
};
