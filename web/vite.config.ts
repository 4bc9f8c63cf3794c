import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { basemap } from './basemap-plugin.ts';

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react(), basemap()],
  // `npm run dev` talks to an API that already runs on this machine.
  server: { port: 5173, proxy: { '/api': { target: 'http://127.0.0.1:3000', ws: true } } },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // A data: URL would need a wider font-src and img-src than the API's policy gives.
    assetsInlineLimit: 0,
    // maplibre-gl alone is a megabyte; it is split off so that it stays cached across releases.
    chunkSizeWarningLimit: 1400,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: 'maplibre', test: /maplibre-gl|@maplibre|@mapbox|earcut|gl-matrix/ }],
        },
      },
    },
  },
});
