/**
 * node:http without an import: the import makes Node list all names of the module, and listing `WebSocket` loads undici,
 * which takes about 60 ms of the startup.
 */
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');
