import { createContext, use } from 'react';
import type { Issues } from './submission.ts';

const Context = createContext<Issues>({});

export const FieldIssues = Context;

/** Why the form's field of this name was refused. */
export const useFieldIssue = (name: string): string | undefined => use(Context)[name];
