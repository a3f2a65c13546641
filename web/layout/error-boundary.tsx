import { Component, type ReactNode } from 'react';
import { useText } from '../i18n/language.tsx';
import { PageHeading } from './page-heading.tsx';
import { SignedOut } from './signed-out.tsx';

interface ErrorBoundaryProps {
  children: ReactNode;
}

/** Replaces pages that failed, or whose files did not arrive, by one that says so. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <Crashed /> : this.props.children;
  }
}

function Crashed() {
  const text = useText();
  return (
    <SignedOut>
      <PageHeading title={text.crashTitle} lead={navigator.onLine ? text.crashLead : text.errorNETWORK_ERROR} />
      <div className="next-step">
        <button type="button" className="button button-primary" onClick={() => location.reload()}>
          {text.reload}
        </button>
      </div>
    </SignedOut>
  );
}
