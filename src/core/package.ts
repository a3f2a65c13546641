import { readFileSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

const NAME = 'bienvenue-auth';

interface Manifest {
  name?: string;
  version: string;
}

const read = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8'));

/**
 * The package.json of this package. When a host program is bundled, the nearest one belongs to the host, and the package
 * is looked for among its installed packages instead.
 */
function findManifest(): string {
  const nearest = findPackageJSON(import.meta.url);
  if (nearest && read(nearest).name === NAME) return nearest;
  try {
    return createRequire(import.meta.url).resolve(`${NAME}/package.json`);
  } catch (cause) {
    const action = `install ${NAME} beside the bundle, or leave it out of the bundle (esbuild: --external:${NAME})`;
    throw new Error(`The files of ${NAME} were not found: ${action}.`, { cause });
  }
}

const manifest = findManifest();

/** The path of a file that ships with the package, wherever the package is installed. */
export const packageFile = (...path: string[]): string => join(dirname(manifest), ...path);

export const { version } = read(manifest);
