import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

const manifest = findPackageJSON(import.meta.url) as string;

/** The path of a file that ships with the package, wherever the package is installed. */
export const packageFile = (...path: string[]): string => join(dirname(manifest), ...path);

const { version, peerDependencies } = JSON.parse(readFileSync(manifest, 'utf8'));

/** A package that only some need, with the version that fits, as npm is told of it. */
export const peer = (name: string): string => `${name}@${peerDependencies[name]}`;

export { version };
