/**
 * Node's own, taken without an import: that would have Node load its fetch and its WebSocket as well, only to list their
 * names. Nobody here uses them, and a start would wait for them.
 */
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');
