import { gzipSync } from 'node:zlib';

const KIT = /\/bienvenue-auth\/dist\/(src\/client|schema)\//;
const PACKAGES =
  /\/node_modules\/(@apollo\/client|@wry\/[\w-]+|graphql|graphql-tag|optimism|react|react-dom|rxjs|scheduler|tslib)\//;
const SERVER = /mikro-orm|bcrypt|type-graphql|better-sqlite3|nodemailer|reflect-metadata/;

/** Fails the build when it holds a module of the server. */
const withoutServer = {
  name: 'without-server',
  generateBundle(_, bundle) {
    const chunks = Object.values(bundle).filter(({ type }) => type === 'chunk');
    const ids = chunks.flatMap(({ modules }) => Object.keys(modules)).filter(id => id.includes('/node_modules/'));
    const wrong = ids.filter(id => !KIT.test(id) && !PACKAGES.test(id));
    if (wrong.length > 0) this.error(`modules that are no part of a front end: ${wrong.join(', ')}`);
    if (!ids.some(id => KIT.test(id))) this.error('the bundle holds no module of the kit');
    const named = chunks.map(({ code }) => SERVER.exec(code)?.[0]).filter(Boolean);
    if (named.length > 0) this.error(`the bundle names packages of the server: ${named.join(', ')}`);
    const bytes = chunks.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
    process.stdout.write(`bundle: ${ids.length} modules, ${(bytes / 1000).toFixed(1)} kB gzipped\n`);
  },
};

export default { plugins: [withoutServer] };
