import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = `${root}scripts/playground/`;
const outdir = `${root}dist/assets/playground/`;

// Splitting lets the page and its three workers share Monaco's core: 1 MB less than four separate bundles.
const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: {
    playground: `${source}playground.jsx`,
    'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
    'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
    'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
  },
  outdir,
  write: false,
  bundle: true,
  minify: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  chunkNames: '[name]-[hash]',
  assetNames: '[name]',
  loader: { '.ttf': 'file' },
  // GraphiQL imports the CommonJS builds of Prettier's parsers, whose named exports are lost in a split chunk.
  alias: {
    'prettier/parser-babel': 'prettier/plugins/babel',
    'prettier/parser-graphql': 'prettier/plugins/graphql',
  },
  logLevel: 'warning',
});

// For each dynamic import esbuild writes a stylesheet that nothing loads: playground.css already holds all of them.
const assets = outputFiles.filter(({ path }) => !path.endsWith('.css') || path === `${outdir}playground.css`);

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });
await Promise.all(assets.map(({ path, contents }) => writeFile(path, contents)));
await copyFile(`${source}index.html`, `${outdir}index.html`);
