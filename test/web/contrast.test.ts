import { readFileSync } from 'node:fs';
import { brandStyle } from '../../src/http/brand.ts';

const tokens = readFileSync('web/styles/tokens.css', 'utf8');
const AWKWARD = ['#000000', '#ffffff', '#ffff00', '#00ff00', '#0000ff', '#ff0000', '#00ffff', '#ff00ff', '#808080'];
const STEPS = ['00', '33', '66', '99', 'cc', 'ff'];
const GRID = STEPS.flatMap(red => STEPS.flatMap(green => STEPS.map(blue => `#${red}${green}${blue}`)));

type Rgb = readonly [red: number, green: number, blue: number];

describe.each(['light', 'dark'] as const)('colours of %s pages', scheme => {
  const token = (name: string) => half(tokens, scheme, name) ?? '';
  const backgrounds = ['--page', '--surface', '--sunken'].map(name => parse(token(name)));

  it.each(AWKWARD)('have the contrast of WCAG AA with the brand colour %s', expectReadable);

  it('have the contrast of WCAG AA with any brand colour', () => {
    GRID.forEach(expectReadable);
  });

  it.each(['--text', '--muted', '--danger', '--good'])('have the contrast of WCAG AA for %s', name => {
    for (const background of backgrounds) expect(contrast(parse(token(name)), background)).toBeGreaterThanOrEqual(4.5);
  });

  it('let the edge of a field be seen', () => {
    expect(contrast(parse(token('--edge')), parse(token('--surface')))).toBeGreaterThanOrEqual(3);
  });

  function expectReadable(brand: string) {
    const property = (name: string) => parse(half(brandStyle(brand), scheme, name) ?? '');
    const [fill, accent] = [property('--brand'), property('--brand-accent')];
    const [, mixed = '', share = '', base = ''] = /var\((--\w+)\) (\d+)%, (#\w+)\)/.exec(token('--tint')) ?? [];
    const tint = mix(mixed === '--fill' ? fill : accent, Number(share) / 100, parse(base));

    expect(contrast(property('--brand-text'), fill)).toBeGreaterThanOrEqual(4.5);
    for (const background of [...backgrounds, tint]) expect(contrast(accent, background)).toBeGreaterThanOrEqual(4.5);
    for (const name of ['--text', '--muted']) expect(contrast(parse(token(name)), tint)).toBeGreaterThanOrEqual(4.5);
  }
});

/** What a style sheet says in a colour scheme: the dark half overrides the light one. */
function half(css: string, scheme: 'light' | 'dark', name: string): string | undefined {
  const [light = '', dark = ''] = css.split('@media');
  const find = (text: string) => new RegExp(`${name}:\\s*([^;}]+)[;}]`).exec(text)?.[1];
  return (scheme === 'dark' ? find(dark) : undefined) ?? find(light);
}

// https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
function contrast(one: Rgb, other: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: Rgb): number {
  const linear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2]);
}

function mix(one: Rgb, share: number, other: Rgb): Rgb {
  return one.map((value, i) => value * share + (other[i] ?? 0) * (1 - share)) as unknown as Rgb;
}

function parse(text: string): Rgb {
  const digits = text.length === 4 ? text.replace(/\w/g, '$&$&') : text;
  return [1, 3, 5].map(at => Number.parseInt(digits.slice(at, at + 2), 16) / 255) as unknown as Rgb;
}
