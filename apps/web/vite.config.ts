import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The development server serves the console's pages from console.html, as the real server does. */
const consolePages: Plugin = {
  name: 'keyhaven-console-pages',
  configureServer(server) {
    server.middlewares.use((request, _response, next) => {
      if (/^\/console(\/|$)/.test(request.url ?? '')) request.url = '/console.html';
      next();
    });
  },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), consolePages],
  // The server puts a fresh nonce here with every response; Griffel's style elements carry it.
  html: { cspNonce: '__CSP_NONCE__' },
  // Two Reacts in one page do not know each other's hooks.
  resolve: { dedupe: ['react', 'react-dom'] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsDir: 'assets',
    // An inlined asset would be a data: URL, which the content security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    // The one shared file is the libraries together, 125 KB of brotli: known, and held against the budget by its brotli.
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      input: { portal: 'index.html', console: 'console.html' },
      // Libraries change less often than our pages: a file of their own stays in the browser's cache.
      output: { codeSplitting: { groups: [{ name: 'libraries', test: /node_modules/ }] } },
    },
  },
  server: { proxy: { '/api': 'http://localhost:8080', '/sign-in': 'http://localhost:8080' } },
});
