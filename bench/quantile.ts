/** The value below which this share of all values lies: 0.5 is the median. */
export function quantile(values: number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] as number;
}

export const median = (values: number[]): number => quantile(values, 0.5);
