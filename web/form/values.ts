import type { SharedTexts } from '../i18n/language.tsx';
import type { Issues } from './submission.ts';

/** What was entered in a form, by the names of its fields. */
export interface FormValues {
  /** The text of a field; empty if there is no such field. */
  get(name: string): string;
  /** Whether a checkbox is ticked. */
  checked(name: string): boolean;
}

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export const isField = (element: EventTarget): element is Field =>
  element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement;

const inputsOf = (form: HTMLFormElement | null) => [...(form?.elements ?? [])].filter(isField);

export const namesOf = (form: HTMLFormElement | null): string[] =>
  inputsOf(form)
    .map(({ name }) => name)
    .filter(name => name !== '');

export function valuesOf(form: HTMLFormElement): FormValues {
  const data = new FormData(form);
  return {
    get: name => String(data.get(name) ?? ''),
    checked: name => data.has(name),
  };
}

/** What the form can refuse by itself: empty fields and addresses without an `@`. The server checks everything else. */
export function issuesOf(form: HTMLFormElement, text: SharedTexts): Issues {
  const issue = (input: { required: boolean; value: string; type: string }) => {
    if (input.required && input.value === '') return text.required;
    if (input.type === 'email' && input.value !== '' && !input.value.includes('@')) return text.emailInvalid;
    return undefined;
  };
  return Object.fromEntries(
    inputsOf(form).flatMap(input => {
      const sentence = issue(input);
      return sentence ? [[input.name, sentence]] : [];
    }),
  );
}
