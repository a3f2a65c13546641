import type { ReactNode } from 'react';

/** A label with its value. Facts stand side by side in a `<dl className="facts">`. */
export const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="fact">
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);
