import { useEffect, useState } from 'react';

/** After this long the page says that it takes longer than usual. */
const SLOW_MS = 4000;

/** Whether something has been going on for longer than usual. */
export function useSlow(waiting: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [waiting]);
  return slow;
}
