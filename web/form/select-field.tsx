import { type SelectHTMLAttributes, useId } from 'react';
import { useFieldIssue } from './field-issues.ts';

interface SelectFieldProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, 'id' | 'className'> {
  /** The argument of the operation, so that the server's errors find their field. */
  name: string;
  label: string;
  /** An explanation below the field. */
  hint?: string;
}

/** A labelled choice between its `<option>`s. */
export function SelectField({ name, label, hint, children, ...select }: SelectFieldProps) {
  const id = useId();
  const issue = useFieldIssue(name);
  const described = [...(hint ? [`${id}-hint`] : []), ...(issue ? [`${id}-issue`] : [])].join(' ');
  return (
    <div className="field">
      <div className="field-label">
        <label htmlFor={id}>{label}</label>
      </div>
      <div className="select-frame">
        <select
          {...select}
          id={id}
          name={name}
          className="select"
          aria-invalid={issue ? true : undefined}
          aria-describedby={described || undefined}
        >
          {children}
        </select>
      </div>
      {issue && (
        <p id={`${id}-issue`} className="field-issue">
          {issue}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}
