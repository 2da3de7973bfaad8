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
  },
};
