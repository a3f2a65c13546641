import type { QueryState } from 'bienvenue-auth/react';
import type { ReactNode } from 'react';
import { retry } from '../connection.ts';
import { ErrorAlert } from '../errors/error-alert.tsx';
import { useText } from '../i18n/language.tsx';
import { type PageSize, Skeleton } from './skeleton.tsx';

interface LoadedProps<Value> extends PageSize {
  query: QueryState<Value>;
  children(data: NonNullable<Value>): ReactNode;
}

/** Shows a skeleton while a query is loading, its error with a way to try again, or its data. */
export function Loaded<Value>({ query, children, ...size }: LoadedProps<Value>) {
  const text = useText();
  const { data, error, refetch } = query;
  if (data !== undefined && data !== null) return <>{children(data)}</>;
  if (!error) return <Skeleton {...size} retry={() => retry(refetch)} />;
  return (
    <>
      <ErrorAlert shown={{ error }} />
      <button type="button" className="button" onClick={() => retry(refetch)}>
        {text.tryAgain}
      </button>
    </>
  );
}
