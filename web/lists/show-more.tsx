import type { ListState } from 'bienvenue-auth/react';
import { useEffect, useRef, useState } from 'react';
import { Form } from '../form/form.tsx';
import { useTexts } from '../i18n/language.tsx';
import { listTexts } from './texts.ts';

interface ShowMoreProps {
  list: Pick<ListState<{ edges: readonly unknown[] }>, 'data' | 'hasMore' | 'fetchMore'>;
}

/** Fetches the next page of a list. The focus stays here, also when there are no more. */
export function ShowMore({ list: { data, hasMore, fetchMore } }: ShowMoreProps) {
  const text = useTexts(listTexts);
  const end = useRef<HTMLParagraphElement>(null);
  const [pressed, setPressed] = useState(false);
  useEffect(() => {
    if (pressed && !hasMore) end.current?.focus();
  }, [pressed, hasMore]);
  if (hasMore)
    return (
      <Form
        submit={text.showMore}
        done={text.shown(data?.edges.length ?? 0)}
        tone="plain"
        onSubmit={async () => {
          setPressed(true);
          return (await fetchMore()).error;
        }}
      />
    );
  return pressed ? (
    <p ref={end} className="fine-print" tabIndex={-1}>
      {text.allShown}
    </p>
  ) : null;
}
