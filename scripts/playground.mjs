import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const source = fileURLToPath(new URL('playground/', import.meta.url));
const outDir = fileURLToPath(new URL('../dist/assets/playground/', import.meta.url));

await build({
  configFile: false,
  root: source,
  base: './',
  publicDir: false,
  logLevel: 'warn',
  resolve: {
    alias: {
      // GraphiQL imports the CommonJS builds of Prettier's parsers, whose named exports are lost in a split chunk.
      'prettier/parser-babel': 'prettier/plugins/babel',
      'prettier/parser-graphql': 'prettier/plugins/graphql',
    },
  },
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    cssCodeSplit: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
    reportCompressedSize: false,
    rolldownOptions: {
      // One build of the page and its three workers lets them share Monaco's core.
      input: {
        playground: `${source}playground.jsx`,
        'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
        'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
        'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
      },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
        assetFileNames: ({ names: [name] }) => (name.endsWith('.css') ? 'playground.css' : name),
        hashCharacters: 'base36',
      },
      // Packages mark modules for React's compiler and server components, which are not used here.
      checks: { moduleLevelDirective: false },
    },
  },
});
await copyFile(`${source}index.html`, `${outDir}index.html`);
