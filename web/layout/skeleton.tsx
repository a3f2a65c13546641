import { useSlow } from '../errors/slow.ts';
import { useText } from '../i18n/language.tsx';

/** What a page consists of, which gives its skeleton the same size. */
export interface PageSize {
  fields?: number;
  /** Lines of links below the form. */
  links?: number;
}

interface SkeletonProps extends PageSize {
  /** Gives up and tries again. */
  retry?(): void;
}

/** A placeholder of the size of a page that is loading. Says when that takes longer than usual. */
export function Skeleton({ fields = 2, links = 0, retry }: SkeletonProps) {
  const text = useText();
  const slow = useSlow(true);
  return (
    <div className="skeleton">
      <div aria-hidden="true">
        <span className="bone bone-title" />
        <span className="bone bone-line" />
        {Array.from({ length: fields }, (_, index) => (
          <span key={index} className="bone bone-field" />
        ))}
        <span className="bone bone-button" />
        {links > 0 && (
          <div className="card-links">
            {Array.from({ length: links }, (_, index) => (
              <span key={index} className="bone bone-link" />
            ))}
          </div>
        )}
      </div>
      <div role="status">
        {slow ? (
          <p className="slow">
            {text.slow}{' '}
            {retry && (
              <button type="button" className="link-button" onClick={retry}>
                {text.tryAgain}
              </button>
            )}
          </p>
        ) : (
          <span className="visually-hidden">{text.loading}</span>
        )}
      </div>
    </div>
  );
}
