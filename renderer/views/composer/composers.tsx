import type { ReactNode } from 'react';

export function Composers(): ReactNode {
  return null;
}
