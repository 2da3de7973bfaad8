import type { ReactNode } from 'react';

export function SettingsPages(): ReactNode {
  return null;
}
