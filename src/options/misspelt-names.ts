const PREFIX = 'BIENVENUE_';

/** Maps each misspelt name to the setting that it resembles. A setting that is itself set is never suggested. */
export function misspeltNames(names: readonly string[], settings: readonly string[]): Map<string, string> {
  const missing = settings.filter(setting => !names.includes(setting) && !names.includes(`${setting}_FILE`));
  const others = names.filter(name => !settings.includes(name.replace(/_FILE$/, '')));
  const found = others.map(name => [name, missing.find(setting => resembles(name.replace(/_FILE$/, ''), setting))]);
  return new Map(found.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** What to do about an unknown name. */
export const nameAdvice = (suggestion: string | undefined) =>
  suggestion === undefined ? 'correct the name or remove it.' : `use ${suggestion}, or remove it.`;

function resembles(name: string, setting: string): boolean {
  const withoutPrefix = setting.startsWith(PREFIX) ? setting.slice(PREFIX.length) : setting;
  // One word alone, such as WORKERS or REST, is likely to belong to another program.
  if (withoutPrefix.includes('_') && name === withoutPrefix) return true;
  return editDistance(name, setting) <= maxDistance(setting);
}

/** Short names are too close to other common names: API_URL is not APP_URL, and SITE_URL is not SMTP_URL. */
function maxDistance({ length }: string): number {
  if (length < 8) return 0;
  return length === 8 ? 1 : 2;
}

/** Damerau-Levenshtein distance: two letters in the wrong order count as one mistake. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY;
  const rows = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j));
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      (rows[i] as number[])[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped);
    }
  }
  return at(a.length, b.length);
}
