/**
 * An index hint for a page that begins below an id. MariaDB and MySQL would look up the first column of the index alone,
 * and read everything before the page. To the other engines it is a comment.
 */
export const forceIndex = (name: string): string => `/*! force index (${name}) */`;
