// Writes the tables of exported fields into docs/accounts.md; with --check, fails if they are out of date.
import { personalDataTables } from '../dist/src/features/data-export/reference.js';
import { personalData } from '../dist/src/registry.js';
import { writeSection } from './write-section.mjs';

const content = personalDataTables(personalData);
writeSection({ page: 'docs/accounts.md', name: 'personal data', command: 'docs:personal-data', content });
