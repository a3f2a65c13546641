import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';

/** A source file: its text without comments, and what it imports: files of src by path, packages by name. */
export interface Module {
  path: string;
  text: string;
  imports: string[];
  /** Those of `imports` that are loaded at run time: all but `import type`. */
  loaded: string[];
}

/** Every module of src by its path there. Imports of types count as well. */
export function readModules(): Map<string, Module> {
  const paths = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.ts'));
  return new Map(paths.map(path => [path, read(path)]));
}

const IMPORT =
  /(?:^(?:import|export)\b[^;'"]*?\bfrom\s*|^import\s*|\bimport\s*\(\s*|\brequire\s*\(\s*)['"]([^'"]+)['"]/gm;

function read(path: string): Module {
  const text = readFileSync(join('src', path), 'utf8').replace(/\/\*.*?\*\/|(?<=^|\s)\/\/[^\n]*/gs, '');
  const withoutTypes = text.replace(/^(import|export) type [^;]*;/gm, '');
  return { path, text, imports: importsIn(path, text), loaded: importsIn(path, withoutTypes) };
}

function importsIn(path: string, text: string): string[] {
  return [...text.matchAll(IMPORT)].map(([, from = '']) =>
    from.startsWith('.') ? normalize(join(path, '..', from)) : from,
  );
}

/** Everything that a module imports, directly or through others. */
export function reachedFrom(
  modules: Map<string, Module>,
  path: string,
  kind: 'imports' | 'loaded' = 'imports',
): Set<string> {
  const reached = new Set<string>();
  const follow = (from: string) => {
    for (const next of modules.get(from)?.[kind] ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      follow(next);
    }
  };
  follow(path);
  return reached;
}
