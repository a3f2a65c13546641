import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { useDeferredValue, useMemo } from 'react';
import { useText } from '../i18n/language.tsx';
import { settings } from '../settings.ts';

/** A longer password is strong, and would take long to examine. */
const MAX_LENGTH = 64;

const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

/** How hard a password is to guess. Only an estimate: the server decides what it accepts. */
export default function StrengthMeter({ password }: { password: string }) {
  const text = useText();
  const examined = useDeferredValue(password.slice(0, MAX_LENGTH));
  const score = useMemo(() => estimator.check(examined, [settings.brand.name]).score, [examined]);
  return (
    <>
      <span className="strength-bar" data-score={score} aria-hidden="true" />
      <span className="strength-text">
        <span className="visually-hidden">{text.strength}: </span>
        {text[`strength${score}`]}
      </span>
    </>
  );
}
