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
const { dependencies, devDependencies, peerDependencies, allowScripts } = read('package.json');
const { '': root, ...locked } = read('package-lock.json').packages as Record<string, Package>;
const packages = Object.entries(locked);
const nameOf = (path: string) => path.replace(/^.*node_modules\//, '');

/** Shared with a host program, so that it installs one copy: ranges in the package, the tested version in the lockfile. */
const SHARED = ['@apollo/client', '@apollo/server', 'graphql', 'react'];

/** The first versions without vulnerabilities that similar services were affected by. */
const MIN_VERSIONS: [string, string][] = [
  ['@apollo/server', '5.5.0'],
  ['@mikro-orm/core', '7.0.6'],
  ['@mikro-orm/sqlite', '7.0.6'],
  ['bcrypt', '5.0.0'],
  ['kysely', '0.28.17'],
  ['nodemailer', '9.1.0'],
];

describe('what is installed with the package', () => {
  it('OP-5: has an exact version, except where a host program shares it', () => {
    const ranges = Object.entries({ ...dependencies, ...devDependencies, ...peerDependencies } as Record<
      string,
      string
    >)
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name]) => name);

    expect(ranges.toSorted()).toEqual(SHARED);
    expect(root).toMatchObject({ dependencies, devDependencies, peerDependencies });
  });

  it('OP-5: is in the lockfile with its hash, every single package', () => {
    expect(packages.length).toBeGreaterThan(100);
    expect(
      packages
        .filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity))
        .map(([path]) => path),
    ).toEqual([]);
    // No registry is named: the hash identifies the package, and nothing comes from a folder or a repository.
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  it('OP-5: runs no script when it is installed', () => {
    const scripted = packages
      .filter(([, { hasInstallScript, dev }]) => hasInstallScript && !dev)
      .map(([path]) => nameOf(path));

    expect(scripted.filter(name => allowScripts[name] !== false)).toEqual([]);
  });

  it.each(MIN_VERSIONS)('OP-5: has %s in version %s or later', (name, minimum) => {
    const { version = '0.0.0' } = locked[`node_modules/${name}`] ?? {};

    expect(version.localeCompare(minimum, 'en', { numeric: true })).toBeGreaterThanOrEqual(0);
  });

  it('OP-5: is the list that was reviewed before the release', () => {
    const rows = readFileSync('docs/dependencies-checked.md', 'utf8').matchAll(/^\| `([^`]+)` +\| ([\d.\w-]+) +\|/gm);

    const reviewed = Object.fromEntries([...rows].map(([, name, version]) => [name, version]));
    const used = Object.keys({ ...dependencies, ...peerDependencies });
    expect(reviewed).toEqual(Object.fromEntries(used.map(name => [name, locked[`node_modules/${name}`]?.version])));
  });
});
