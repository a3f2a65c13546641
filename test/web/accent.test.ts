import { readFileSync } from 'node:fs';

const css = readFileSync('web/styles/accent.css', 'utf8');
const tokens = readFileSync('web/styles/tokens.css', 'utf8');

type Oklch = readonly [lightness: number, chroma: number, hue: number];
type Rgb = readonly [red: number, green: number, blue: number];

const awkward = ['#000000', '#ffffff', '#ffff00', '#00ff00', '#0000ff', '#ff0000', '#00ffff', '#ff00ff', '#808080'];
const steps = [0, 51, 102, 153, 204, 255];
const grid = steps.flatMap(r => steps.flatMap(g => steps.map(b => hex([r / 255, g / 255, b / 255]))));

describe.each(['light', 'dark'] as const)('the operator’s colour in %s pages', scheme => {
  const page = [token('--page', scheme), token('--surface', scheme)].map(parse);

  it.each(awkward)('%s is readable', expectReadable);

  it('any other is readable', () => {
    grid.forEach(expectReadable);
  });

  function expectReadable(brand: string) {
    const color = (name: string) => toRgb(evaluate(declaration(name, scheme), toOklch(parse(brand))));
    const [fill, onFill, accent, tint] = [color('--fill'), color('--on-fill'), color('--accent'), color('--tint')];

    expect(contrast(onFill, fill)).toBeGreaterThanOrEqual(4.5);
    for (const background of [...page, tint]) expect(contrast(accent, background)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(parse(token('--text', scheme)), tint)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(parse(token('--muted', scheme)), tint)).toBeGreaterThanOrEqual(4.5);
  }
});

it('a colour on which words can be read is used as it is', () => {
  expect(toRgb(evaluate(declaration('--fill', 'light'), toOklch(parse('#3350c4')))).map(round)).toEqual(
    parse('#3350c4').map(round),
  );
});

/** What the stylesheet says in a color scheme: the dark one overrides the light one. */
function declaration(name: string, scheme: 'light' | 'dark'): string {
  const supported = css.slice(css.indexOf('@supports'));
  const [light = '', dark = ''] = supported.split('@media');
  const find = (text: string) => new RegExp(`${name}:([^;]+);`).exec(text)?.[1];
  return (scheme === 'dark' ? find(dark) : undefined) ?? find(light) ?? '';
}

function token(name: string, scheme: 'light' | 'dark'): string {
  const [light = '', dark = ''] = tokens.split('@media');
  return new RegExp(`${name}: (#\\w+);`).exec(scheme === 'dark' ? dark : light)?.[1] ?? '';
}

/** Evaluates `oklch(from var(--brand-color) L C H)` for a colour, as a browser does. */
function evaluate(declared: string, [l, c, h]: Oklch): Oklch {
  const body = /oklch\(\s*from var\(--brand-color\)\s*([\s\S]*)\)\s*$/.exec(declared)?.[1] ?? '';
  const clamp = (low: number, value: number, high: number) => Math.max(low, Math.min(value, high));
  const number = (text: string): number =>
    Function(
      'l',
      'c',
      'h',
      'min',
      'max',
      'clamp',
      `return ${text.replaceAll('calc(', '(')}`,
    )(l, c, h, Math.min, Math.max, clamp);
  const [lightness = '', chroma = '', hue = ''] = splitOutsideParentheses(body.trim());
  return [number(lightness), number(chroma), number(hue)];
}

function splitOutsideParentheses(text: string): string[] {
  let depth = 0;
  const parts = [''];
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0 && /\s/.test(character)) {
      if (parts.at(-1) !== '') parts.push('');
    } else parts[parts.length - 1] += character;
  }
  return parts;
}

// https://www.w3.org/TR/css-color-4/#color-conversion-code, with Chromium's clipping of what sRGB cannot show.
function toOklch(rgb: Rgb): Oklch {
  const [r, g, b] = rgb.map(linear) as unknown as Rgb;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const lightness = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const bb = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return [lightness, Math.hypot(a, bb), Math.atan2(bb, a)];
}

function toRgb([lightness, chroma, hue]: Oklch): Rgb {
  const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

// https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map(linear) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function gamma(value: number): number {
  const inside = Math.max(0, Math.min(value, 1));
  return inside <= 0.0031308 ? inside * 12.92 : 1.055 * inside ** (1 / 2.4) - 0.055;
}

function round(value: number): number {
  return Math.round(value * 255);
}

function parse(text: string): Rgb {
  const digits = text.length === 4 ? text.replace(/\w/g, '$&$&') : text;
  return [1, 3, 5].map(at => Number.parseInt(digits.slice(at, at + 2), 16) / 255) as unknown as Rgb;
}

function hex(rgb: Rgb): string {
  return `#${rgb.map(value => round(value).toString(16).padStart(2, '0')).join('')}`;
}
