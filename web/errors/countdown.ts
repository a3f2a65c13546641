import { useLayoutEffect, useState } from 'react';
import type { Language } from '../i18n/texts.ts';

/** Seconds until `deadline` (milliseconds since 1970), counted down to 0; 0 without a deadline. */
export function useCountdown(deadline: number | undefined): number {
  const [now, setNow] = useState(() => Date.now());
  const left = deadline === undefined ? 0 : Math.max(0, Math.ceil((deadline - now) / 1000));
  const running = left > 0;
  // Before the first paint: the time may be that of a form opened long ago.
  useLayoutEffect(() => {
    setNow(Date.now());
    if (deadline === undefined || !running) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [deadline, running]);
  return left;
}

/** A duration in words: `12 sec`, `14 min, 5 sec`, `1 hr, 2 min`. */
export function durationText(language: Language, seconds: number): string {
  const unit = (value: number, name: 'hour' | 'minute' | 'second') =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  if (seconds < 60) return unit(seconds, 'second');
  if (seconds < 3600) return `${unit(Math.floor(seconds / 60), 'minute')}, ${unit(seconds % 60, 'second')}`;
  return `${unit(Math.floor(seconds / 3600), 'hour')}, ${unit(Math.floor((seconds % 3600) / 60), 'minute')}`;
}
