import { useLocation, useSearch } from 'wouter';

/** The filters of a list, kept in the address of the page for a reload and for the way back to it. */
export interface Filters {
  /** The value of a filter; undefined if it is not set. */
  get(name: string): string | undefined;
  /** Sets the filters. Empty values are left out. */
  set(values: Readonly<Record<string, string>>): void;
}

export function useFilters(): Filters {
  const parameters = new URLSearchParams(useSearch());
  const [path, navigate] = useLocation();
  return {
    get: name => parameters.get(name) || undefined,
    set: values => {
      const search = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== ''));
      // The back button leads to the page before, not to the filters before.
      navigate(search.size > 0 ? `${path}?${search}` : path, { replace: true });
    },
  };
}
