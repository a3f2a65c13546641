// Writes the README's table of settings from src/options.ts; with --check, fails if it is out of date.
import { optionsTable } from '../dist/src/options/reference.js';
import { writeSection } from './write-section.mjs';

writeSection({ page: 'README.md', name: 'options', command: 'docs:options', content: optionsTable() });
