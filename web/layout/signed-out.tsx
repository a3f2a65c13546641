import type { ReactNode } from 'react';
import { Brand } from './brand.tsx';

/** The frame of the pages for visitors: one card. */
export function SignedOut({ children }: { children: ReactNode }) {
  return (
    <div className="signed-out">
      <header className="signed-out-header">
        <Brand />
      </header>
      <main className="card">{children}</main>
    </div>
  );
}
