/** What stands in the command bar, in groups of a fixed order; marks come first where letters stand on a server. */
export const SHOWN = [
  ['message.reply', 'message.replyAll', 'message.forward'],
  ['message.archive', 'message.delete', 'message.junk'],
  ['message.move', 'message.tag', 'message.flag', 'message.unread'],
] as const;

export const WITH_MARKS = [
  ['maildrop.fetch', 'maildrop.keep', 'maildrop.delete', 'maildrop.none'],
  ...SHOWN,
] as const;
