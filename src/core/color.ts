const WHITE = '#ffffff';
const BLACK = '#000000';

/** The least contrast of text to its background (WCAG 2.2, 1.4.3). */
const TEXT_CONTRAST = 4.5;

/** White or black, whichever can be read on the background. One of them always reaches 4.5:1. */
export const textOn = (background: string): string => (contrast(WHITE, background) >= TEXT_CONTRAST ? WHITE : BLACK);

/**
 * The colour as text on a background: mixed with white or black as little as the contrast needs. Colours are written as
 * `#3350c4`.
 */
export function readableOn(background: string, color: string, minimum = TEXT_CONTRAST): string {
  const end = textOn(background);
  const shades = Array.from({ length: 20 }, (_, step) => mix(color, end, step / 20));
  return shades.find(shade => contrast(shade, background) >= minimum) ?? end;
}

/** WCAG 2.2: from 1 for equal colours to 21 for black and white. */
function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Relative luminance of sRGB, as WCAG 2.2 defines it. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map(value => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function mix(one: string, other: string, share: number): string {
  const others = channels(other);
  const mixed = channels(one).map((value, i) => Math.round(value + ((others[i] ?? 0) - value) * share));
  return `#${mixed.map(value => value.toString(16).padStart(2, '0')).join('')}`;
}

const channels = (color: string): number[] =>
  [1, 3, 5].map(start => Number.parseInt(color.slice(start, start + 2), 16));
