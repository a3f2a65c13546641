import { defineConfig } from 'vite';

/** The app of this test as one script, with the warnings of React's development build. */
export default defineConfig({
  publicDir: false,
  logLevel: 'warn',
  define: { 'process.env.NODE_ENV': '"development"' },
  build: {
    minify: false,
    rolldownOptions: { input: 'test/browser/client/app.ts', output: { entryFileNames: 'app.js' } },
  },
});
