import { type ReactNode, useEffect, useRef } from 'react';
import { settings } from '../settings.ts';

/** The first page leaves the focus where the browser puts it. */
let navigated = false;

/** The one h1 of a page. Names the document, and takes the focus after a navigation, so that it is read out. */
export function PageHeading({ title, lead }: { title: string; lead?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${settings.brand.name}`;
  }, [title]);
  // A page that changes its heading is another step.
  useEffect(() => {
    if (navigated) heading.current?.focus();
    navigated = true;
  }, [title]);
  return (
    <div className="page-heading">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {lead && <p className="lead">{lead}</p>}
    </div>
  );
}
