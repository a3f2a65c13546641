import { type ComponentType, lazy, Suspense, useState } from 'react';
import { useText } from '../i18n/language.tsx';
import { settings } from '../settings.ts';
import { TextField } from './text-field.tsx';

/** Without its file there is no estimate; the form still works. */
const StrengthMeter = lazy<ComponentType<{ password: string }>>(() =>
  import('./strength-meter.tsx').catch(() => ({ default: () => null })),
);

interface PasswordFieldProps {
  /** The argument of the operation. */
  name: string;
  label: string;
  autoComplete: 'current-password' | 'new-password';
  onInput?(password: string): void;
  hint?: string;
  children?: React.ReactNode;
}

/** A password, which can be shown. */
export function PasswordField({ onInput, ...field }: PasswordFieldProps) {
  const text = useText();
  const [shown, setShown] = useState(false);
  return (
    <TextField
      {...field}
      type={shown ? 'text' : 'password'}
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      onInput={({ currentTarget }) => onInput?.(currentTarget.value)}
      suffix={
        <button type="button" className="input-button" onClick={() => setShown(!shown)}>
          {shown ? text.hide : text.show}
        </button>
      }
    />
  );
}

interface NewPasswordFieldProps {
  name: string;
  label: string;
}

/** A new password, with the server's rules and an estimate of its strength. */
export function NewPasswordField(field: NewPasswordFieldProps) {
  const text = useText();
  const [password, setPassword] = useState('');
  return (
    <PasswordField
      {...field}
      autoComplete="new-password"
      onInput={setPassword}
      hint={text.passwordRules(settings.passwordMinLength)}
    >
      <div className="strength" role="status">
        <Suspense>{password !== '' && <StrengthMeter password={password} />}</Suspense>
      </div>
    </PasswordField>
  );
}
