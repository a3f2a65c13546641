/** In this order: most browsers also name those that they are compatible with. */
const BROWSERS: [RegExp, string][] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b((Headless)?Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
];

const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

const MAX_LENGTH = 40;

/** A browser in words, from its User-Agent header: `Firefox (Windows)`. Of an unknown one, the start of the header. */
export function browserName(userAgent: string | null): string {
  const header = userAgent ?? '';
  const find = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(header))?.[1];
  const [browser, system] = [find(BROWSERS), find(SYSTEMS)];
  if (browser) return system ? `${browser} (${system})` : browser;
  return withoutLinks(header).slice(0, MAX_LENGTH).trim() || '–';
}

/** Mail clients make links of host names; an attacker chooses this header. */
const withoutLinks = (text: string) => text.replace(/[^\w ./()-]+|\.(?!\d)|\/{2,}/g, ' ').replace(/ {2,}/g, ' ');
