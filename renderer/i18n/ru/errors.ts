import type { errors as en } from '../en/errors.ts';

export const errors: typeof en = {
  unknown: { title: 'Это не получилось.', body: 'Ничего не изменено. Попробуйте ещё раз.' },
};
