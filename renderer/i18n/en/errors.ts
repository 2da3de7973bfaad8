export const errors = {
  unknown: { title: 'This did not work.', body: 'Nothing was changed. Try again.' },
};
