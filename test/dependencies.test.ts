import { readFileSync } from 'node:fs';

interface Package {
  version: string;
  resolved?: string;
  integrity?: string;
  dev?: boolean;
  devOptional?: boolean;
  hasInstallScript?: boolean;
}

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const { dependencies, devDependencies, allowScripts } = read('package.json');
const { '': root, ...locked } = read('package-lock.json').packages as Record<string, Package>;
const packages = Object.entries(locked);
const nameOf = (path: string) => path.replace(/^.*node_modules\//, '');

/** The first versions without the faults that the peers of this service have suffered from. */
const AT_LEAST: [string, string][] = [
  ['@apollo/server', '5.5.0'],
  ['@mikro-orm/core', '7.0.6'],
  ['@mikro-orm/sqlite', '7.0.6'],
  ['bcrypt', '5.0.0'],
  ['kysely', '0.28.17'],
  ['nodemailer', '9.1.0'],
];

describe('what is installed with the package', () => {
  it('OP-5: is named with an exact version', () => {
    const loose = Object.entries({ ...dependencies, ...devDependencies } as Record<string, string>)
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name]) => name);

    expect(loose).toEqual([]);
    expect(root).toMatchObject({ dependencies, devDependencies });
  });

  it('OP-5: is locked with its hash, every single package', () => {
    expect(packages.length).toBeGreaterThan(100);
    expect(
      packages
        .filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity))
        .map(([path]) => path),
    ).toEqual([]);
    // Whichever mirror it comes from, the hash is that of the package; nothing comes from a folder or a repository.
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  it('OP-5: runs no script when it is installed', () => {
    const scripted = packages
      .filter(([, { hasInstallScript, dev }]) => hasInstallScript && !dev)
      .map(([path]) => nameOf(path));

    expect(scripted.filter(name => allowScripts[name] !== false)).toEqual([]);
  });

  it.each(AT_LEAST)('OP-5: has %s of %s or later', (name, least) => {
    const { version = '0.0.0' } = locked[`node_modules/${name}`] ?? {};

    expect(version.localeCompare(least, 'en', { numeric: true })).toBeGreaterThanOrEqual(0);
  });

  it('OP-5: is the list that was looked through before the release', () => {
    const rows = readFileSync('docs/dependencies-checked.md', 'utf8').matchAll(/^\| `([^`]+)` +\| ([\d.\w-]+) +\|/gm);

    expect(Object.fromEntries([...rows].map(([, name, version]) => [name, version]))).toEqual(dependencies);
  });
});
