/**
 * The desktop client's entry: appearance, session, the window. Runs in Electron's renderer and, the same, in
 * a browser; it knows neither. It imports nothing of the engines but their contract.
 */
import { createRoot } from 'react-dom/client';
import './ui/tokens.css';
import './ui/inter.css';
import './ui/base.css';
import { App } from './app.tsx';
import { hearOtherWindows } from './state/actions.ts';
import { startAppearance } from './state/appearance.ts';
import { startLooks } from './state/looks.ts';
import { ownLetter } from './state/own-window.ts';
import { startSession } from './state/session.ts';
import { listenToShell } from './state/shell.ts';
import { startWriting } from './state/writing.ts';
import { startComposers } from './views/composer/open-composers.ts';

startAppearance();
startSession();
startLooks();
startWriting();
// What was being written belongs to the whole window.
if (ownLetter === null) {
  startComposers();
  hearOtherWindows();
}
listenToShell();

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
