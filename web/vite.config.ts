import { fileURLToPath } from 'node:url';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** What the server fills in, for `vite serve`, where no server does. */
const DEVELOPMENT: Record<string, string> = {
  settings: JSON.stringify({
    brand: { name: 'Bienvenue', color: '#3350c4' },
    graphqlPath: '/graphql',
    passwordMinLength: 8,
    roles: [],
  }).replaceAll('"', '&quot;'),
  name: 'Bienvenue',
  brandStyle: '',
};

/** Adds the placeholder of the operator's style last, because Vite would parse it as CSS. */
function placeholders(command: 'build' | 'serve'): Plugin {
  return {
    name: 'placeholders',
    transformIndexHtml: {
      order: 'post',
      handler(html) {
        const page = html.replace('<!--brand-style-->', '<style>{{brandStyle}}</style>');
        if (command === 'build') return page;
        return page.replace(/\{\{(\w+)\}\}/g, (_, name: string) => DEVELOPMENT[name] ?? '');
      },
    },
  };
}

/** The libraries, but not the estimate of a password's strength; the client kit; and what is in the frame of every page. */
const isShared = (id: string): boolean =>
  /\/node_modules\/(?!@zxcvbn-ts|fastest-levenshtein)|\/src\/client\/|\/schema\/documents/.test(id) ||
  /\/web\/(errors|layout|session|settings|connection|i18n\/(en|language|texts)|form\/(?!strength-meter|select))/.test(
    id,
  );

export default defineConfig(({ command }) => ({
  root: path('.'),
  base: '/account/',
  plugins: [placeholders(command)],
  resolve: {
    // RxJS in today's JavaScript, where classes need no helpers.
    conditions: ['es2015', ...defaultClientConditions],
    alias: [
      { find: /^bienvenue-auth\/client$/, replacement: path('../src/client/index.ts') },
      { find: /^bienvenue-auth\/react$/, replacement: path('../src/client/react/index.ts') },
      { find: /^bienvenue-auth\/documents$/, replacement: path('../schema/documents.ts') },
    ],
  },
  build: {
    outDir: path('../dist/assets/pages'),
    emptyOutDir: true,
    target: 'baseline-widely-available',
    // The content security policy allows files of this server only: nothing inline, no data: scripts or fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What every page needs is one file: split into several, it takes more requests and compresses worse.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', test: isShared }] } } },
  },
  server: { proxy: { '/graphql': process.env.BIENVENUE_URL ?? 'http://localhost:4000' } },
}));
