import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

const manifest = findPackageJSON(import.meta.url) as string;

/** The path of a file that ships with the package, wherever the package is installed. */
export const packageFile = (...path: string[]): string => join(dirname(manifest), ...path);

/** The version in `package.json`. */
export const version: string = JSON.parse(readFileSync(manifest, 'utf8')).version;
