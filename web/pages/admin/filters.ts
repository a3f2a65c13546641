import { useRef } from 'react';
import { useLocation, useSearch } from 'wouter';

/** The filters of a list, kept in the address of the page for a reload and for the way back to it. */
export interface Filters {
  /** The value of a filter; undefined if it is not set. */
  get(name: string): string | undefined;
  /** Sets the filters. Empty values are left out. */
  set(values: Readonly<Record<string, string>>): void;
  /** For the form of the filters: it changes when the address is changed by something else, such as the back button. */
  readonly key: number;
}

export function useFilters(): Filters {
  const parameters = new URLSearchParams(useSearch());
  const current = String(parameters);
  const known = useRef({ search: current, key: 0 });
  if (known.current.search !== current) known.current = { search: current, key: known.current.key + 1 };
  const [path, navigate] = useLocation();
  return {
    key: known.current.key,
    get: name => parameters.get(name) || undefined,
    set: values => {
      const search = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== ''));
      known.current.search = String(search);
      // The back button leads to the page before, not to the filters before.
      navigate(search.size > 0 ? `${path}?${search}` : path, { replace: true });
    },
  };
}
