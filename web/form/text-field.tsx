import { type InputHTMLAttributes, type ReactNode, useId } from 'react';
import { useText } from '../i18n/language.tsx';
import { useFieldIssue } from './field-issues.ts';

type InputProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'id' | 'name' | 'className' | 'aria-describedby'>;

interface TextFieldProps extends InputProps {
  /** The argument of the operation, so that the server's errors find their field. */
  name: string;
  label: string;
  /** An explanation below the field. */
  hint?: ReactNode;
  /** Inside the border, after the input. */
  suffix?: ReactNode;
  /** Between the input and the hint. */
  children?: ReactNode;
}

/** A labelled input. Required unless `required={false}`. */
export function TextField({ name, label, hint, suffix, children, required = true, ...input }: TextFieldProps) {
  const id = useId();
  const text = useText();
  const issue = useFieldIssue(name);
  const described = [...(hint || !required ? [`${id}-hint`] : []), ...(issue ? [`${id}-issue`] : [])].join(' ');
  return (
    <div className="field">
      <div className="field-label">
        <label htmlFor={id}>{label}</label>
        {!required && (
          <span id={hint ? undefined : `${id}-hint`} className="field-optional">
            {text.optional}
          </span>
        )}
      </div>
      <div className="input-frame">
        <input
          {...input}
          id={id}
          name={name}
          required={required}
          className="input"
          aria-invalid={issue ? true : undefined}
          aria-describedby={described || undefined}
        />
        {suffix}
      </div>
      {issue && (
        <p id={`${id}-issue`} className="field-issue">
          {issue}
        </p>
      )}
      {children}
      {hint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}

/** An email address. `username` lets password managers fill in the address of the account. */
export function EmailField({ name = 'email', label, autoComplete = 'username', ...input }: Partial<TextFieldProps>) {
  const text = useText();
  return (
    <TextField
      {...input}
      name={name}
      label={label ?? text.email}
      type="email"
      autoComplete={autoComplete}
      autoCapitalize="none"
      spellCheck={false}
    />
  );
}
