/** The window: renderer/desktop.html and what it loads, as static files under out/renderer that any host can serve. */
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

export default defineConfig({
  root: join(root, 'renderer'),
  base: './',
  plugins: [react()],
  // Shared by the tests' scratch builds; never inside the source tree.
  cacheDir: join(root, 'node_modules', '.cache', 'vite'),
  publicDir: false,
  css: {
    modules: { localsConvention: 'camelCase' },
  },
  build: {
    outDir: join(root, 'out', 'renderer'),
    emptyOutDir: true,
    // The newest three Chromiums of Electron and of the browsers that the browser host meets.
    target: ['chrome120', 'firefox128', 'safari17.4'],
    sourcemap: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { input: { desktop: join(root, 'renderer', 'desktop.html') } },
  },
});
